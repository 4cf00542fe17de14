package org.postern.table;

import java.io.IOException;
import java.util.Optional;

/// Recognises files that an administrator may take for one of our databases.
final class ForeignDatabase {
    private static final int BERKELEY_HASH = 0x061561;
    private static final int BERKELEY_TREE = 0x053162;
    private static final int GDBM = 0x13579ac0;
    private static final int SAMPLE = 512;

    /// The bytes of a file.
    @FunctionalInterface
    interface Bytes {
        byte at(long place) throws IOException;
    }

    private ForeignDatabase() {}

    /// What kind of file this is and what to do about it, if it is known and no constant database.
    static Optional<String> recognise(Bytes bytes, long length) throws IOException {
        if (length == 0) {
            return Optional.of("an empty file: not a constant database");
        }
        if (length >= 16 && (isBerkeley(bytes, 0) || isBerkeley(bytes, 12))) {
            return Optional.of(
                    "a Berkeley DB, which another server's makemap made;"
                            + " rebuild it from its text (makemap)");
        }
        if (length >= 4 && (either(bytes, 0) & ~0xf) == GDBM) {
            return Optional.of("a GDBM file; rebuild it from its text (makemap)");
        }
        if (isText(bytes, Math.min(length, SAMPLE))) {
            return Optional.of("a text; use \"file:\" for it, or make a database of it (makemap)");
        }
        return Optional.empty();
    }

    private static boolean isBerkeley(Bytes bytes, long at) throws IOException {
        int magic = either(bytes, at);
        return magic == BERKELEY_HASH || magic == BERKELEY_TREE;
    }

    /// The number of four bytes in the order that makes it small: files are of the machine they
    /// were made on.
    private static int either(Bytes bytes, long at) throws IOException {
        int number = 0;
        for (int i = 0; i < 4; i++) {
            number = number << 8 | (bytes.at(at + i) & 0xff);
        }
        int other = Integer.reverseBytes(number);
        return Integer.compareUnsigned(number, other) < 0 ? number : other;
    }

    /// A database has a zero in every place and length below 16 megabytes.
    private static boolean isText(Bytes bytes, long length) throws IOException {
        for (long i = 0; i < length; i++) {
            byte b = bytes.at(i);
            if (b >= 0 && b < ' ' && !(b >= '\t' && b <= '\r')) {
                return false;
            }
        }
        return true;
    }
}
