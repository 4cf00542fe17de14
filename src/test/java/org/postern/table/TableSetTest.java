package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Problem;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.config.TableRef.Shape;

/// Tables as a configuration opens them.
class TableSetTest {
    private static final Host HOST = new Host("mx.example.org", List.of("127.0.0.1", "[::1]"));

    private Path file;
    private final List<String> complaints = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private final InstantSource clock = () -> now;

    @BeforeEach
    void nameAFile(@TempDir Path dir) {
        file = dir.resolve("table");
    }

    private TableSet open(String text) throws ConfigException {
        var all = text.replace("FILE", "file:" + file) + "\nmatch reject\n";
        return TableSet.open(Config.parse(Sources.of("c", all, HOST)), complaints::add, clock);
    }

    private Table table(String contents) throws IOException, ConfigException {
        Files.writeString(file, contents);
        return open("table t FILE").table("t");
    }

    private static String value(Answer<String> answer) {
        return switch (answer) {
            case Answer.Found<String>(var value) -> value;
            case Answer.Absent<String>() -> "absent";
            case Answer.Failed<String>(var cause) -> "failed: " + cause;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "root: bob           | root  | bob",
                "  root   bob  \\t   | root  | bob",
                "root\\tbob, carol   | root  | bob, carol",
                "Root: Bob           | ROOT  | Bob",
                "key : v             | key   | : v",
                "key::v              | key   | :v",
                "[::1] name          | [::1] | name",
                "[::1]:name          | [::1] | name",
                "a:b # c             | a     | b # c",
                "a: 1\\na: 2         | a     | 2",
                "# c\\n\\na: 1       | a     | 1",
                "2001:db8::1 x       | 2001  | db8::1 x",
            })
    void aMappingsLineIsKeyAndValue(String contents, String key, String value) throws Exception {
        var table = table(contents.replace("\\n", "\n").replace("\\t", "\t"));
        assertEquals(Shape.MAPPING, table.shape());
        assertEquals(value, value(table.lookup(Service.ALIAS, key)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "one\\ntwo words\\nthree:x | two words",
                "one\\nthree:x             | three:x",
                "# @list\\na b\\nc         | a b",
                "#@list\\n[x] y            | [x] y",
            })
    void aListsLineIsAKey(String contents, String key) throws Exception {
        var table = table(contents.replace("\\n", "\n"));
        assertEquals(Shape.LIST, table.shape());
        assertEquals(key, value(table.contains(Service.STRING, key)));
    }

    @Test
    void anEmptyFileIsNeitherListNorMapping() throws Exception {
        var table = table("# nothing yet\n");
        assertEquals(Shape.EITHER, table.shape());
        assertEquals("absent", value(table.contains(Service.STRING, "x")));
        assertEquals("absent", value(table.lookup(Service.ALIAS, "x")));
    }

    @Test
    void askingAListForAValueFails() throws Exception {
        assertInstanceOf(Answer.Failed.class, table("a\n").lookup(Service.ALIAS, "a"));
    }

    @Test
    void anOverlongKeyFails() throws Exception {
        assertInstanceOf(
                Answer.Failed.class, table("a\n").contains(Service.STRING, "a".repeat(1024)));
    }

    @Test
    void keysAreFetchedInTurnAndInTheOrderOfTheirBytes() throws Exception {
        var table = table("b\nA\n_\nc\n");
        var fetched = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            fetched.add(value(table.fetch(Service.SOURCE)));
        }
        assertEquals(List.of("_", "a", "b", "c", "_"), fetched);
        assertEquals("absent", value(table("").fetch(Service.SOURCE)));
    }

    @Test
    void aChangedFileIsReadAgainAfterASecond() throws Exception {
        var table = table("a\n");
        Files.writeString(file, "a\nbb\n");
        assertEquals("absent", value(table.contains(Service.STRING, "bb")));
        now = now.plus(Duration.ofSeconds(1));
        assertEquals("bb", value(table.contains(Service.STRING, "bb")));
        assertEquals(List.of(), complaints);
    }

    @Test
    void aFileThatTurnsBadIsComplainedOfOnceAndTheOldEntriesStay() throws Exception {
        var table = table("a: 1\n");
        Files.writeString(file, "a: 2\nb\n");
        for (int i = 0; i < 3; i++) {
            now = now.plus(Duration.ofSeconds(1));
            assertEquals("1", value(table.lookup(Service.ALIAS, "a")));
        }
        assertEquals(
                List.of(file + ":2:1: a key without a value; the table keeps its entries"),
                complaints);
        Files.writeString(file, "a: 3\n");
        now = now.plus(Duration.ofSeconds(1));
        assertEquals("3", value(table.lookup(Service.ALIAS, "a")));
    }

    @Test
    void aFileThatIsGoneLeavesTheOldEntries() throws Exception {
        var table = table("a: 1\n");
        Files.delete(file);
        now = now.plus(Duration.ofSeconds(1));
        assertEquals("1", value(table.lookup(Service.ALIAS, "a")));
        assertEquals(List.of(file + ": no such file; the table keeps its entries"), complaints);
    }

    @Test
    void aReloadSaysWhatItFound() throws Exception {
        var table = table("a: 1\n");
        Files.writeString(file, "a: 1\nb: 2\n");
        assertEquals(new Answer.Found<>(2), table.reload());
        Files.writeString(file, "a\n");
        assertEquals(new Answer.Failed<>(file + ":1:1: a key without a value"), table.reload());
    }

    @Test
    void whatHasNotChangedIsNotReadAgain() throws Exception {
        Files.writeString(file, "a: 1\n");
        var set = open("table t FILE");
        var again = set.reopened(set.config());
        assertSame(set.table("t").contents(), again.table("t").contents());
        Files.writeString(file, "a: 2\n");
        var changed = set.reopened(set.config());
        assertEquals("2", value(changed.table("t").lookup(Service.ALIAS, "a")));
        assertNotSame(set.table("t").contents(), changed.table("t").contents());
    }

    @Test
    void whatIsUsedInAnotherWayIsReadAgain() throws Exception {
        Files.writeString(file, "a: b c\n");
        var set = open("table t FILE");
        var text = "table t file:" + file + "\n" + ALIASES;
        var config = Config.parse(Sources.of("c", text, HOST));
        assertThrows(ConfigException.class, () -> set.reopened(config));
    }

    @Test
    void aFileIsCheckedAgainstItsUse() throws Exception {
        Files.writeString(file, "root: admin@example.org # x\nok: bob\n");
        var error =
                assertThrows(
                        ConfigException.class,
                        () -> open("table t FILE\naction a mbox alias <t>\nmatch action a"));
        assertEquals(
                file + ":1:7: alias \"root\": not a recipient: admin@example.org # x",
                error.problems().getFirst().headline());
        assertEquals(
                List.of(
                        "a comment stands on a line of its own, which begins with '#'",
                        "table \"t\" is declared at c:1:7"),
                error.problems().getFirst().notes());
    }

    @Test
    void aFileOfAnotherShapeIsRefused() throws Exception {
        Files.writeString(file, "bob\n");
        var error =
                assertThrows(
                        ConfigException.class,
                        () -> open("table t FILE\naction a mbox alias <t>\nmatch action a"));
        assertEquals("a list where a mapping is needed", error.problems().getFirst().message());
    }

    @Test
    void aMissingFileIsAnErrorWhereTheTableIsDeclared() {
        var error = assertThrows(ConfigException.class, () -> open("table t FILE"));
        assertEquals("c:1:7: " + file + ": no such file", error.problems().getFirst().headline());
    }

    @Test
    void builtInTablesKnowThisMachine() throws Exception {
        var set = open("");
        assertEquals(
                "[::1]", value(set.table(Config.LOCALHOST).contains(Service.NETADDR, "[::1]")));
        assertEquals(
                "local", value(set.table(Config.LOCALHOST).contains(Service.NETADDR, "local")));
        assertEquals(
                "absent",
                value(set.table(Config.LOCALHOST).contains(Service.NETADDR, "127.0.0.2")));
        assertEquals(
                "mx.example.org",
                value(set.table(Config.LOCALNAMES).contains(Service.DOMAIN, "MX.example.org")));
        assertEquals(
                "any.where",
                value(set.table(Config.ANYDESTINATION).contains(Service.DOMAIN, "any.where")));
        assertEquals(
                "10.0.0.1", value(set.table(Config.ANYHOST).contains(Service.NETADDR, "10.0.0.1")));
        assertTrue(set.table(Config.ACCOUNTS).isAccounts());
        assertInstanceOf(
                Answer.Failed.class, set.table(Config.ACCOUNTS).lookup(Service.USERINFO, "root"));
    }

    @Test
    void patternsOfTheConfigurationAreCompiledOnce() throws Exception {
        var set = open("match from src regex { \"^10[.]\", \"^\\[fe80\" } reject");
        var use = set.config().references().getFirst();
        assertEquals("10.1.1.1", value(set.contains(use, "10.1.1.1")));
        assertEquals("[fe80::1]", value(set.contains(use, "[FE80::1]")));
        assertEquals("absent", value(set.contains(use, "210.1.1.1")));
    }

    @Test
    void aliasesIncludeFiles() throws Exception {
        var list = file.resolveSibling("list");
        Files.writeString(list, "carol\ndave@example.net # far away\n");
        Files.writeString(
                file,
                "staff: bob, :include:" + list + "\nempty: :include:/nowhere/at/all\nnone: ,\n");
        var set = open("table t FILE\naction a mbox alias <t>\nmatch action a");
        var use = set.config().references().getFirst();
        var staff = assertInstanceOf(Answer.Found.class, set.aliases(use, "Staff"));
        assertEquals(3, ((List<?>) staff.value()).size());
        assertEquals(new Answer.Absent<>(), set.aliases(use, "empty"));
        assertEquals(new Answer.Absent<>(), set.aliases(use, "none"));
        assertEquals(new Answer.Absent<>(), set.aliases(use, "nobody"));
        assertEquals(1, complaints.size());
    }

    @Test
    void nobodyIsForgottenBecauseAnIncludedFileCannotBeRead() throws Exception {
        var directory = Files.createDirectory(file.resolveSibling("directory"));
        var large = Files.write(file.resolveSibling("large"), new byte[(1 << 20) + 1]);
        Files.writeString(
                file, "one: bob, :include:" + directory + "\ntwo: bob, :include:" + large + "\n");
        var set = open("table t FILE\naction a mbox alias <t>\nmatch action a");
        var use = set.config().references().getFirst();
        assertInstanceOf(Answer.Failed.class, set.aliases(use, "one"));
        assertInstanceOf(Answer.Failed.class, set.aliases(use, "two"));
    }

    @Test
    void smartHostsAndSourcesTakeTurns() throws Exception {
        var set =
                open(
                        "action a relay host { \"smtp://b\", \"smtp://a:26\" } src 192.0.2.1\n"
                                + "match action a");
        var use = set.config().references();
        assertEquals("smtp://a:26", found(set.smartHost(use.getLast())).toString());
        assertEquals("smtp://b:25", found(set.smartHost(use.getLast())).toString());
        assertEquals("192.0.2.1", found(set.source(use.getFirst())).key());
    }

    @Test
    void aRoomOpensOnlyTheTablesOfItsServices() throws Exception {
        var text =
                """
                table t file:/nonexistent/postern/list
                action a maildir alias <t> userbase { bob = "10:20:/home/bob" }
                match action a
                """;
        var config = Config.parse(Sources.of("c", text, HOST));
        var set =
                TableSet.openFor(
                        Set.of(Service.USERINFO), config, complaints::add, Backend.Source.NONE);
        assertTrue(set.find("t").isEmpty());
        assertEquals(
                new UserEntry(10, 20, "/home/bob"),
                found(set.user(config.references().getLast(), "bob")));
    }

    @Test
    void aUserbaseHoldsAccounts() throws Exception {
        var set = open("action a maildir userbase { bob = \"10:20:/home/bob\" }\nmatch action a");
        var use = set.config().references().getFirst();
        assertEquals(new UserEntry(10, 20, "/home/bob"), found(set.user(use, "Bob")));
        assertEquals(new Answer.Absent<>(), set.user(use, "carol"));
    }

    private static <T> T found(Answer<T> answer) {
        return switch (answer) {
            case Answer.Found<T>(var value) -> value;
            case Answer.Absent<T>() -> throw new AssertionError("absent");
            case Answer.Failed<T>(var cause) -> throw new AssertionError(cause);
        };
    }

    private static final String ALIASES =
            """
            action "a" maildir alias <t>
            match for any action "a"
            """;

    private Set<Path> included(String text) throws ConfigException {
        var all = text.replace("FILE", "file:" + file) + "\nmatch reject\n";
        return TableSet.check(Config.parse(Sources.of("c", all, HOST)));
    }

    @Test
    void whatAnInlineTableIncludesIsKnown() throws Exception {
        var text = "table t { all = \"bob, :include:/srv/list\", few = include:/srv/few }\n";
        assertEquals(Set.of(Path.of("/srv/list"), Path.of("/srv/few")), included(text + ALIASES));
    }

    @Test
    void whatAFileIncludesIsKnown() throws Exception {
        Files.writeString(file, "all: bob, :include:/srv/list\nroot: bob\n");
        assertEquals(Set.of(Path.of("/srv/list")), included("table t FILE\n" + ALIASES));
    }

    @Test
    void whatVirtualTablesIncludeIsKnown() throws Exception {
        Files.writeString(file, "all@example.org :include:/srv/list\n");
        assertEquals(
                Set.of(Path.of("/srv/list")),
                included("table t FILE\n" + ALIASES.replace("alias", "virtual")));
    }

    @Test
    void aTableThatHoldsNoAliasesIncludesNothing() throws Exception {
        Files.writeString(file, "all: bob, :include:/srv/list\n");
        assertEquals(Set.of(), included("table t FILE"));
    }

    @Test
    void aCheckFindsWhatOpeningFinds() throws Exception {
        Files.writeString(file, "ok: bob\n\nroot: a b\nx:\n[y: z\n");
        var text = "table t FILE\n" + ALIASES;
        var opening = assertThrows(ConfigException.class, () -> open(text));
        var checking = assertThrows(ConfigException.class, () -> included(text));
        assertEquals(opening.problems(), checking.problems());
        assertEquals(
                List.of(
                        file + ":3:7: alias \"root\": not a recipient: a b",
                        file + ":4:1: a key without a value",
                        file + ":5:1: a '[' without ']'"),
                checking.problems().stream().map(Problem::headline).toList());
    }

    @Test
    void aLineWithASecretIsNeverShown() throws Exception {
        Files.writeString(file, "bob secret-word\ncarol: x\n");
        var use = new Use(Set.of(Service.CREDENTIALS), Set.of(Shape.MAPPING));
        var mistakes = FileContents.check(file, use, (_, _) -> {});
        assertEquals(1, mistakes.size());
        assertEquals("", mistakes.getFirst().text());
    }
}
