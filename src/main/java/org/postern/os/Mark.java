package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/// The mark of a [Brood]: a number so large that it is no other's, as the soft limit on file locks.
record Mark(long value) {
    private static final long RLIMIT_LOCKS = 10;
    private static final String LINE = "Max file locks";

    /// A mark that was never given before.
    static Mark fresh() {
        return new Mark(ThreadLocalRandom.current().nextLong(1L << 48, 1L << 62));
    }

    /// Puts it on this process, and gives the soft limit that held before. Where the hard limit is
    /// too low there is no mark.
    long take() throws OsException {
        try (var arena = Arena.ofConfined()) {
            var limit = arena.allocate(JAVA_LONG, 2);
            Libc.call(Call.PRLIMIT64, "file locks", 0, RLIMIT_LOCKS, 0, limit.address());
            long before = limit.getAtIndex(JAVA_LONG, 0);
            set(value);
            return before;
        }
    }

    /// Puts the soft limit back.
    static void restore(long before) {
        set(before);
    }

    private static void set(long soft) {
        try (var arena = Arena.ofConfined()) {
            var limit = arena.allocate(JAVA_LONG, 2);
            Libc.attempt(Call.PRLIMIT64, 0, RLIMIT_LOCKS, 0, limit.address());
            limit.setAtIndex(JAVA_LONG, 0, soft);
            Libc.attempt(Call.PRLIMIT64, 0, RLIMIT_LOCKS, limit.address(), 0);
        }
    }

    /// Tells whether a process bears it; not if it has ended. We ourselves bear one now and then.
    boolean isOn(int pid) {
        if (pid == ProcessFacts.pid()) {
            return false;
        }
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/limits"))) {
            return lines.filter(line -> line.startsWith(LINE))
                    .map(line -> line.substring(LINE.length()).strip().split(" +", 2)[0])
                    .anyMatch(Long.toString(value)::equals);
        } catch (IOException | java.io.UncheckedIOException e) {
            return false;
        }
    }
}
