package org.postern.ipc;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Says which refusals at a socket are told: one a second. Whoever may connect may be refused as
/// often as they like, and must not fill the log. Guarded by its monitor.
final class Refusals {
    private static final long SECOND = 1_000_000_000;

    private final LongSupplier nanoTime;
    private long lastTold;
    private long untold;

    /// Refusals by a clock that only goes forward, in nanoseconds.
    Refusals(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastTold = nanoTime.getAsLong() - SECOND;
    }

    /// Counts one refusal. If it is to be told: how many before it were not.
    synchronized OptionalLong next() {
        long now = nanoTime.getAsLong();
        if (now - lastTold < SECOND) {
            untold++;
            return OptionalLong.empty();
        }
        lastTold = now;
        long before = untold;
        untold = 0;
        return OptionalLong.of(before);
    }
}
