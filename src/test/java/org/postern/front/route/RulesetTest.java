package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.mail.Mailbox;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;

/// Which match decides: each criterion, `!`, tables that cannot be asked, and `local`.
class RulesetTest {
    private static final String OUT = "u@example.com by out";
    private static final String NO = "550 5.1.1 Invalid recipient: <u@example.com>";
    private static final String LATER = "451 4.3.0 Temporary failure: <u@example.com>";

    /// The configuration with one match, `match CRITERIA action "out"`.
    private static Routes match(String criteria) {
        return Routes.by(
                """
                table lost { "x" }
                table unsure { "@example.org" }
                table list { "a", "example.com", "*.example.net", "bob" }
                action "out" relay
                match %s action "out"
                """
                        .formatted(criteria));
    }

    private static void check(String expected, Routes routes) {
        assertEquals(
                switch (expected) {
                    case "yes" -> OUT;
                    case "no" -> NO;
                    default -> LATER;
                },
                routes.of("u@example.com"));
    }

    private static Origin origin(String tag, String address, String name, String helo) {
        return new Origin(
                "mx.example.org",
                tag,
                address,
                name,
                helo,
                new Origin.Login.Anonymous(),
                new Origin.Security.Plain());
    }

    private static Origin login(String user) {
        return new Origin(
                "mx.example.org",
                "",
                "198.51.100.7",
                Origin.UNKNOWN_HOST,
                "client.example.net",
                new Origin.Login.As(user),
                new Origin.Security.Plain());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tag "in"           | in  | yes
                    tag "in"           | IN  | yes
                    tag "in"           | out | no
                    tag "in"           | ''  | no
                    !tag "in"          | ''  | yes
                    !tag "in"          | in  | no
                    tag regex "^i"     | in  | yes
                    !tag regex "^i"    | in  | no
                    tag { "a", "in" }  | in  | yes
                    """)
    void tagIsTheListeners(String criterion, String tag, String expected) {
        check(
                expected,
                match("from any for any " + criterion)
                        .origin(origin(tag, "198.51.100.7", "<unknown>", "h")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    from any                     | 198.51.100.7    | yes
                    from any                     | local           | yes
                    !from any                    | 198.51.100.7    | no
                    from local                   | 198.51.100.7    | no
                    from local                   | 127.0.0.1       | yes
                    from local                   | 127.0.0.2       | no
                    from local                   | 192.0.2.1       | yes
                    from local                   | [::1]           | yes
                    from local                   | [2001:db8::1]   | yes
                    from local                   | local           | yes
                    !from local                  | 198.51.100.7    | yes
                    !from local                  | local           | no
                    from socket                  | local           | yes
                    from socket                  | 127.0.0.1       | no
                    !from socket                 | 127.0.0.1       | yes
                    from src "198.51.100.7"      | 198.51.100.7    | yes
                    from src "198.51.100.0/24"   | 198.51.100.7    | yes
                    from src "198.51.100.0/24"   | 198.51.101.7    | no
                    !from src "198.51.100.0/24"  | 198.51.101.7    | yes
                    from src "[2001:db8::/32]"   | [2001:db8::9]   | yes
                    from src "local"             | local           | yes
                    from src regex "^198"        | 198.51.100.7    | yes
                    from src <lost>            | 198.51.100.7    | later
                    """)
    void fromIsTheClientsAddress(String criterion, String address, String expected) {
        check(
                expected,
                match(criterion + " for any").origin(origin("", address, "<unknown>", "h")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    from rdns                  | a.example.net | yes
                    from rdns                  | <unknown>     | no
                    !from rdns                 | <unknown>     | yes
                    !from rdns                 | a.example.net | no
                    from rdns "a.example.net"  | a.example.net | yes
                    from rdns "a.example.net"  | A.Example.NET | yes
                    from rdns "*.example.net"  | a.example.net | yes
                    from rdns "*.example.net"  | example.net   | no
                    !from rdns "*.example.net" | b.example.com | yes
                    !from rdns "*.example.net" | <unknown>     | no
                    from rdns regex "net$"     | a.example.net | yes
                    !from rdns regex "net$"    | <unknown>     | no
                    """)
    void rdnsIsTheClientsName(String criterion, String name, String expected) {
        check(
                expected,
                match(criterion + " for any").origin(origin("", "198.51.100.7", name, "h")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    for any                  | u@example.com      | yes
                    for local                | u@example.com      | no
                    for local                | u@localhost        | yes
                    for local                | u@LocalHost        | yes
                    for local                | u@mx.example.org   | yes
                    for local                | u@mx               | no
                    for local                | u@192.0.2.1        | yes
                    for local                | u@[192.0.2.1]      | yes
                    for local                | u@[192.0.2.2]      | no
                    for local                | u@[::1]            | yes
                    for local                | u@[IPv6:::1]       | yes
                    for local                | u@[ipv6:2001:DB8:0:0::1] | yes
                    for local                | u@[IPv6:2001:db8::2] | no
                    !for local               | u@localhost        | no
                    !for local               | u@example.com      | yes
                    for domain "example.com" | u@example.com      | yes
                    for domain "example.com" | u@EXAMPLE.com      | yes
                    for domain "example.com" | u@a.example.com    | no
                    for domain "*.example.com" | u@a.example.com  | yes
                    for domain "*.example.com" | u@example.com    | no
                    for domain regex "ample" | u@example.com      | yes
                    !for domain "example.com" | u@example.com     | no
                    for domain <list>        | u@x.example.net    | yes
                    for domain <lost>      | u@x.example.net    | later
                    """)
    void forIsTheRecipientsDomain(String criterion, String recipient, String expected) {
        assertEquals(
                switch (expected) {
                    case "yes" -> recipient + " by out";
                    case "no" -> "550 5.1.1 Invalid recipient: <" + recipient + ">";
                    default -> "451 4.3.0 Temporary failure: <" + recipient + ">";
                },
                match("from any " + criterion).of(recipient));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    helo "client.example.net" | client.example.net | yes
                    helo "client.example.net" | other.example.net  | no
                    helo "*.example.net"      | other.example.net  | yes
                    !helo "*.example.net"     | other.example.net  | no
                    !helo "*.example.net"     | ''                 | yes
                    helo regex "^[0-9]+$"     | 4711               | yes
                    """)
    void heloIsWhatTheClientCallsItself(String criterion, String helo, String expected) {
        check(
                expected,
                match("from any for any " + criterion)
                        .origin(origin("", "198.51.100.7", "<unknown>", helo)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    auth                        | bob             | yes
                    !auth                       | bob             | no
                    auth                        | ''              | yes
                    auth "bob"                  | bob             | yes
                    auth "bob"                  | BOB             | yes
                    auth "bob"                  | carol           | no
                    !auth "bob"                 | carol           | yes
                    auth "bob"                  | ''              | no
                    auth "bob@example.org"      | bob@example.org | yes
                    auth "bob"                  | bob@example.org | no
                    auth "@example.org"         | bob@example.org | yes
                    auth { "bob", "@example.org" } | bob@example.org | yes
                    auth { "bob", "bob@example.org" } | bob@example.org | yes
                    auth { "bob", "@example.com" } | bob@example.org | no
                    auth <unsure>               | bob@example.org | later
                    auth <unsure>               | bob@example.com | no
                    auth "bob@example.org"      | bob+x@example.org | yes
                    auth "bob"                  | bob+x@example.org | no
                    auth regex "^bo"            | bob             | yes
                    auth regex "^bo"            | bob@example.org | yes
                    """)
    void authIsTheLogin(String criterion, String user, String expected) {
        check(expected, match("from any for any " + criterion).origin(login(user)));
    }

    @ParameterizedTest
    @CsvSource({
        "auth, no",
        "!auth, yes",
        "auth \"bob\", no",
        "!auth \"bob\", yes",
        "auth regex \".*\", no"
    })
    void whoDidNotLogInIsNobody(String criterion, String expected) {
        check(expected, match("from any for any " + criterion));
    }

    @Test
    void fromAuthIsFromAnyAndAuth() {
        check("yes", match("from auth for any").origin(login("bob")));
        check("no", match("from auth for any"));
        check("yes", match("!from auth for any"));
        check("no", match("from auth \"carol\" for any").origin(login("bob")));
    }

    @ParameterizedTest
    @CsvSource({"tls, yes, no", "!tls, no, yes"})
    void tlsIsTheSessions(String criterion, String encrypted, String plain) {
        var tls =
                new Origin(
                        "mx.example.org",
                        "",
                        "198.51.100.7",
                        Origin.UNKNOWN_HOST,
                        "h",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Tls(
                                "TLSv1.3",
                                "TLS_AES_128_GCM_SHA256",
                                128,
                                Origin.Security.Peer.UNVERIFIED));
        check(encrypted, match("from any for any " + criterion).origin(tls));
        check(plain, match("from any for any " + criterion));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mail-from "alice@example.net"  | yes
                    mail-from "alice"              | yes
                    mail-from "@example.net"       | yes
                    mail-from "@*.net"             | yes
                    mail-from "@"                  | yes
                    mail-from "bob@example.net"    | no
                    !mail-from "bob@example.net"   | yes
                    mail-from regex "^alice@"      | yes
                    mail-from <lost>             | later
                    """)
    void mailFromIsTheReversePath(String criterion, String expected) {
        check(expected, match("from any for any " + criterion));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mail-from "@"          | yes
                    mail-from "@*"         | no
                    mail-from "@x"         | no
                    mail-from regex "^@$"  | yes
                    !mail-from "@"         | no
                    """)
    void theNullReversePathIsAnAt(String criterion, String expected) {
        check(expected, match("from any for any " + criterion).sender(new ReversePath.Null()));
    }

    @Test
    void aSubAddressOfTheSenderCountsAsTheSender() {
        var sender = new ReversePath.Sender(new Mailbox("alice+x", "example.net"));
        check("yes", match("from any for any mail-from \"alice@example.net\"").sender(sender));
        check("no", match("from any for any mail-from \"alice+y@example.net\"").sender(sender));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    rcpt-to "u@example.com"   | yes
                    rcpt-to "U@Example.Com"   | yes
                    rcpt-to "u"               | yes
                    rcpt-to "v@example.com"   | no
                    !rcpt-to "v@example.com"  | yes
                    rcpt-to regex "example"   | yes
                    """)
    void rcptToIsTheRecipient(String criterion, String expected) {
        check(expected, match("from any for any " + criterion));
    }

    @Test
    void combinedFormsOpenTheOtherHalf() {
        check("yes", match("from mail-from \"alice@example.net\" for any"));
        check("no", match("!from mail-from \"alice@example.net\" for any"));
        check("yes", match("from any for rcpt-to \"u@example.com\""));
        check("no", match("from any !for rcpt-to \"u@example.com\""));
    }

    @Test
    void withoutFromAndForAMatchIsLocal() {
        var routes = match("");
        check("no", routes);
        routes.origin(Routes.from("127.0.0.1"));
        assertEquals("u@localhost by out", routes.of("u@localhost"));
        check("no", routes);
    }

    @Test
    void theFirstMatchThatFitsDecides() {
        var routes =
                Routes.by(
                        """
                        action "one" relay
                        action "two" relay
                        match from any for domain "example.net" action "one"
                        match from any for any action "two"
                        match from any for domain "example.com" action "one"
                        """);
        assertEquals("u@example.net by one", routes.of("u@example.net"));
        assertEquals("u@example.com by two", routes.of("u@example.com"));
    }

    @Test
    void aRejectIsForGood() {
        var routes =
                Routes.by(
                        """
                        action "out" relay
                        match from any for domain "example.com" reject
                        match from any for any action "out"
                        """);
        assertEquals(NO, routes.of("u@example.com"));
        assertEquals("u@example.net by out", routes.of("u@example.net"));
    }

    @Test
    void aTableThatCannotBeAskedEndsTheEvaluation() {
        var routes =
                Routes.by(
                        """
                        table lost { "x" }
                        action "out" relay
                        match from any for any mail-from <lost> action "out"
                        match from any for any action "out"
                        """);
        assertEquals(LATER, routes.of("u@example.com"));
    }

    @Test
    void aTableThatIsNotReachedIsNotAsked() {
        var routes =
                Routes.by(
                        """
                        table lost { "x" }
                        action "out" relay
                        match from any for domain "example.net" mail-from <lost> reject
                        match from any for any action "out"
                        """);
        assertEquals(OUT, routes.of("u@example.com"));
    }

    @Test
    void noMatchIsForGood() {
        assertEquals(
                NO, Routes.by("action \"out\" relay\nmatch action \"out\"\n").of("u@example.com"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    from local                  | yes
                    from any                    | yes
                    from src "local"            | yes
                    from src "198.51.100.7"     | no
                    from socket                 | no
                    !from socket                | no
                    from rdns                   | no
                    !from rdns                  | no
                    from rdns "local"           | yes
                    from rdns "client.example.net" | no
                    from any helo "client.example.net" | yes
                    from any auth               | no
                    from any mail-from "alice@example.net" | yes
                    """)
    void whatAnAliasNamesComesFromLocal(String criteria, String expected) {
        var routes =
                Routes.by(
                                """
                                table names { "list" = "u@example.com" }
                                action "names" expand-only alias <names>
                                action "out" relay
                                match from any for domain "here.example" action "names"
                                match %s for any action "out"
                                """
                                        .formatted(criteria))
                        .origin(
                                origin(
                                        "",
                                        "198.51.100.7",
                                        "client.example.net",
                                        "client.example.net"));
        assertEquals(
                expected.equals("yes") ? OUT : "550 5.1.1 Invalid recipient: <list@here.example>",
                routes.of("list@here.example"));
    }
}
