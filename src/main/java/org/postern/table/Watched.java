package org.postern.table;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What was read from a file, and is read again when the file has changed.
///
/// Whoever asks looks at the file, but not more than once a second. A new file that was renamed
/// into the place of the old one is read at once. A file that was changed where it lies may be half
/// written, so it is read when it has kept still for a second, or after ten at the latest; and it
/// counts only if it did not change meanwhile. What has become unreadable or malformed is
/// complained of once, and what was read before stays. Shared by all that ask: the newest is
/// published by a volatile field, and the lock only keeps two from reading at the same time.
final class Watched<T> {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration UNREST = Duration.ofSeconds(10);

    /// Reads the file.
    @FunctionalInterface
    interface Reader<T> {
        /// What stands in the file, given what stood there before; or what is wrong with it.
        Answer<T> read(T old) throws IOException;
    }

    /// Who watches files.
    ///
    /// @param complaints takes one line of what became of a file
    record Watcher(InstantSource clock, Consumer<String> complaints, Table.Witness witness) {
        Watcher(InstantSource clock, Consumer<String> complaints) {
            this(clock, complaints, (_, _, _, _) -> {});
        }
    }

    private final Path path;
    private final Reader<T> reader;
    private final Watcher watcher;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile T newest;
    private volatile Instant lookedAt;

    // Guarded by reading. Null if what was read is of no state that is known, and has to be read
    // again.
    private @Nullable Stamp stamp;

    // Guarded by reading. What was complained of last; empty if what was read last is good.
    private String deplored = "";

    // Guarded by reading. Since when the file has been changing; null if it keeps still.
    private @Nullable Instant restless;

    /// @param stamp the state of the file before it was read for the first time
    Watched(Path path, Reader<T> reader, Watcher watcher, Stamp stamp, T first) {
        this.path = path;
        this.reader = reader;
        this.watcher = watcher;
        this.newest = first;
        this.lookedAt = watcher.clock().instant();
        this.stamp = stamp.isFresh(lookedAt) ? null : stamp;
    }

    /// What the file held when it was last looked at, which is at most a second ago if nobody is
    /// reading it right now.
    T newest() {
        var now = watcher.clock().instant();
        if (Duration.between(lookedAt, now).compareTo(PATIENCE) >= 0 && reading.tryLock()) {
            try {
                lookedAt = now;
                look(now);
            } finally {
                reading.unlock();
            }
        }
        return newest;
    }

    /// Whether the file is for certain as it was when it was read.
    boolean isCurrent() {
        reading.lock();
        try {
            return Stamp.of(path).equals(stamp);
        } catch (IOException e) {
            return false;
        } finally {
            reading.unlock();
        }
    }

    /// Reads the file now, changed or not: what it holds, or why the old stays.
    Answer<T> reload() {
        reading.lock();
        try {
            lookedAt = watcher.clock().instant();
            var before = Stamp.of(path);
            return replace(before, lookedAt);
        } catch (IOException e) {
            return new Answer.Failed<>(FileContents.cause(e));
        } finally {
            reading.unlock();
        }
    }

    private void look(Instant now) {
        try {
            var found = Stamp.of(path);
            if (found.equals(stamp)) {
                return;
            }
            if (isInTheMaking(found, now)) {
                return;
            }
            if (replace(found, now) instanceof Answer.Failed<T>(var cause)) {
                complain(found + cause, cause);
            }
        } catch (StillWritten _) {
            // It will have come to rest when somebody looks again.
            return;
        } catch (IOException e) {
            var cause = FileContents.cause(e);
            complain(cause, cause);
        }
    }

    private void complain(String what, String cause) {
        if (!what.equals(deplored)) {
            deplored = what;
            watcher.complaints().accept(cause + "; the table keeps its entries");
        }
    }

    private boolean isInTheMaking(Stamp found, Instant now) {
        if (isAnother(found) || !found.isFresh(now)) {
            restless = null;
            return false;
        }
        var since = restless;
        if (since == null) {
            restless = now;
            return true;
        }
        return Duration.between(since, now).compareTo(UNREST) < 0;
    }

    /// Whether another file has come into the place of the last.
    private boolean isAnother(Stamp found) {
        var last = stamp;
        return last != null && !last.isOfSameFile(found);
    }

    private Answer<T> replace(Stamp before, Instant now) throws IOException {
        var answer = reader.read(newest);
        if (!Stamp.of(path).equals(before)) {
            throw new StillWritten(path);
        }
        // Right after a change where it lies, another one could go unnoticed.
        stamp = isAnother(before) || !before.isFresh(now) ? before : null;
        if (answer instanceof Answer.Found<T>(var fresh)) {
            newest = fresh;
            deplored = "";
        }
        return answer;
    }

    /// Says that a file changed while it was read.
    static final class StillWritten extends IOException {
        private static final long serialVersionUID = 1L;

        StillWritten(Path path) {
            super(path + ": it is being written");
        }
    }
}
