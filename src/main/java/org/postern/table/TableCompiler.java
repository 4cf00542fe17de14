package org.postern.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.postern.config.Position;
import org.postern.config.Problem;
import org.postern.config.Service;
import org.postern.config.TableRef.Shape;
import org.postern.os.FileFacts;
import org.postern.os.OpenFile;
import org.postern.os.OsException;

/// Makes a database of the text of a table, for `makemap` and `newaliases`.
///
/// The database is written under another name, forced to disk, and renamed into its place: whoever
/// opens it finds the old one or the new one, whole, also after a crash. It gets the mode and the
/// owner of the text.
public final class TableCompiler {
    private static final int KEEP = -1;
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
    /// Whatever happens to the names meanwhile, owner and mode are those of the file that is read,
    /// and nothing is given away but the file that was written: the directory may be another's.
    ///
    /// @throws IOException if the file cannot be read, or is locked by who is writing it, or the
    ///   database cannot be written
    public static Result compile(Kind kind, Path input, Path output) throws IOException {
        try (var file = text(input)) {
            var facts = file.facts();
            if (facts.isDirectory()) {
                throw new IOException(input + ": a directory");
            }
            try (var channel = FileChannel.open(file.itself(), StandardOpenOption.READ);
                    var lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                if (lock == null) {
                    throw new IOException(input + ": locked; somebody is writing it");
                }
                var in = Channels.newInputStream(channel);
                return new TableCompiler(kind, output)
                        .compile(in, input.toString(), fresh -> giveTo(fresh, facts));
            } catch (OverlappingFileLockException e) {
                throw new IOException(input + ": locked; we are writing it", e);
            }
        }
    }

    private static OpenFile text(Path input) throws IOException {
        try {
            return OpenFile.readTarget(input);
        } catch (OsException e) {
            throw new IOException(input + ": " + e.errno(), e);
        }
    }

    /// Makes a database of what comes from somewhere, under a name for messages. Only its owner may
    /// read it.
    public static Result compile(Kind kind, InputStream in, String name, Path output)
            throws IOException {
        return new TableCompiler(kind, output).compile(in, name, _ -> {});
    }

    /// Hands a database to whom it is for.
    @FunctionalInterface
    private interface Handing {
        void hand(OpenFile fresh) throws IOException;
    }

    private Result compile(InputStream in, String name, Handing handing) throws IOException {
        var directory = output.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(output + ": not the name of a file");
        }
        var unique = Long.toUnsignedString(new SecureRandom().nextLong(), 36);
        var path = directory.resolve(output.getFileName() + "." + unique);
        try (var fresh = OpenFile.create(path, 0600)) {
            int entries = write(in, fresh);
            if (!mistakes.isEmpty()) {
                return new Result.Refused(problems(name));
            }
            handing.hand(fresh);
            fresh.sync();
            Files.move(
                    path,
                    output,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            sync(directory);
            return new Result.Made(entries);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    /// Hands the database to whom the text belongs. Who may not do that keeps it, and then the
    /// group, which is another, may do no more with it than everybody.
    private static void giveTo(OpenFile fresh, FileFacts text) throws IOException {
        var own = fresh.facts();
        int mode = text.permissions() & 0777;
        if (own.gid() != text.gid() && !isGiven(fresh, KEEP, text.gid())) {
            mode &= 0707 | (mode & 07) << 3;
        }
        if (own.uid() != text.uid()) {
            var _ = isGiven(fresh, text.uid(), KEEP);
        }
        fresh.permit(mode);
    }

    private static boolean isGiven(OpenFile fresh, int uid, int gid) throws IOException {
        try {
            fresh.giveTo(uid, gid);
            return true;
        } catch (OsException e) {
            if (fresh.facts().uid() == 0) {
                throw e; // root may always, so something else is wrong
            }
            return false;
        }
    }

    private static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private int write(InputStream in, OpenFile fresh) throws IOException {
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
