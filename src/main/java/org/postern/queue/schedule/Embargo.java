package org.postern.queue.schedule;

import java.time.Duration;
import org.postern.mail.Carriage.Release;
import org.postern.mail.Envelope;

/// Until when an envelope may not be tried, because its sender said so (RFC 4865 section 3). Its
/// time in the queue begins then.
final class Embargo {
    /// The longest one, whatever the facts of a message say.
    private static final Duration LONGEST = Duration.ofDays(8);

    private Embargo() {}

    /// When this envelope may be tried for the first time, in epoch milliseconds.
    static long end(Envelope envelope) {
        return switch (envelope.message().carriage().release()) {
            case Release.AtOnce() -> envelope.created().toEpochMilli();
            case Release.At(var time) -> {
                var latest = envelope.created().plus(LONGEST);
                yield (time.isAfter(latest) ? latest : time).toEpochMilli();
            }
        };
    }
}
