package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.mail.Mailbox;

/// What the values of tables mean.
class ValuesTest {

    private static List<AliasValue> alias(String line) {
        return assertInstanceOf(Answer.Found.class, AliasValues.parse(line)).value()
                        instanceof List<?> values
                ? values.stream().map(AliasValue.class::cast).toList()
                : List.of();
    }

    @Test
    void anAliasNamesRecipientsOfEveryKind() {
        assertEquals(
                List.of(
                        new AliasValue.User("bob"),
                        new AliasValue.User("Carol+x"),
                        new AliasValue.Address(new Mailbox("dave", "example.net")),
                        new AliasValue.Command("/usr/bin/x -a, b"),
                        new AliasValue.File("/var/mail/my file"),
                        new AliasValue.Include("/etc/list"),
                        new AliasValue.Include("/etc/list2"),
                        new AliasValue.Refusal(550, "Gone away")),
                alias(
                        "bob, \\Carol+x,, dave@example.net, \"|/usr/bin/x -a, b\", /var/mail/my"
                                + " file, :include:/etc/list, Include:/etc/list2, error:550 Gone"
                                + " away"));
    }

    @Test
    void quotesStayAndBackslashesGo() {
        assertEquals(List.of(new AliasValue.Command("echo 'a,b' c,d")), alias("|echo 'a,b' c\\,d"));
    }

    @Test
    void nothingIsNobody() {
        assertEquals(List.of(), alias("  , ,"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user@bad_domain@x",
                "a@b@c",
                "u@[1.2.3.4]",
                "x@y z",
                "admin@example.org # x",
                "|",
                "\"|\"",
                "\"|x",
                "|it's",
                "x\\",
                "error:200 x",
                "error:550",
                "error:550  x",
                "include:relative",
                "two words",
                "..@x",
                "@x",
                "x@",
                "b\u00f6b"
            })
    void aBadRecipientFailsTheLine(String line) {
        assertInstanceOf(Answer.Failed.class, AliasValues.parse("ok, " + line));
    }

    @Test
    void aForwardFileHasCommentsAndContinuedLines() {
        var forward =
                AliasValues.parseForward(
                        "# mine\n"
                                + "\\bob # me\n"
                                + "carol@example.net, \\\n"
                                + " dave\n"
                                + ":include:/x\n"
                                + "|a \\# b\n");
        assertEquals(
                new Answer.Found<>(
                        List.of(
                                new AliasValue.User("bob"),
                                new AliasValue.Address(new Mailbox("carol", "example.net")),
                                new AliasValue.User("dave"),
                                new AliasValue.Command("a # b"))),
                forward);
    }

    @Test
    void oneBadLineFailsAForwardFile() {
        var forward = AliasValues.parseForward("bob\nx y\n");
        assertEquals(new Answer.Failed<>("line 2: not a recipient: x y"), forward);
    }

    @Test
    void oneBadLineOfAnIncludeIsLeftOut() {
        var complaints = new ArrayList<String>();
        var values = AliasValues.parseInclude("a\nx y\n# c\nb\n", complaints::add);
        assertEquals(List.of(new AliasValue.User("a"), new AliasValue.User("b")), values);
        assertEquals(List.of("line 2: not a recipient: x y"), complaints);
    }

    @ParameterizedTest
    @CsvSource({
        "host, smtp://host:25",
        "h:2525, smtp://h:2525",
        "SMTP://h, smtp://h:25",
        "smtp+tls://h, smtp+tls://h:25",
        "smtp+notls://h, smtp+notls://h:25",
        "smtps://label@h, smtps://h:465",
        "lmtp://h:24, lmtp://h:24",
        "smtp://[::1]:26, smtp://[::1]:26",
        "'[192.0.2.1]', 'smtp://[192.0.2.1]:25'",
    })
    void relayUrlsAreUnderstood(String text, String meaning) {
        assertEquals(meaning, RelayUrl.parse(text).orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host junk",
                "smtps://a@b@h",
                "lmtp://h",
                "smtp://l@h",
                "l@h",
                "smtps://@h",
                "x://h",
                "h:0",
                "h:65536",
                "h:",
                "h:25x",
                "[::1",
                "h/",
                "smtp://"
            })
    void otherRelayUrlsAreNot(String text) {
        assertEquals(Optional.empty(), RelayUrl.parse(text));
    }

    @Test
    void accountsOfTables() {
        assertEquals(
                Optional.of(new UserEntry(1, 2, "/home/a:b")), UserEntry.parse("1:2:/home/a:b"));
        for (String bad : List.of("1:2", "1:2:x", "-1:2:/", "a:2:/", "4294967296:1:/", "::/")) {
            assertEquals(Optional.empty(), UserEntry.parse(bad), bad);
        }
    }

    @Test
    void sourceAddresses() {
        assertEquals("192.0.2.1", SourceAddress.parse("192.0.2.1").orElseThrow().key());
        assertEquals("[2001:db8::1]", SourceAddress.parse("2001:DB8:0::1").orElseThrow().key());
        assertEquals("[::1]", SourceAddress.parse("[IPv6:::1]").orElseThrow().key());
        assertEquals("[fe80::1%eth0]", SourceAddress.parse("fe80::1%eth0").orElseThrow().key());
        assertEquals("fe80::1%eth0", SourceAddress.parse("fe80::1%eth0").orElseThrow().literal());
        for (String bad : List.of("", "localhost", "[192.0.2.1]", "192.0.2.1%x", "::1%")) {
            assertEquals(Optional.empty(), SourceAddress.parse(bad), bad);
        }
    }

    @Test
    void loginsOfTables() {
        assertEquals(Optional.of(new Login("key", "abc")), Login.parse("key", "abc"));
        assertEquals(Optional.of(new Login("u", "p:q")), Login.parse("key", "u:p:q"));
        assertEquals(Optional.empty(), Login.parse("key", "ab"));
        assertEquals(Optional.empty(), Login.parse("key", ":ab"));
        assertEquals("Login[u]", new Login("u", "secret").toString());
    }
}
