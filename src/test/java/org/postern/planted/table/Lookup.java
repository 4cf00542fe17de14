package org.postern.planted.table;

import org.postern.planted.ipc.Wish;
import org.postern.planted.mail.Stamp;

/// A library that knows how rooms speak, and makes a cycle with the vocabulary.
public final class Lookup {
    Wish wish(Stamp stamp) {
        return new Wish.Heard(stamp.toString());
    }
}
