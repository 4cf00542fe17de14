package org.postern.queue.schedule;

import java.time.Duration;
import org.postern.ipc.Work.Lane;

/// When an envelope is tried again: on a grid that begins with its creation, at B n² seconds, where
/// B is 400 for mail out and 10 for all other.
///
/// Every message has its own jitter of up to a tenth of the step, so that a destination that was
/// down is not met by all at once. It is the message's and not the envelope's, so that the
/// recipients of one message at one host stay together.
final class Retry {
    private static final int MOST_STEPS = 65_535;

    private Retry() {}

    /// The base of the grid.
    static Duration base(Lane lane) {
        return switch (lane) {
            case RELAY -> Duration.ofSeconds(400);
            case LOCAL, ROUTE -> Duration.ofSeconds(10);
        };
    }

    /// When attempt number `tries` (from 0) is due, in epoch milliseconds.
    static long due(long created, int tries, Lane lane, int message) {
        long step = base(lane).toMillis();
        long n = tries;
        long grid = created + step * n * n;
        return tries == 0 ? grid : grid + jitter(step * (2 * n - 1), message);
    }

    /// When the next attempt is due after one that was deferred at `now`.
    static long after(long now, long created, int tries, Lane lane, int message) {
        for (int n = Math.max(1, tries); n < MOST_STEPS; n++) {
            long due = due(created, n, lane, message);
            if (due > now) {
                return due;
            }
        }
        return now + Duration.ofDays(1).toMillis();
    }

    /// From -10 % to +10 % of `step`, the same for the same message.
    private static long jitter(long step, int message) {
        int hash = message * 0x9E3779B9;
        long thousandths = Math.floorMod(hash >>> 8, 201) - 100L;
        return step * thousandths / 1000;
    }
}
