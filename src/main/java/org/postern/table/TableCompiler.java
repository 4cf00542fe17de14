package org.postern.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.Position;
import org.postern.config.Problem;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;

/// Makes a database of the text of a table, for `makemap` and `newaliases`.
///
/// The database is written under another name, forced to disk, and renamed into its place: whoever
/// opens it finds the old one or the new one, whole, also after a crash. It gets the mode and the
/// owner of the text.
public final class TableCompiler {
    private static final byte[] MEMBER = "<set>".getBytes(StandardCharsets.ISO_8859_1);

    /// What the text is.
    public enum Kind {
        /// Keys and values.
        MAPPING,
        /// Keys and values, which have to be recipients (aliases(5)).
        ALIASES,
        /// Keys alone, each a whole line.
        SET
    }

    /// What came of it.
    public sealed interface Result {
        /// The database is in its place.
        ///
        /// @param entries how many it has
        record Made(int entries) implements Result {}

        /// Nothing was changed, for these reasons.
        record Refused(List<Problem> problems) implements Result {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    private final Kind kind;
    private final Path output;
    private final Mistakes mistakes = new Mistakes(Mistakes.Showing.LINES);
    private final Use.Checker checker;
    private int[] lines = new int[64];

    private TableCompiler(Kind kind, Path output) {
        this.kind = kind;
        this.output = output;
        var services = kind == Kind.ALIASES ? Set.of(Service.ALIAS) : Set.<Service>of();
        this.checker = new Use(services, Set.of()).checker(mistakes, Regex.Collection.Keeping.NONE);
    }

    /// Makes a database of a file.
    ///
    /// @throws IOException if the file cannot be read, or is locked by who is writing it, or the
    ///   database cannot be written
    public static Result compile(Kind kind, Path input, Path output) throws IOException {
        try (var channel = FileChannel.open(input, StandardOpenOption.READ)) {
            if (Files.isDirectory(input)) {
                throw new IOException(input + ": a directory");
            }
            try (var lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                if (lock == null) {
                    throw new IOException(input + ": locked; somebody is writing it");
                }
                var facts = Files.readAttributes(input, "unix:mode,uid,gid");
                var in = Channels.newInputStream(channel);
                return new TableCompiler(kind, output).compile(in, input.toString(), facts);
            } catch (OverlappingFileLockException e) {
                throw new IOException(input + ": locked; we are writing it", e);
            }
        }
    }

    /// Makes a database of what comes from somewhere, under a name for messages. Only its owner may
    /// read it.
    public static Result compile(Kind kind, InputStream in, String name, Path output)
            throws IOException {
        return new TableCompiler(kind, output).compile(in, name, Map.of());
    }

    private Result compile(InputStream in, String name, Map<String, Object> facts)
            throws IOException {
        var directory = output.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(output + ": not the name of a file");
        }
        var fresh = Files.createTempFile(directory, output.getFileName() + ".", "");
        try {
            int entries = write(in, fresh);
            if (!mistakes.isEmpty()) {
                return new Result.Refused(problems(name));
            }
            giveTo(fresh, facts);
            sync(fresh);
            Files.move(
                    fresh,
                    output,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            sync(directory);
            return new Result.Made(entries);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /// Hands the database to whom the text belongs. Who may not do that keeps it. The directory may
    /// be another's, who puts a link there meanwhile: none is ever followed.
    private static void giveTo(Path fresh, Map<String, Object> facts) throws IOException {
        for (var owner : List.of("gid", "uid")) {
            var value = facts.get(owner);
            if (value != null && !value.equals(attribute(fresh, "unix:" + owner))) {
                tryToGive(fresh, "unix:" + owner, value);
            }
        }
        if (facts.get("mode") instanceof Integer mode) {
            Files.setAttribute(fresh, "unix:mode", mode & 0777, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static Object attribute(Path file, String attribute) throws IOException {
        return Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS);
    }

    private static void tryToGive(Path fresh, String attribute, Object value) throws IOException {
        try {
            Files.setAttribute(fresh, attribute, value, LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            if (Integer.valueOf(0).equals(attribute(fresh, "unix:uid"))) {
                throw e; // root may always, so something else is wrong
            }
        }
    }

    private static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private int write(InputStream in, Path fresh) throws IOException {
        try (var writer = DatabaseWriter.begin(fresh)) {
            var sink = new Writing(writer);
            new TableText(kind == Kind.SET ? Shape.LIST : Shape.MAPPING, mistakes, sink).read(in);
            sink.rethrow();
            writer.finish(this::duplicate);
            return writer.count();
        }
    }

    /// Writes one row after the other, up to the first that cannot be written.
    private final class Writing implements TableText.Sink {
        private final DatabaseWriter writer;
        private final List<IOException> failures = new ArrayList<>();

        Writing(DatabaseWriter writer) {
            this.writer = writer;
        }

        @Override
        public void row(Row row, Shape shape) {
            checker.check(row, shape);
            if (!failures.isEmpty()) {
                return;
            }
            if (writer.count() == lines.length) {
                lines = Arrays.copyOf(lines, 2 * lines.length);
            }
            if (kind == Kind.ALIASES && isBare(row)) {
                mistakes.add(row, row.valueFrom(), "an alias without a recipient");
            }
            lines[writer.count()] = row.line();
            var key = row.keyBytes();
            for (int i = 0; i < key.length; i++) {
                key[i] = Row.folded(key[i]);
            }
            try {
                writer.add(key, kind == Kind.SET ? MEMBER : row.valueBytes());
            } catch (IOException e) {
                failures.add(e);
            }
        }

        private static boolean isBare(Row row) {
            for (int i = row.valueFrom(); i < row.valueTo(); i++) {
                if (" \t,".indexOf(row.bytes()[i]) < 0) {
                    return false;
                }
            }
            return true;
        }

        void rethrow() throws IOException {
            if (!failures.isEmpty()) {
                throw failures.getFirst();
            }
        }
    }

    private void duplicate(int record, int earlier) {
        mistakes.add(
                Math.max(lines[record], lines[earlier]),
                "duplicate key; it is in line " + Math.min(lines[record], lines[earlier]) + " too");
    }

    private List<Problem> problems(String name) {
        var problems = new ArrayList<Problem>();
        for (var mistake : mistakes.inOrder()) {
            int width = mistake.text().length() - mistake.column() + 1;
            problems.add(
                    new Problem(
                            new Position(name, mistake.line(), mistake.column()),
                            mistake.message(),
                            mistake.text(),
                            width,
                            mistake.hints()));
        }
        return problems;
    }

    /// Writes all records of a database as lines: key, tab, value.
    ///
    /// @throws IOException if it is no database, or not a whole one
    public static void dump(Path database, OutputStream out) throws IOException {
        Database.open(database)
                .forEach(
                        row -> {
                            out.write(row.keyBytes());
                            out.write('\t');
                            out.write(row.valueBytes());
                            out.write('\n');
                        });
    }
}
