package org.postern.planted.mail;

import org.postern.planted.table.Lookup;

/// A word of the vocabulary that depends on a library.
public record Stamp(Lookup lookup) {}
