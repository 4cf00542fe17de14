package org.postern.queue.store;

import java.time.Instant;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;

/// All of an envelope that changes while it waits. Each change writes the whole of it.
///
/// @param warned how many of the delay warnings have been sent
/// @param deaths how often a room died while it tried this envelope
public record State(Envelope.Progress progress, Standing standing, int warned, int deaths) {
    /// The state of an envelope that has just come.
    public static final State NEW =
            new State(new Envelope.Progress.Untried(), new Standing.Queued(), 0, 0);

    public State {
        if (warned < 0 || warned > 127 || deaths < 0 || deaths > 127) {
            throw new IllegalArgumentException(warned + " warnings, " + deaths + " deaths");
        }
    }

    /// Whether it may be tried.
    public sealed interface Standing {
        /// It is tried when it is due.
        record Queued() implements Standing {}

        /// It is kept back until it is released.
        record Held(String reason) implements Standing {
            public Held {
                reason = Outcome.line(reason);
            }
        }

        /// It failed, and nobody can be told: kept back for the postmaster, `since` then.
        record Dead(String reason, Instant since) implements Standing {
            public Dead {
                reason = Outcome.line(reason);
            }
        }
    }

    /// How often it was tried.
    public int tries() {
        return switch (progress) {
            case Envelope.Progress.Untried() -> 0;
            case Envelope.Progress.Tried(var tries, _, _) -> tries;
        };
    }

    /// This state with another standing.
    public State with(Standing other) {
        return new State(progress, other, warned, deaths);
    }

    /// This state after one more attempt.
    public State tried(Instant last, Outcome.Deferred outcome) {
        int tries = Math.min(tries() + 1, 65_535);
        return new State(
                new Envelope.Progress.Tried(tries, last, outcome), standing, warned, deaths);
    }

    /// This state after one more warning.
    public State warnedAgain() {
        return new State(progress, standing, Math.min(warned + 1, 127), deaths);
    }

    /// This state after a room died.
    public State died() {
        return new State(progress, standing, warned, Math.min(deaths + 1, 127));
    }
}
