package org.postern.config;

import java.time.Duration;
import java.util.Locale;

/// A `queue` directive: how long envelopes wait, and how messages lie on the disk.
///
///     queue ttl time
///     queue compression
///     queue encryption [ key ]
public record Queue(Position at, Option option) implements Directive {

    /// The number of bytes of a key.
    public static final int KEY_LENGTH = 32;

    /// One setting.
    public sealed interface Option {
        /// How long an envelope may wait, where its action does not say.
        record Lifetime(Duration time) implements Option {}

        /// Messages are compressed (gzip).
        record Compressed() implements Option {}

        /// Messages are encrypted.
        record Encrypted(Encryption key) implements Option {}
    }

    /// Whether messages are compressed on the disk.
    public enum Compression {
        NONE,
        GZIP
    }

    /// Whether messages are encrypted on the disk, and where the key comes from.
    public sealed interface Encryption {
        /// They are not.
        record None() implements Encryption {}

        /// With this key, [Queue#KEY_LENGTH] bytes. It is in no log.
        record Literal(String key) implements Encryption {
            @Override
            public String toString() {
                return "Literal[***]";
            }
        }

        /// With the key that is the first line of the standard input at the start.
        record StandardInput() implements Encryption {}

        /// With a key that is asked for on the terminal at the start.
        record Prompt() implements Encryption {}
    }

    /// The words after `queue`.
    enum Word {
        COMPRESSION,
        ENCRYPTION,
        TTL
    }

    /// Reads the rest of a line that began with `queue`.
    static Queue parse(Tokens in, Position at) throws Syntax {
        return new Queue(
                at,
                switch (in.word(Word.class, "an option of queue")) {
                    case TTL -> new Option.Lifetime(in.duration());
                    case COMPRESSION -> new Option.Compressed();
                    case ENCRYPTION -> new Option.Encrypted(encryption(in));
                });
    }

    private static Encryption encryption(Tokens in) throws Syntax {
        if (in.accepts('-')) {
            return new Encryption.StandardInput();
        }
        if (!in.seesString()) {
            return new Encryption.Prompt();
        }
        var at = in.position();
        var key = in.string("a key");
        if (key.equals("-") || key.toLowerCase(Locale.ROOT).equals("stdin")) {
            return new Encryption.StandardInput();
        }
        if (key.length() != KEY_LENGTH) {
            throw in.error(
                    at,
                    "the key of the queue has "
                            + KEY_LENGTH
                            + " bytes, this one has "
                            + key.length());
        }
        return new Encryption.Literal(key);
    }
}
