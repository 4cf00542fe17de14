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

    /// When this envelope may be tried, in epoch milliseconds. If it has been tried there is no
    /// embargo any more, even if that was before its time: the administrator let it go.
    static long end(Envelope envelope) {
        return envelope.tries() > 0 ? envelope.created().toEpochMilli() : wanted(envelope);
    }

    /// From when on its time in the queue counts, in epoch milliseconds: since its sender wanted it
    /// to go, or since now, where it was let go earlier.
    static long countsFrom(Envelope envelope, long now) {
        return envelope.tries() > 0 ? Math.min(wanted(envelope), now) : wanted(envelope);
    }

    private static long wanted(Envelope envelope) {
        return switch (envelope.message().carriage().release()) {
            case Release.AtOnce() -> envelope.created().toEpochMilli();
            case Release.At(var time) -> {
                var latest = envelope.created().plus(LONGEST);
                yield (time.isAfter(latest) ? latest : time).toEpochMilli();
            }
        };
    }
}
