package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.postern.mail.Mailbox;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;

/// Each statement of smtpd.conf(5) about matches, as a row: the criterion, who asks, and what comes
/// of it. What a table says, `!`, regular expressions and tables that cannot be asked go with every
/// criterion, so that is a table of its own.
class RuleTableTest {
    private static final String RECIPIENT = "u@example.com";

    /// A criterion that asks a table.
    ///
    /// @param words how it is written before the table
    /// @param holding an entry that holds for the session of [#SESSION]
    /// @param failing one that does not
    private record Asking(String words, String holding, String failing) {
        @Override
        public String toString() {
            return words;
        }
    }

    private static final Origin SESSION =
            new Origin(
                    "mx.example.org",
                    "in",
                    "198.51.100.7",
                    "a.example.net",
                    "client.example.net",
                    new Origin.Login.As("bob"),
                    new Origin.Security.Plain());

    static final List<Asking> CRITERIA =
            List.of(
                    new Asking("tag", "in", "out"),
                    new Asking("from src", "198.51.100.0/24", "192.0.2.0/24"),
                    new Asking("from rdns", "a.example.net", "b.example.net"),
                    new Asking("for domain", "example.com", "example.net"),
                    new Asking("helo", "client.example.net", "other.example.net"),
                    new Asking("auth", "bob", "carol"),
                    new Asking("from auth", "bob", "carol"),
                    new Asking("mail-from", "alice@example.net", "eve@example.net"),
                    new Asking("from mail-from", "alice@example.net", "eve@example.net"),
                    new Asking("rcpt-to", "u@example.com", "v@example.com"),
                    new Asking("for rcpt-to", "u@example.com", "v@example.com"));

    private static Routes routes(String criteria) {
        var from = criteria.contains("from ") && !criteria.contains("mail-from") ? "" : "from any ";
        if (criteria.contains("from mail-from")) {
            from = "";
        }
        var to = criteria.contains("for ") ? "" : "for any ";
        return Routes.by(
                        """
                        table lost { "x" }
                        action "out" relay
                        match %s%s%s action "out"
                        """
                                .formatted(from, to, criteria))
                .origin(SESSION);
    }

    private static String decision(String criteria) {
        return decision(routes(criteria));
    }

    private static String decision(Routes routes) {
        var said = routes.of(RECIPIENT);
        return said.equals(RECIPIENT + " by out") ? "yes" : said.startsWith("451") ? "TEMP" : "no";
    }

    @ParameterizedTest
    @FieldSource("CRITERIA")
    void anEntryHoldsOrNotAndExclamationTurnsItRound(Asking one) {
        assertEquals(
                List.of("yes", "no", "no", "yes"),
                List.of(
                        decision(one.words() + " \"" + one.holding() + '"'),
                        decision("!" + one.words() + " \"" + one.holding() + '"'),
                        decision(one.words() + " \"" + one.failing() + '"'),
                        decision("!" + one.words() + " \"" + one.failing() + '"')));
    }

    @ParameterizedTest
    @FieldSource("CRITERIA")
    void aRegularExpressionHoldsOrNotAndExclamationTurnsItRound(Asking one) {
        assertEquals(
                List.of("yes", "no", "no", "yes"),
                List.of(
                        decision(one.words() + " regex \"^[^#]+$\""),
                        decision("!" + one.words() + " regex \"^[^#]+$\""),
                        decision(one.words() + " regex \"#\""),
                        decision("!" + one.words() + " regex \"#\"")));
    }

    @ParameterizedTest
    @FieldSource("CRITERIA")
    void aTableThatCannotBeAskedIsTemporaryWithAndWithoutExclamation(Asking one) {
        assertEquals(
                List.of("TEMP", "TEMP"),
                List.of(
                        decision(one.words() + " <lost>"),
                        decision("!" + one.words() + " <lost>")));
    }

    @ParameterizedTest
    @FieldSource("CRITERIA")
    void anEmptyTableHoldsNobody(Asking one) {
        assertEquals("no", decision(one.words() + " { \"nobody.example.net\" }"));
    }

    /// The order of testing, however the line is written.
    private static final List<List<String>> SLOTS =
            List.of(
                    List.of("tag \"in\"", "tag \"out\"", "tag <lost>"),
                    List.of("from any", "from local", "from src <lost>"),
                    List.of("for any", "for local", "for domain <lost>"),
                    List.of("helo \"client.example.net\"", "helo \"x\"", "helo <lost>"),
                    List.of("auth", "!auth", "auth <lost>"),
                    List.of("!tls", "tls", "tls"),
                    List.of("mail-from \"alice\"", "mail-from \"x\"", "mail-from <lost>"),
                    List.of("rcpt-to \"u\"", "rcpt-to \"x\"", "rcpt-to <lost>"));

    private static Routes slots(int failing, int lost) {
        var words = new ArrayList<String>();
        for (int i = 0; i < SLOTS.size(); i++) {
            words.add(SLOTS.get(i).get(i == failing ? 1 : i == lost ? 2 : 0));
        }
        // Written from the last to the first: that must not matter.
        return Routes.by(
                        "table lost { \"x\" }\naction \"out\" relay\nmatch "
                                + String.join(" ", words.reversed())
                                + " action \"out\"\n")
                .origin(SESSION);
    }

    @Test
    void criteriaAreTestedInOrderAndTheFirstThatFailsEndsTheRule() {
        for (int first = 0; first < SLOTS.size(); first++) {
            for (int second = first + 1; second < SLOTS.size(); second++) {
                if (second != 5) {
                    assertEquals("no", decision(slots(first, second)), first + " before " + second);
                }
                if (first != 5) {
                    assertEquals(
                            "TEMP", decision(slots(second, first)), first + " before " + second);
                }
            }
        }
        assertEquals("yes", decision(slots(-1, -1)));
    }

    @Test
    void anErrorEndsTheWholeEvaluationAndTheRejectBehindItDoesNotCount() {
        for (var last :
                List.of("match from any for any reject", "match from any for any action x")) {
            var routes =
                    Routes.by(
                            """
                            table lost { "x" }
                            action "x" relay
                            match from any for any mail-from <lost> reject
                            %s
                            """
                                    .formatted(last));
            assertEquals("TEMP", decision(routes));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            quoteCharacter = '^',
            textBlock =
                    """
                    # 5.2: no rule, a rule with reject, and a rule with an action
                    5.2 no rule        :: match for local action out                         :: no
                    5.2 reject         :: match from any for any reject                      :: no
                    5.2 first wins     :: match from any for any reject; match from any for any action out :: no
                    5.2 first wins     :: match from any for any action out; match from any for any reject :: yes
                    5.2 no rule        :: match reject                                       :: no
                    # 5.2: a name that nobody knows
                    5.2 rdns           :: match from rdns for any action out                 :: no
                    5.2 rdns negated   :: match !from rdns for any action out                :: yes
                    5.2 rdns table     :: match from rdns "*" for any action out             :: no
                    5.2 rdns table     :: match !from rdns "*" for any action out            :: no
                    5.2 rdns table     :: match !from rdns <lost> for any action out         :: no
                    5.2 rdns regex     :: match !from rdns regex "x" for any action out      :: no
                    # 5.2: nobody has logged in
                    5.2 auth           :: match from any for any auth action out             :: no
                    5.2 auth negated   :: match from any for any !auth action out            :: yes
                    5.2 auth table     :: match from any for any auth <lost> action out      :: no
                    5.2 auth table     :: match from any for any !auth <lost> action out     :: yes
                    5.2 auth table     :: match from any for any !auth "bob" action out      :: yes
                    5.2 from auth      :: match from auth for any action out                 :: no
                    5.2 from auth      :: match !from auth for any action out                :: yes
                    5.2 from auth      :: match !from auth "bob" for any action out          :: yes
                    # 5.2: an empty tag
                    5.2 tag            :: match from any for any tag "x" action out          :: no
                    5.2 tag            :: match from any for any !tag "x" action out         :: yes
                    5.2 tag regex      :: match from any for any tag regex "^$" action out   :: yes
                    """)
    void aSessionWithoutNameTagAndLogin(String section, String rules, String expected) {
        var routes =
                Routes.by(
                                "table lost { \"x\" }\naction \"out\" relay\n"
                                        + rules.replace("; ", "\n")
                                                .replace("action out", "action \"out\"")
                                        + "\n")
                        .origin(
                                new Origin(
                                        "mx.example.org",
                                        "",
                                        "198.51.100.7",
                                        Origin.UNKNOWN_HOST,
                                        "",
                                        new Origin.Login.Anonymous(),
                                        new Origin.Security.Plain()));
        assertEquals(expected, decision(routes), section);
    }

    /// 5.4: mail from the local socket and our own notifications come from the server itself, and
    /// count as logged in without a name.
    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            textBlock =
                    """
                    auth                        :: yes
                    from auth                   :: yes
                    !auth                       :: no
                    auth "bob"                  :: no
                    auth regex ".*"             :: yes
                    auth regex "."              :: no
                    !auth "bob"                 :: yes
                    from auth "bob"             :: no
                    from local                  :: yes
                    from socket                 :: yes
                    !from socket                :: no
                    from src "local"            :: yes
                    from src regex "^local$"    :: yes
                    from src "127.0.0.1"        :: no
                    from rdns                   :: yes
                    from rdns "localhost"       :: yes
                    from rdns "*.example.org"   :: no
                    helo "localhost"            :: yes
                    !tls                        :: yes
                    """)
    void aLocalSessionCountsAsLoggedIn(String criteria, String expected) {
        // 5.4: also where the server is called localhost, and then it is no notification (S26).
        var routes =
                routes(criteria)
                        .origin(
                                new Origin(
                                        "localhost",
                                        "",
                                        Origin.LOCAL,
                                        "localhost",
                                        "localhost",
                                        new Origin.Login.As(""),
                                        new Origin.Security.Plain()))
                        .sender(
                                new ReversePath.Sender(
                                        Mailbox.parse("alice@example.net").orElseThrow()));
        assertEquals(expected, decision(routes));
    }

    /// 5.2, the last paragraph: what the tests see of a mailbox that an alias named. Tag, HELO,
    /// login, TLS and sender stay the session's.
    @ParameterizedTest
    @CsvSource(
            delimiterString = "::",
            textBlock =
                    """
                    from src "local" for any                   :: yes
                    !from src "local" for any                  :: no
                    from src regex "^local$" for any           :: yes
                    from src "198.51.100.0/24" for any         :: no
                    !from src "198.51.100.0/24" for any        :: yes
                    from local for any                         :: yes
                    !from local for any                        :: no
                    from socket for any                        :: no
                    !from socket for any                       :: no
                    from rdns for any                          :: no
                    !from rdns for any                         :: no
                    from rdns "local" for any                  :: yes
                    from rdns "a.example.net" for any          :: no
                    !from rdns "a.example.net" for any         :: yes
                    from rdns <lost> for any                   :: TEMP
                    from any for any tag "in"                  :: yes
                    from any for any helo "client.example.net" :: yes
                    from any for any auth                      :: yes
                    from any for any auth "bob"                :: yes
                    from auth "bob" for any                    :: yes
                    from any for any !tls                      :: yes
                    from mail-from "alice@example.net" for any :: yes
                    from any for rcpt-to "u@example.com"       :: yes
                    from any for rcpt-to "list@here.example"   :: no
                    from any for domain "here.example"         :: no
                    """)
    void whatAnAliasNamesIsInternal(String criteria, String expected) {
        var routes =
                Routes.by(
                                """
                                table lost { "x" }
                                table names { "list" = "u@example.com" }
                                action "names" expand-only alias <names>
                                action "out" relay
                                match from any for domain "here.example" action "names"
                                match %s action "out"
                                """
                                        .formatted(criteria))
                        .origin(SESSION);
        var said = routes.of("list@here.example");
        assertEquals(
                expected,
                said.equals("u@example.com by out")
                        ? "yes"
                        : said.startsWith("451 4.3.0 Temporary failure") ? "TEMP" : "no");
    }

    /// 5.5: the recipient is shown as the client wrote it, whatever it became.
    @Test
    void repliesShowTheRecipientOfTheClient() {
        var routes =
                Routes.by(
                        """
                        table lost { "x" }
                        table names { "a" = "u@example.com", "b" = "u@example.net" }
                        action "names" expand-only alias <names>
                        match from any for domain "here.example" action "names"
                        match from any for domain "example.net" mail-from <lost> reject
                        """);
        assertEquals("550 5.1.1 Invalid recipient: <A@Here.example>", routes.of("A@Here.example"));
        assertEquals("451 4.3.0 Temporary failure: <B@Here.example>", routes.of("B@Here.example"));
    }
}
