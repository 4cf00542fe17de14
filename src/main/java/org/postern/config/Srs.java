package org.postern.config;

import java.time.Duration;

/// An `srs` directive: how senders are rewritten (Sender Rewriting Scheme) by relay actions that say
/// `srs`.
///
///     srs key string
///     srs key backup string
///     srs ttl time
public record Srs(Position at, Option option) implements Directive {

    /// The characters that a secret has at least.
    static final int SHORTEST = 16;

    /// One setting.
    public sealed interface Option {
        /// The secret that signs what is sent. It is in no log.
        record Key(String secret) implements Option {
            @Override
            public String toString() {
                return "Key[***]";
            }
        }

        /// The secret of before, which is still accepted in what comes back.
        record BackupKey(String secret) implements Option {
            @Override
            public String toString() {
                return "BackupKey[***]";
            }
        }

        /// How long an address may come back; whole days.
        record Lifetime(Duration time) implements Option {}
    }

    /// The words after `srs`.
    enum Word {
        KEY,
        TTL
    }

    /// The word after `srs key`.
    enum KeyWord {
        BACKUP
    }

    /// Reads the rest of a line that began with `srs`.
    static Srs parse(Tokens in, Position at) throws Syntax {
        return new Srs(
                at,
                switch (in.word(Word.class, "key or ttl")) {
                    case KEY ->
                            in.accepts(KeyWord.class)
                                    ? new Option.BackupKey(secret(in))
                                    : new Option.Key(secret(in));
                    case TTL -> new Option.Lifetime(days(in));
                });
    }

    /// Whoever guesses the key can have notifications relayed; so it has to be long.
    private static String secret(Tokens in) throws Syntax {
        var at = in.position();
        var secret = in.text("a secret");
        if (secret.length() < SHORTEST) {
            throw in.error(at, "expected a secret of at least " + SHORTEST + " characters");
        }
        return secret;
    }

    private static Duration days(Tokens in) throws Syntax {
        var at = in.position();
        var time = in.duration();
        if (time.toDays() < 1) {
            throw in.error(at, "srs ttl counts whole days, 1d is the least");
        }
        return Duration.ofDays(time.toDays());
    }
}
