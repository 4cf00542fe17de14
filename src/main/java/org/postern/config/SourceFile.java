package org.postern.config;

import org.postern.mail.Chunk;

/// The text of one configuration file under the name by which it was asked for: the `-f` argument
/// or the operand of `include`.
public record SourceFile(String name, Chunk text) {}
