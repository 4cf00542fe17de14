package org.postern.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.postern.config.TableRef.Shape;
import org.postern.table.Mistakes.Mistake;
import org.postern.table.Regex.Collection.Keeping;

/// The entries of a text file, read again when the file has changed (see [Watched]).
///
/// Once the file had entries, it cannot turn from a list into a mapping.
final class FileContents implements Contents.Held {
    private static final long MAX_FILE = 1L << 30;

    /// The size of a file for which there is room in any heap.
    private static final long FREELY = 4 << 20;

    /// What came of reading a file.
    sealed interface Reading {
        record Good(Entries entries) implements Reading {}

        record Bad(List<Mistake> mistakes) implements Reading {
            public Bad {
                mistakes = List.copyOf(mistakes);
            }
        }
    }

    private final Path path;
    private final Use use;
    private final Watched<Entries> watched;

    private FileContents(Path path, Use use, Watched<Entries> watched) {
        this.path = path;
        this.use = use;
        this.watched = watched;
    }

    /// What came of opening a file.
    sealed interface Opening {
        record Opened(FileContents contents) implements Opening {}

        record Refused(List<Mistake> mistakes) implements Opening {
            public Refused {
                mistakes = List.copyOf(mistakes);
            }
        }
    }

    /// Reads a file for the first time.
    static Opening open(Path path, Use use, Watched.Watcher watcher) throws IOException {
        var stamp = Stamp.of(path);
        return switch (read(path, use, Shape.EITHER)) {
            case Reading.Good(var entries) ->
                    new Opening.Opened(
                            new FileContents(
                                    path,
                                    use,
                                    new Watched<>(
                                            path,
                                            old -> reread(path, use, old),
                                            watcher,
                                            stamp,
                                            entries)));
            case Reading.Bad(var mistakes) -> new Opening.Refused(mistakes);
        };
    }

    private static Answer<Entries> reread(Path path, Use use, Entries old) throws IOException {
        return switch (read(path, use, old.shape())) {
            case Reading.Good(var fresh) -> new Answer.Found<>(fresh);
            case Reading.Bad(var mistakes) -> {
                var first = mistakes.getFirst();
                yield new Answer.Failed<>(
                        path + ":" + first.line() + ":" + first.column() + ": " + first.message());
            }
        };
    }

    /// Whether reading this file for this use would give the same once more.
    boolean isStill(Path otherPath, Use otherUse) {
        return path.equals(otherPath) && use.equals(otherUse) && watched.isCurrent();
    }

    @Override
    public Answer<Entries> entries() {
        return new Answer.Found<>(watched.newest());
    }

    @Override
    public Answer<Integer> reload() {
        return watched.reload().then(fresh -> new Answer.Found<>(fresh.size()));
    }

    private static Reading read(Path path, Use use, Shape shape) throws IOException {
        var mistakes = new Mistakes(use.showing());
        var checker = use.checker(mistakes, Keeping.ALL);
        long size = Files.size(path);
        requireSize(path, size);
        requireMemory(path, size);
        var room = new byte[(int) size + 2];
        int length;
        try (var in = Files.newInputStream(path)) {
            length = in.readNBytes(room, 0, (int) size);
            if (length < size || in.read() >= 0) {
                throw new Watched.StillWritten(path);
            }
        }
        var packer = new PackedRows.Packer(room);
        var text =
                new TableText(
                        shape,
                        mistakes,
                        (row, actual) -> {
                            checker.check(row, actual);
                            packer.add(row, actual);
                        });
        text.read(room, length);
        if (!mistakes.isEmpty()) {
            return new Reading.Bad(mistakes.inOrder());
        }
        var entries = Entries.of(text.shape(), packer.packed(text.shape()), checker.expressions());
        entries.prepare(use.services());
        return new Reading.Good(entries);
    }

    /// Checks a file without keeping anything of it.
    ///
    /// @param sink is given each row
    /// @return what is wrong
    static List<Mistake> check(Path path, Use use, TableText.Sink sink) throws IOException {
        Stamp.of(path);
        var mistakes = new Mistakes(use.showing());
        var checker = use.checker(mistakes, Keeping.NONE);
        requireSize(path, Files.size(path));
        try (InputStream in = Files.newInputStream(path)) {
            new TableText(
                            Shape.EITHER,
                            mistakes,
                            (row, shape) -> {
                                checker.check(row, shape);
                                sink.row(row, shape);
                            })
                    .read(in);
        }
        return mistakes.inOrder();
    }

    private static void requireSize(Path path, long size) throws IOException {
        if (size > MAX_FILE) {
            throw new IOException(
                    path
                            + ": more than "
                            + (MAX_FILE >> 20)
                            + " megabytes; make a database of it (makemap)");
        }
    }

    /// Sees to it that a file that has grown does not end the room.
    private static void requireMemory(Path path, long size) throws IOException {
        if (size >= FREELY && !hasMemory(size)) {
            System.gc(); // what is garbage already may be all that is missing
            if (!hasMemory(size)) {
                throw new IOException(
                        path
                                + ": this room has not enough memory for "
                                + (size >> 20)
                                + " megabytes more; a reload gives it more (smtpctl)");
            }
        }
    }

    private static boolean hasMemory(long size) {
        var machine = Runtime.getRuntime();
        long used = machine.totalMemory() - machine.freeMemory();
        return size + size / 2 < machine.maxMemory() - used;
    }

    /// What an error says of the file, which it may only name.
    static String cause(IOException e) {
        var message = String.valueOf(e.getMessage());
        return switch (e) {
            case NoSuchFileException _ -> message + ": no such file";
            case AccessDeniedException _ -> message + ": this room may not read the file";
            default -> message;
        };
    }
}
