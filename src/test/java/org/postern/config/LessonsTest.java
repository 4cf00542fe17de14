package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a mistake teaches.
class LessonsTest {
    private static final String TABLES =
            """
            table aliases { root = bob }
            table vusers { "a@example.org" = bob }
            table doms { example.org }
            table creds { l = "user:password" }
            srs key "a secret that is long"
            """;

    private static List<Problem> problems(String text) {
        return assertThrows(
                        ConfigException.class,
                        () -> Config.parse(Sources.of("c", text, LexerTest.HOST)))
                .problems();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "accept for local alias <aliases> deliver to mbox"
                        + " | action \"mbox_1\" mbox alias <aliases>"
                        + " | match for local action \"mbox_1\"",
                "accept from any for domain <doms> virtual <vusers> deliver to maildir \"~/M\""
                        + " | action \"maildir_1\" maildir \"~/M\" virtual <vusers>"
                        + " | match from any for domain <doms> action \"maildir_1\"",
                "accept tagged IN from any for domain { example.org, example.net } deliver to mda"
                        + " \"procmail -f -\" as vmail"
                        + " | action \"mda_1\" mda \"procmail -f -\" user vmail"
                        + " | match tag IN from any for domain { example.org, example.net } action"
                        + " \"mda_1\"",
                "accept from any for domain example.org deliver to lmtp localhost:24 rcpt-to"
                        + " | action \"lmtp_1\" lmtp localhost:24 rcpt-to"
                        + " | match from any for domain example.org action \"lmtp_1\"",
                "accept from source 192.0.2.0/24 for any relay expire 2d"
                        + " | action \"relay_1\" relay ttl 2d"
                        + " | match from src 192.0.2.0/24 for any action \"relay_1\"",
                "accept from any sender ! <doms> for domain <doms> relay backup mx1.example.org |"
                        + " |",
                "accept from any for any relay via tls+auth://l@smtp.example.net auth <creds> as"
                        + " \"@example.org\""
                        + " | action \"relay_1\" relay host \"smtp+tls://l@smtp.example.net\""
                        + " mail-from \"@example.org\" auth <creds>"
                        + " | match from any for any action \"relay_1\"",
                "reject from any sender \"@bad.example\" for any"
                        + " | match from any mail-from \"@bad.example\" for any reject |"
            })
    void anOldRuleIsAnsweredWithTheLinesOfToday(String old, String first, String second)
            throws Exception {
        var notes = problems(old + "\n").getFirst().notes();
        var lines = java.util.stream.Stream.of(first, second).filter(java.util.Objects::nonNull);
        var expected = new java.util.ArrayList<>(lines.toList());
        if (expected.isEmpty()) {
            assertEquals(
                    List.of("an action says how to deliver or relay, and a match for whom"), notes);
            return;
        }
        expected.addFirst("write instead:");
        assertEquals(expected, notes);
        var today = notes.stream().skip(1).collect(Collectors.joining("\n", TABLES, "\n"));
        Config.parse(Sources.of("c", today, LexerTest.HOST), Config.Scope.WHOLE_LANGUAGE);
    }

    @Test
    void authenticatedClientsNoLongerCountAsLocal() {
        var notes = problems("accept from local for any relay\n").getFirst().notes();
        assertEquals("match auth from any for any action \"relay_1\"", notes.getLast());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "match for any deliver to mbox|how to deliver goes into an action, which the match"
                        + " names",
                "match for any alias x reject|alias goes into the action",
                "action a relay via h|via is called host now",
                "action a relay ttl 1d helo a.example|ttl is the last option of an action",
                "action a deliver to mbox|leave out deliver to: the method stands alone",
                "listen on lo secure|secure is two lines now: one with tls, one with smtps",
                "pki a certificate x|certificate is called cert now",
                "bounce warn-interval 1h 2h|the times are parted by commas: 1h, 4h",
                "table t = { a }|there is no = between a table and what it holds",
                "table t /etc/mail/t|a string that begins with / needs quotes",
                "match from src @x reject|a string that begins with @ needs quotes",
                "limit mta inet4|limits belong to a directive: smtp limit, mta limit, mda limit",
                "expire 4d|write: queue ttl 4d",
                "max-message-size 35M|write: smtp max-message-size 35M"
            })
    void aClassicMistakeIsExplained(String line, String lesson) {
        assertEquals(lesson, problems(line + "\n").getFirst().notes().getFirst());
    }

    @Test
    void linesThatEndInCrLfAreOneComplaint() {
        var found = problems("listen on lo\r\nmatch\r\nmatch reject\r\n");
        assertEquals(
                List.of(
                        "c:1:13: the lines of this file end in CR LF, not in LF",
                        "c:2:6: expected a criterion, action or reject, found the end of the line"),
                found.stream().map(Problem::headline).toList());
    }
}
