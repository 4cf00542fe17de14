package org.postern.config;

import java.util.List;

/// An `mda limit` directive: how much the room `delivery` does at a time.
///
///     mda limit { name number }
public record Mda(Position at, List<Limits.Limit<Mda.Name>> limits) implements Directive {

    public Mda {
        limits = List.copyOf(limits);
    }

    /// The names of the limits.
    public enum Name implements Limits.Name {
        /// Delivery commands that run at a time.
        MAX_SESSION(50),
        /// The same, for one user.
        MAX_SESSION_PER_USER(7),
        /// Envelopes of one user from which on no more are taken.
        TASK_HIWAT(50),
        /// Envelopes of one user below which more are taken again.
        TASK_LOWAT(30),
        /// Envelopes that are let go at a time.
        TASK_RELEASE(10);

        private final int standard;

        Name(int standard) {
            this.standard = standard;
        }

        @Override
        public int standard() {
            return standard;
        }
    }

    /// The words after `mda`.
    enum Word {
        LIMIT,
        WRAPPER
    }

    /// Reads the rest of a line that began with `mda`.
    static Directive parse(Tokens in, Position at) throws Syntax {
        return switch (in.word(Word.class, "limit or wrapper")) {
            case LIMIT -> new Mda(at, Limits.parse(in, Name.class, "a limit of mda"));
            case WRAPPER -> Wrapper.parse(in);
        };
    }
}
