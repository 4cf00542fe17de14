package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.config.TableRef.Shape;
import org.postern.os.AsUser;
import org.postern.os.Identity;
import org.postern.os.ProcessFacts;
import org.postern.table.TableCompiler.Kind;

/// Constant databases: written, read, damaged, and exchanged with other programs.
class DatabaseTest {
    private static final String TINYCDB = "/usr/bin/cdb";

    private Path text;
    private Path database;
    private Instant now = Instant.EPOCH;
    private final List<String> complaints = new ArrayList<>();

    @BeforeEach
    void nameFiles(@TempDir Path dir) {
        text = dir.resolve("table");
        database = dir.resolve("table.db");
    }

    private void make(Kind kind, String contents) throws IOException {
        Files.writeString(text, contents, StandardCharsets.ISO_8859_1);
        assertInstanceOf(
                TableCompiler.Result.Made.class, TableCompiler.compile(kind, text, database));
    }

    private String refusal(Kind kind, String contents) throws IOException {
        Files.writeString(text, contents, StandardCharsets.ISO_8859_1);
        var refused =
                assertInstanceOf(
                        TableCompiler.Result.Refused.class,
                        TableCompiler.compile(kind, text, database));
        return refused.problems().getFirst().headline().replace(text.toString(), "table");
    }

    private Table open() throws ConfigException {
        var config =
                Config.parse(
                        Sources.of(
                                "c",
                                "table t db:" + database + "\nmatch reject\n",
                                new Host("mx.example.org", List.of())));
        return TableSet.open(config, complaints::add, () -> now).table("t");
    }

    private static Map<String, String> contents(Rows rows) throws IOException {
        var all = new TreeMap<String, String>();
        rows.forEach(row -> all.put(row.key(), row.value()));
        return all;
    }

    private static String numbered(int count) {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append("key").append(i).append(" value").append(i).append('\n');
        }
        return lines.toString();
    }

    @Test
    void whatWasWrittenIsFound() throws Exception {
        var utf8 = "\u00c3\u0089 \u00c3\u00a9\n"; // the bytes of two letters with accents
        make(Kind.MAPPING, numbered(5000) + "Upper: Case\n" + utf8);
        var table = open();
        assertEquals(Shape.EITHER, table.shape());
        for (int i = 0; i < 5000; i++) {
            assertEquals(new Answer.Found<>("value" + i), table.lookup(Service.STRING, "KEY" + i));
        }
        assertEquals(new Answer.Found<>("Case"), table.lookup(Service.STRING, "upper"));
        assertEquals(new Answer.Found<>("\u00c3\u00a9"), table.lookup(Service.STRING, "\u00c9"));
        assertEquals(new Answer.Absent<>(), table.lookup(Service.STRING, "key5000"));
        assertEquals(new Answer.Found<>(5002), table.reload());
    }

    /// A file of three gigabytes, nearly all of them a hole, with one record whose value is said to
    /// be so long.
    private void makeLarge(long valueLength) throws IOException {
        long length = 3L << 30;
        int hash = Database.hash("a");
        var bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        try (var file = new RandomAccessFile(database.toFile(), "rw")) {
            file.setLength(length);
            file.seek(8L * (hash & 0xff));
            file.write(bytes.putInt((int) (length - 16)).putInt(2).array(), 0, 8);
            file.seek(Database.HEADER);
            file.write(
                    bytes.clear().putInt(1).putInt((int) valueLength).put((byte) 'a').array(),
                    0,
                    9);
            file.seek(length - 16);
            bytes.clear().putInt(hash).putInt(Database.HEADER);
            file.write(bytes.putInt(hash).putInt(Database.HEADER).array());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_000, 2_500_000_000L})
    void aRecordThatCannotBeIsAFailure(long valueLength) throws Exception {
        makeLarge(valueLength);
        var rows = Database.open(database);
        assertThrows(IOException.class, () -> rows.value("a"));
        assertThrows(IOException.class, () -> rows.forEach(_ -> {}));
        assertInstanceOf(Answer.Failed.class, open().lookup(Service.STRING, "a"));
    }

    @Test
    void aLinkIsNotWrittenThrough() throws Exception {
        Files.writeString(text, "precious");
        Files.createSymbolicLink(database, text);
        make(Kind.MAPPING, "a b\n");
        assertTrue(Files.isRegularFile(database, LinkOption.NOFOLLOW_LINKS));
        assertEquals("a b\n", Files.readString(text));
    }

    @Test
    void aDatabaseWithoutEntriesHasNone() throws Exception {
        make(Kind.MAPPING, "# nothing\n");
        assertEquals(new Answer.Absent<>(), open().lookup(Service.STRING, "x"));
    }

    @Test
    void aSetIsKeysAlone() throws Exception {
        make(Kind.SET, "Two words\nthree:x\n");
        assertEquals(
                Map.of("two words", "<set>", "three:x", "<set>"),
                contents(Database.open(database)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "MAPPING | a b\\nkey                 | table:2:1: a key without a value",
                "MAPPING | [a b                      | table:1:1: a '[' without ']'",
                "MAPPING | a 1\\n"
                        + "b 2\\n"
                        + "A 3           | table:3:1: duplicate key; it is in line 1 too",
                "ALIASES | a: b\\n"
                        + "root: c d         | table:2:7: alias \"root\": not a recipient: c d",
                "ALIASES | a: ,                      | table:1:4: an alias without a recipient",
            })
    void aBadTextMakesNoDatabase(Kind kind, String contents, String message) throws Exception {
        assertEquals(message, refusal(kind, contents.replace("\\n", "\n")));
        assertTrue(Files.notExists(database));
        try (var left = Files.list(database.getParent())) {
            assertEquals(List.of(text), left.toList());
        }
    }

    @Test
    void aBadTextLeavesTheOldDatabase() throws Exception {
        make(Kind.MAPPING, "a 1\n");
        refusal(Kind.MAPPING, "a 2\nb\n");
        assertEquals(new Answer.Found<>("1"), open().lookup(Service.STRING, "a"));
    }

    @Test
    void theDatabaseHasTheModeOfTheText() throws Exception {
        Files.writeString(text, "a 1\n");
        Files.setAttribute(text, "unix:mode", 0640);
        TableCompiler.compile(Kind.MAPPING, text, database);
        assertEquals(0640, (int) Files.getAttribute(database, "unix:mode") & 0777);
    }

    /// A text that waits until it is written: what happens meanwhile is up to the test.
    private final class SlowText implements AutoCloseable {
        private final Path pipe;
        private final Thread compiling;
        private final AtomicReference<Object> outcome = new AtomicReference<>();

        SlowText(int mode) throws Exception {
            pipe = text.resolveSibling("pipe");
            assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
            Files.setAttribute(pipe, "unix:mode", mode);
            Files.createLink(text, pipe);
            compiling = Thread.ofPlatform().start(this::compile);
        }

        private void compile() {
            try {
                outcome.set(TableCompiler.compile(Kind.MAPPING, text, database));
            } catch (IOException e) {
                outcome.set(e);
            }
        }

        /// Waits until somebody has the pipe open, though nobody writes into it.
        void awaitReader() throws Exception {
            await(() -> isOpen(pipe));
        }

        void write(String words) throws Exception {
            Files.writeString(pipe, words);
            compiling.join(Duration.ofSeconds(20));
            assertInstanceOf(TableCompiler.Result.Made.class, outcome.get());
        }

        @Override
        public void close() throws Exception {
            // Whoever still waits for words gets none.
            new RandomAccessFile(pipe.toFile(), "rw").close();
            compiling.join(Duration.ofSeconds(20));
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertTrue(condition.getAsBoolean());
    }

    private static boolean isOpen(Path file) {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.anyMatch(descriptor -> isSame(descriptor, file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void theModeIsThatOfTheTextThatWasReadAndNotOfWhatTookItsPlace() throws Exception {
        try (var slow = new SlowText(0600)) {
            slow.awaitReader();
            var other = Files.writeString(text.resolveSibling("other"), "a other\n");
            Files.setAttribute(other, "unix:mode", 0644);
            Files.move(other, text, StandardCopyOption.REPLACE_EXISTING);
            slow.write("a secret\n");
        }
        assertEquals(new Answer.Found<>("secret"), open().lookup(Service.STRING, "a"));
        assertEquals(0600, (int) Files.getAttribute(database, "unix:mode") & 0777);
    }

    @Test
    void noFileIsGivenAwayThatWasPutInThePlaceOfTheFreshOne() throws Exception {
        var victim = Files.writeString(text.resolveSibling("victim"), "precious");
        Files.setAttribute(victim, "unix:mode", 0600);
        try (var slow = new SlowText(0666)) {
            slow.awaitReader();
            try (var held = new RandomAccessFile(slow.pipe.toFile(), "rw")) {
                await(() -> fresh().isPresent());
                var fresh = fresh().orElseThrow();
                Files.delete(fresh);
                Files.createLink(fresh, victim);
                held.write("a b\n".getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertEquals(0600, (int) Files.getAttribute(victim, "unix:mode") & 0777);
        assertEquals("precious", Files.readString(victim));
    }

    private Optional<Path> fresh() {
        try (var files = Files.list(database.getParent())) {
            return files.filter(file -> file.toString().startsWith(database + ".")).findAny();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whoMayNotGiveTheGroupGivesItNoMoreThanEverybody() throws Exception {
        assumeTrue(ProcessFacts.uid() == 0, "only root can make a text that is another's");
        Files.writeString(text, "a b\n");
        Files.setAttribute(text, "unix:mode", 0664);
        Files.setAttribute(text, "unix:gid", 4321);
        var directory = text.getParent();
        Files.setAttribute(directory, "unix:uid", 4322);
        Files.setAttribute(directory, "unix:gid", 4322);
        new AsUser(1, Duration.ofSeconds(20))
                .call(
                        new Identity(4322, 4322, List.of()),
                        () -> TableCompiler.compile(Kind.MAPPING, text, database));
        assertEquals(4322, Files.getAttribute(database, "unix:gid"));
        assertEquals(0644, (int) Files.getAttribute(database, "unix:mode") & 0777);
    }

    @Test
    void patternsStandForTheSameAsInAText() throws Exception {
        make(
                Kind.SET,
                "*.example.org\n"
                        + "mail*.net\n"
                        + "192.0.2.0/24\n"
                        + "@*.example.com\n"
                        + "bob@example.com\n"
                        + "^x[0-9]\n");
        var table = open();
        assertInstanceOf(Answer.Found.class, table.contains(Service.DOMAIN, "a.example.org"));
        assertInstanceOf(Answer.Found.class, table.contains(Service.DOMAIN, "mail7.net"));
        assertInstanceOf(Answer.Absent.class, table.contains(Service.DOMAIN, "a.b.example.org"));
        assertInstanceOf(Answer.Found.class, table.contains(Service.NETADDR, "192.0.2.7"));
        assertInstanceOf(Answer.Absent.class, table.contains(Service.NETADDR, "192.0.3.7"));
        assertInstanceOf(Answer.Found.class, table.contains(Service.MAILADDR, "any@a.example.com"));
        assertInstanceOf(Answer.Found.class, table.contains(Service.MAILADDR, "bob+x@example.com"));
    }

    @Test
    void aPatternThatIsNoExpressionFails() throws Exception {
        make(Kind.SET, "^a\n(\n");
        assertInstanceOf(Answer.Failed.class, open().contains(Service.REGEX, "a"));
    }

    @Test
    void keysTakeTurns() throws Exception {
        make(Kind.SET, "b\na\n");
        var table = open();
        assertEquals(new Answer.Found<>("a"), table.fetch(Service.SOURCE));
        assertEquals(new Answer.Found<>("b"), table.fetch(Service.SOURCE));
        assertEquals(new Answer.Found<>("a"), table.fetch(Service.SOURCE));
    }

    @Test
    void aReplacedDatabaseIsOpenedAgain() throws Exception {
        make(Kind.MAPPING, "a 1\n");
        var table = open();
        make(Kind.MAPPING, "a 2\n");
        now = now.plus(Duration.ofSeconds(1));
        assertEquals(new Answer.Found<>("2"), table.lookup(Service.STRING, "a"));
        assertEquals(List.of(), complaints);
    }

    @Test
    void aDamagedReplacementIsComplainedOfOnceAndTheOldOneStays() throws Exception {
        make(Kind.MAPPING, "a 1\n");
        var table = open();
        var bad = Files.write(database.resolveSibling("bad"), new byte[3000]);
        Files.move(bad, database, StandardCopyOption.REPLACE_EXISTING);
        for (int i = 0; i < 3; i++) {
            now = now.plus(Duration.ofSeconds(1));
            assertEquals(new Answer.Found<>("1"), table.lookup(Service.STRING, "a"));
        }
        assertEquals(1, complaints.size());
    }

    @Test
    void aDatabaseThatIsCutUnderUsFailsAndIsNeverEmpty() throws Exception {
        make(Kind.MAPPING, numbered(20_000));
        var table = open();
        try (var file = new RandomAccessFile(database.toFile(), "rw")) {
            file.setLength(3000);
        }
        for (int i = 0; i < 20_000; i++) {
            assertInstanceOf(Answer.Failed.class, table.lookup(Service.STRING, "key" + i));
        }
        now = now.plus(Duration.ofSeconds(1));
        assertInstanceOf(Answer.Failed.class, table.lookup(Service.STRING, "key1"));
        make(Kind.MAPPING, "key1 again\n");
        now = now.plus(Duration.ofSeconds(1));
        assertEquals(new Answer.Found<>("again"), table.lookup(Service.STRING, "key1"));
    }

    @Test
    void aDatabaseThatIsCutWhileItIsReadFails() throws Exception {
        make(Kind.MAPPING, numbered(100_000));
        var open = Database.open(database);
        var seen = new ArrayList<String>();
        assertThrows(
                IOException.class,
                () ->
                        open.forEach(
                                row -> {
                                    if (seen.isEmpty()) {
                                        seen.add(row.key());
                                        try (var file =
                                                new RandomAccessFile(database.toFile(), "rw")) {
                                            file.setLength(0);
                                        }
                                    }
                                }));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2047, 2048, 2049, 3000, 4000})
    void aPieceOfADatabaseIsRefused(int length) throws Exception {
        make(Kind.MAPPING, numbered(100));
        var whole = Files.readAllBytes(database);
        assertTrue(whole.length > 4000);
        Files.write(database, java.util.Arrays.copyOf(whole, length));
        assertThrows(IOException.class, () -> Database.open(database));
    }

    @Test
    void whateverIsWrongWithADatabaseIsAnAnswer() throws Exception {
        make(Kind.MAPPING, numbered(50));
        var whole = Files.readAllBytes(database);
        var random = new java.util.Random(5);
        for (int i = 0; i < 2000; i++) {
            var damaged = whole.clone();
            for (int j = 1 + random.nextInt(4); j > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(database, damaged);
            try {
                var rows = Database.open(database);
                for (int j = 0; j < 60; j++) {
                    var _ = rows.value("key" + j);
                }
                rows.forEach(row -> {});
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith(database.toString()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "000000000100000000000000 61150600 | a Berkeley DB, which another server's makemap"
                        + " made; rebuild it from its text (makemap)",
                "000000000100000000000000 00053162 | a Berkeley DB, which another server's makemap"
                        + " made; rebuild it from its text (makemap)",
                "cf9a5713 0000 | a GDBM file; rebuild it from its text (makemap)",
                "726f6f743a20626f620a | a text; use \"file:\" for it, or make a database of it"
                        + " (makemap)",
                "'' | an empty file: not a constant database",
                "000102 | not a constant database, or only a piece of one",
            })
    void aFileOfAnotherKindIsRecognised(String hex, String message) throws Exception {
        var head = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
        Files.write(database, java.util.Arrays.copyOf(head, head.length > 10 ? 4096 : head.length));
        var error = assertThrows(ConfigException.class, this::open);
        assertEquals("c:1:7: " + database + ": " + message, error.problems().getFirst().headline());
    }

    private byte[] run(List<String> command, byte[] input) throws Exception {
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var in = process.getOutputStream()) {
            in.write(input);
        }
        var output = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        return output;
    }

    @Test
    void tinycdbReadsWhatWeWrite() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(TINYCDB)));
        make(Kind.MAPPING, numbered(2000));
        var listed = run(List.of(TINYCDB, "-l", "-m", database.toString()), new byte[0]);
        assertEquals(2000, new String(listed, StandardCharsets.ISO_8859_1).lines().count());
        for (var key : List.of("key0", "key1234", "key1999")) {
            var found = run(List.of(TINYCDB, "-q", database.toString(), key), new byte[0]);
            assertEquals(
                    key.replace("key", "value"),
                    new String(found, StandardCharsets.ISO_8859_1).strip());
        }
    }

    @Test
    void weReadWhatTinycdbWrites() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(TINYCDB)));
        run(
                List.of(TINYCDB, "-c", "-m", database.toString()),
                numbered(2000).getBytes(StandardCharsets.ISO_8859_1));
        var rows = Database.open(database);
        assertEquals(2000, rows.size());
        assertEquals(2000, contents(rows).size());
        for (int i = 0; i < 2000; i++) {
            assertEquals(Optional.of("value" + i), rows.value("key" + i));
        }
    }

    @Test
    void aDatabaseIsDumpedInItsOrder() throws Exception {
        make(Kind.MAPPING, "b 1\na  2 x\n");
        var out = new ByteArrayOutputStream();
        TableCompiler.dump(database, out);
        assertEquals("b\t1\na\t2 x\n", out.toString(StandardCharsets.ISO_8859_1));
    }
}
