package org.postern.config;

import java.util.List;

/// A `scheduler limit` directive: how much the queue gives out at a time.
///
///     scheduler limit { name number }
public record Scheduler(Position at, List<Limits.Limit<Scheduler.Name>> limits)
        implements Directive {

    public Scheduler {
        limits = List.copyOf(limits);
    }

    /// The names of the limits.
    public enum Name implements Limits.Name {
        /// Envelopes that are tried at a time.
        MAX_INFLIGHT(5000),
        /// Envelopes listed at a time.
        MAX_EVP_BATCH_SIZE(256),
        /// Messages listed at a time.
        MAX_MSG_BATCH_SIZE(1024),
        /// Envelopes given out at a time.
        MAX_SCHEDULE(10);

        private final int standard;

        Name(int standard) {
            this.standard = standard;
        }

        @Override
        public int standard() {
            return standard;
        }
    }

    /// The word after `scheduler`.
    enum Word {
        LIMIT
    }

    /// Reads the rest of a line that began with `scheduler`.
    static Scheduler parse(Tokens in, Position at) throws Syntax {
        in.word(Word.class, "limit");
        return new Scheduler(at, Limits.parse(in, Name.class, "a limit of scheduler"));
    }
}
