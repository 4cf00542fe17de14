package org.postern.mail;

import java.time.Instant;

/// One recipient's share of a message, in the queue.
///
/// It holds facts, never a snapshot of configuration: an action that is changed and reloaded
/// applies to mail already queued.
///
/// @param created when the message was accepted
public record Envelope(
        EnvelopeId id, MessageFacts message, Share share, Instant created, Progress progress) {

    /// What has been tried so far.
    public sealed interface Progress {
        /// Nothing.
        record Untried() implements Progress {}

        /// `tries` attempts, the last of them at `last`, deferred for the reason `last` gave.
        record Tried(int tries, Instant last, Outcome.Deferred outcome) implements Progress {
            public Tried {
                if (tries < 1) {
                    throw new IllegalArgumentException("tried " + tries + " times");
                }
            }
        }
    }

    /// How often it has been tried.
    public int tries() {
        return switch (progress) {
            case Progress.Untried() -> 0;
            case Progress.Tried(var tries, _, _) -> tries;
        };
    }
}
