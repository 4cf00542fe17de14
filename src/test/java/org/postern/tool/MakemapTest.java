package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.ipc.Place;

/// `makemap` and `newaliases`.
class MakemapTest {
    @TempDir Path directory;
    private Path text;

    @BeforeEach
    void nameAFile() throws Exception {
        text = directory.resolve("table");
        Files.createDirectories(directory.resolve("etc"));
    }

    private Place place() {
        return Place.below(directory);
    }

    private List<String> words(String line) {
        return Arrays.stream(line.split(" "))
                .filter(word -> !word.isEmpty())
                .map(word -> word.replace("FILE", text.toString()))
                .toList();
    }

    private String makemap(String input, String line) throws Exception {
        var console = new Console("makemap", input);
        int status = Makemap.run(console.terminal, place(), words(line));
        return status + "\n" + console.out() + console.err();
    }

    private String newaliases(String line) throws Exception {
        var console = new Console("newaliases", "");
        int status =
                NewAliases.run(console.terminal, place(), line.isEmpty() ? List.of() : words(line));
        return (status + "\n" + console.out() + console.err()).replace(directory.toString(), "");
    }

    private String dump(Path database) throws Exception {
        return makemap("", "-U " + database);
    }

    @Test
    void aTextBecomesADatabaseBesideIt() throws Exception {
        Files.writeString(text, "Key: value\n");
        assertEquals("0\n", makemap("", "FILE"));
        assertEquals("0\nkey\tvalue\n", dump(Path.of(text + ".db")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-o FILE.db FILE",
                "-oFILE.db FILE",
                "-d hash FILE",
                "-dbtree -- FILE",
                "-C /etc/mail/sendmail.cf FILE",
                "-O AliasFile=FILE",
                "-t aliases FILE",
            })
    void optionsMayStandTogetherOrApart(String line) throws Exception {
        Files.writeString(text, "key: value\n");
        assertEquals("0\n", makemap("", line));
        assertEquals("0\nkey\tvalue\n", dump(Path.of(text + ".db")));
    }

    @Test
    void aSetHasNoValues() throws Exception {
        Files.writeString(text, "one: two\n");
        assertEquals("0\n", makemap("", "-t set FILE"));
        assertEquals("0\none: two\t<set>\n", dump(Path.of(text + ".db")));
    }

    @Test
    void asInSendmailTheTextMayComeFromStandardInput() throws Exception {
        assertEquals("0\n", makemap("key value\n", "hash FILE"));
        assertEquals("0\nkey\tvalue\n", dump(Path.of(text + ".db")));
        assertEquals("0\n", makemap("key other\n", "-o FILE.db -"));
        assertEquals("0\nkey\tother\n", dump(Path.of(text + ".db")));
    }

    @Test
    void aMistakeIsShownWithItsPlace() throws Exception {
        Files.writeString(text, "a: b\n  c\n");
        assertEquals("1\n" + text + ":2:3: a key without a value\n  c\n  ^\n", makemap("", "FILE"));
        assertTrue(Files.notExists(Path.of(text + ".db")));
    }

    @Test
    void nothingIsWorthAWarning() throws Exception {
        Files.writeString(text, "# nothing\n");
        assertEquals("0\nmakemap: warning: there are no entries\n", makemap("", "FILE"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-t",
                "-t list FILE",
                "-d oracle FILE",
                "-x FILE",
                "-bx",
                "oracle FILE",
                "a b c",
                "-",
                "-O Alias=x FILE",
            })
    void whatIsNotUnderstoodIsExplained(String line) throws Exception {
        var said = makemap("", line);
        assertTrue(said.startsWith("1\n"), said);
        assertTrue(said.contains("usage: makemap"), said);
    }

    private void configure(String table) throws Exception {
        Files.writeString(
                directory.resolve("etc/smtpd.conf"),
                table.replace("DIR", directory.toString()) + "\nmatch reject\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "table aliases db:DIR/etc/list.db",
                "table aliases file:DIR/etc/list",
                "table aliases \"DIR/etc/list\"",
            })
    void newaliasesTakesTheTextThatTheConfigurationNames(String table) throws Exception {
        configure(table);
        Files.writeString(directory.resolve("etc/list"), "root: bob\nbob: carol, dave\n");
        assertEquals("0\n/etc/list: 2 aliases\n", newaliases(""));
        assertEquals("0\nroot\tbob\nbob\tcarol, dave\n", dump(directory.resolve("etc/list.db")));
    }

    @Test
    void withoutATableTheTextLiesBesideTheConfiguration() throws Exception {
        configure("");
        Files.writeString(directory.resolve("etc/aliases"), "root: bob\n");
        assertEquals("0\n/etc/aliases: 1 aliases\n", newaliases(""));
    }

    @Test
    void newaliasesTakesAnotherConfiguration() throws Exception {
        Files.writeString(text, "match reject\n");
        Files.writeString(directory.resolve("aliases"), "root: bob\n");
        assertEquals("0\n/aliases: 1 aliases\n", newaliases("-f FILE"));
    }

    @Test
    void badAliasesAreShownAndNothingIsMade() throws Exception {
        configure("");
        Files.writeString(directory.resolve("etc/aliases"), "root: bob # me\n");
        assertEquals(
                "1\n/etc/aliases:1:7: alias \"root\": not a recipient: bob # me\n"
                        + "root: bob # me\n"
                        + "      ^~~~~~~~\n"
                        + "    a comment stands on a line of its own, which begins with '#'\n",
                newaliases(""));
    }

    @Test
    void aBadConfigurationIsShown() throws Exception {
        configure("tabel x");
        assertTrue(newaliases("").startsWith("1\n/etc/smtpd.conf:1:1: "), newaliases(""));
    }

    @Test
    void sendmailMakesAliasesToo() throws Exception {
        configure("");
        Files.writeString(directory.resolve("etc/aliases"), "root: bob\n");
        var console = new Console("sendmail", "");
        var sendmail =
                new Sendmail(
                        console.terminal,
                        place(),
                        new Login("bob", directory),
                        java.time.InstantSource.system());
        assertEquals(0, sendmail.run(List.of("-bi")));
        assertEquals(directory + "/etc/aliases: 1 aliases\n", console.out());
    }
}
