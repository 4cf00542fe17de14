package org.postern.table.external;

import java.util.function.LongSupplier;

/// Keeps questions away from a program or server that does not answer: after some failures in a row
/// nobody asks for a while, which grows from a second to a minute; then one asks, and what comes of
/// it decides. Guarded by its monitor.
public final class Breaker {
    private static final int FAILURES = 5;
    private static final long FIRST = 1_000_000_000L;
    private static final long LONGEST = 60 * FIRST;

    /// Hears when questions are kept away, and when no longer. Called while the breaker is locked.
    public interface Listener {
        /// Nobody asks for so many seconds.
        void opened(long seconds);

        /// It answers again.
        void closed();
    }

    private final LongSupplier nanoTime;
    private final Listener listener;
    private int failures;
    private long pause;
    private long until;
    private boolean trying;

    /// A breaker that lets everything through, by a clock in nanoseconds.
    public Breaker(LongSupplier nanoTime, Listener listener) {
        this.nanoTime = nanoTime;
        this.listener = listener;
    }

    /// May this question be asked? When a pause is over, one may.
    public synchronized boolean allows() {
        if (pause == 0) {
            return true;
        }
        long now = nanoTime.getAsLong();
        if (now - until < 0) {
            return false;
        }
        // Should nothing come of this one, another may ask later.
        until = now + pause;
        trying = true;
        return true;
    }

    /// A question was answered, whatever the answer was.
    public synchronized void succeeded() {
        failures = 0;
        if (pause != 0) {
            pause = 0;
            trying = false;
            listener.closed();
        }
    }

    /// A question was not answered.
    public synchronized void failed() {
        if (pause == 0) {
            failures++;
            if (failures >= FAILURES) {
                pause = FIRST;
                until = nanoTime.getAsLong() + pause;
                listener.opened(pause / FIRST);
            }
        } else if (trying) {
            // The others were asked before the pause.
            trying = false;
            pause = Math.min(LONGEST, 2 * pause);
            until = nanoTime.getAsLong() + pause;
        }
    }
}
