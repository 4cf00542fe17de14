package org.postern.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.postern.config.TableRef.Shape;
import org.postern.table.TableText.Mistake;

/// The entries of a text file, read again when the file has changed.
///
/// A lookup looks at the file at most once a second. What has become unreadable or malformed is
/// complained of once, and the entries of before stay. Shared by all that ask: the newest entries
/// are published by a volatile field, and the lock only keeps two from reading at the same time.
final class FileContents implements Contents {
    private static final long MAX_FILE = 256L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /// What tells one state of a file from another.
    private record Stamp(FileTime modified, long size, String inode) {}

    /// What came of reading the file.
    sealed interface Reading {
        record Good(Entries entries) implements Reading {}

        record Bad(String text, List<Mistake> mistakes) implements Reading {}
    }

    private final Path path;
    private final Use use;
    private final InstantSource clock;
    private final Consumer<String> complaints;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Entries entries;
    private volatile Instant lookedAt;
    private Stamp stamp; // guarded by reading

    private FileContents(
            Path path,
            Use use,
            InstantSource clock,
            Consumer<String> complaints,
            Entries entries,
            Stamp stamp) {
        this.path = path;
        this.use = use;
        this.clock = clock;
        this.complaints = complaints;
        this.entries = entries;
        this.stamp = stamp;
        this.lookedAt = clock.instant();
    }

    /// The first reading of a file: its contents, or what is wrong with them.
    sealed interface Opening {
        record Opened(FileContents contents) implements Opening {}

        record Refused(String text, List<Mistake> mistakes) implements Opening {}
    }

    /// Reads a file for the first time.
    static Opening open(Path path, Use use, InstantSource clock, Consumer<String> complaints)
            throws IOException {
        var stamp = stamp(path);
        return switch (read(path, use, Shape.EITHER)) {
            case Reading.Good(var entries) ->
                    new Opening.Opened(
                            new FileContents(path, use, clock, complaints, entries, stamp));
            case Reading.Bad(var text, var mistakes) -> new Opening.Refused(text, mistakes);
        };
    }

    /// The entries of the file as it was at most a second ago.
    Entries entries() {
        var now = clock.instant();
        if (Duration.between(lookedAt, now).compareTo(PATIENCE) >= 0 && reading.tryLock()) {
            try {
                lookedAt = now;
                refresh();
            } finally {
                reading.unlock();
            }
        }
        return entries;
    }

    /// Reads the file again, changed or not: how many entries it has, or why the old ones stay.
    Answer<Integer> reload() {
        reading.lock();
        try {
            lookedAt = clock.instant();
            stamp = stamp(path);
            return replace();
        } catch (IOException e) {
            return new Answer.Failed<>(cause(e));
        } finally {
            reading.unlock();
        }
    }

    private void refresh() {
        Stamp newest;
        try {
            newest = stamp(path);
        } catch (IOException e) {
            newest = new Stamp(FileTime.fromMillis(0), -1, cause(e));
        }
        if (newest.equals(stamp)) {
            return;
        }
        stamp = newest;
        if (newest.size() < 0) {
            complaints.accept(newest.inode() + "; the table keeps its entries");
        } else if (replace() instanceof Answer.Failed<Integer>(var cause)) {
            complaints.accept(cause + "; the table keeps its entries");
        }
    }

    private Answer<Integer> replace() {
        try {
            return switch (read(path, use, entries.shape())) {
                case Reading.Good(var fresh) -> {
                    entries = fresh;
                    yield new Answer.Found<>(fresh.size());
                }
                case Reading.Bad(_, var mistakes) -> {
                    var first = mistakes.getFirst();
                    yield new Answer.Failed<>(path + ":" + first.line() + ": " + first.message());
                }
            };
        } catch (IOException e) {
            return new Answer.Failed<>(cause(e));
        }
    }

    private static Reading read(Path path, Use use, Shape shape) throws IOException {
        if (Files.size(path) > MAX_FILE) {
            throw new IOException(path + ": more than " + MAX_FILE + " bytes");
        }
        var text = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
        var table = TableText.read(text, shape);
        var checked = use.check(table.shape(), table.rows());
        if (!table.mistakes().isEmpty() || !checked.mistakes().isEmpty()) {
            var mistakes = new java.util.ArrayList<>(table.mistakes());
            mistakes.addAll(checked.mistakes());
            mistakes.sort((a, b) -> Integer.compare(a.line(), b.line()));
            return new Reading.Bad(text, List.copyOf(mistakes));
        }
        return new Reading.Good(Entries.of(table.shape(), table.rows(), checked.expressions()));
    }

    private static Stamp stamp(Path path) throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException(path + ": not a regular file");
        }
        return new Stamp(
                attributes.lastModifiedTime(),
                attributes.size(),
                String.valueOf(attributes.fileKey()));
    }

    /// What an error says of the file, which it may only name.
    static String cause(IOException e) {
        var message = String.valueOf(e.getMessage());
        return switch (e) {
            case NoSuchFileException _ -> message + ": no such file";
            case java.nio.file.AccessDeniedException _ ->
                    message + ": this room may not read the file";
            default -> message;
        };
    }
}
