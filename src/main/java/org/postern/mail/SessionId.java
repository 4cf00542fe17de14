package org.postern.mail;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// The name of a session in the log: a counter from a random start, then 32 random bits, written as
/// 16 hex digits; never 0.
public record SessionId(long value) {
    /// Where session ids come from; one for a room.
    public static final class Source {
        private final AtomicInteger counter =
                new AtomicInteger(ThreadLocalRandom.current().nextInt());

        /// The next id.
        public SessionId next() {
            long high = (long) counter.incrementAndGet() << 32;
            long low = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
            return new SessionId(high | low);
        }
    }

    @Override
    public String toString() {
        return java.util.HexFormat.of().toHexDigits(value);
    }
}
