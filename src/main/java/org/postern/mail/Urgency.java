package org.postern.mail;

import java.time.Instant;

/// How much of a hurry a message is in, as its sender says.
///
/// @param priority from [#LOWEST] to [#HIGHEST], usually 0 (MT-PRIORITY, RFC 6710 section 3)
/// @param deadline by when it is to be delivered
public record Urgency(int priority, Deadline deadline) {
    /// The lowest priority.
    public static final int LOWEST = -9;

    /// The highest priority.
    public static final int HIGHEST = 9;

    /// Nothing was said.
    public static final Urgency USUAL = new Urgency(0, new Deadline.Never());

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    public Urgency {
        if (priority < LOWEST || priority > HIGHEST) {
            throw new IllegalArgumentException("no priority " + priority);
        }
    }

    /// By when a message is to be delivered.
    public sealed interface Deadline {
        /// Nobody said.
        record Never() implements Deadline {}

        /// By this time (DELIVERBY, RFC 2852 section 4).
        record At(Instant time, Mode mode, Trace trace) implements Deadline {
            public At {
                if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
                    throw new IllegalArgumentException("no deadline of our age: " + time);
                }
            }
        }
    }

    /// What happens to a message that is not delivered by then.
    public enum Mode {
        /// It is returned.
        RETURN,
        /// Its sender is told, and it is tried further.
        NOTIFY
    }

    /// Whether the sender is told where it is passed on.
    public enum Trace {
        SILENT,
        TOLD
    }

    /// The same as an object that all messages which are in no particular hurry have in common.
    public Urgency shared() {
        return equals(USUAL) ? USUAL : this;
    }

    /// The same priority, for a message of which nobody said by when.
    public Urgency withoutDeadline() {
        return new Urgency(priority, new Deadline.Never());
    }
}
