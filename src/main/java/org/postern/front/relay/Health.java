package org.postern.front.relay;

import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Which routes have lately not worked, and until when they are left alone: 15 seconds times the
/// square of the failures in a row, at most an hour. Only failures to begin a session count; what a
/// host says to a message or a recipient never does. One success and all is forgotten. Guarded by
/// its own lock.
final class Health {
    private static final Duration UNIT = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int REMEMBERED = 10_000;

    private record Ends(Source source, SocketAddress address) {}

    /// A row of failures.
    private record Row(int failures, Instant last, Instant until, String cause) {}

    private final InstantSource clock;
    private final Map<Ends, Row> rows =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Ends, Row> eldest) {
                    return size() > REMEMBERED;
                }
            };

    Health(InstantSource clock) {
        this.clock = clock;
    }

    /// Why `route` is left alone now; empty if it may be tried.
    synchronized Optional<String> trouble(Route route) {
        var row = rows.get(ends(route));
        return row != null && clock.instant().isBefore(row.until)
                ? Optional.of(row.cause)
                : Optional.empty();
    }

    /// `route` did not work; the attempt began at `began`. Attempts that were under way when
    /// another one failed are one failure with it.
    ///
    /// @return for how long the route is now left alone; empty if that was said before
    synchronized Optional<Duration> failed(Route route, Instant began, String cause) {
        var before = rows.get(ends(route));
        if (before != null && began.isBefore(before.last)) {
            return Optional.empty();
        }
        int failures = before == null ? 1 : Math.min(before.failures + 1, 1000);
        var pause = UNIT.multipliedBy((long) failures * failures);
        pause = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
        var now = clock.instant();
        rows.put(ends(route), new Row(failures, now, now.plus(pause), cause));
        return Optional.of(pause);
    }

    /// `route` works.
    ///
    /// @return whether it had not worked before
    synchronized boolean works(Route route) {
        return !rows.isEmpty() && rows.remove(ends(route)) != null;
    }

    /// How many routes are left alone now.
    synchronized long disabled() {
        var now = clock.instant();
        return rows.values().stream().filter(row -> now.isBefore(row.until)).count();
    }

    private static Ends ends(Route route) {
        return new Ends(route.source(), route.stop().address());
    }
}
