package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.postern.Ports;

/// One attempt walks all hosts, in order, until one takes the message.
class FailoverTest {
    private static final String TAKES =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250 next.example
            C: MAIL FROM:<ann@example.net>
            S: 250 Ok
            C: RCPT TO:<bob@example.org>
            S: 250 Ok
            C: DATA
            S: 354 go on
            C: Hello.
            C: .
            S: 250 2.0.0 third time lucky
            """;

    private static final String GREYLISTS =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250 next.example
            C: MAIL FROM:<ann@example.net>
            S: 250 Ok
            C: RCPT TO:<bob@example.org>
            S: 450 4.7.1 later
            C: RSET
            S: 250 Ok
            """;

    @Test
    void theThirdExchangerTakesWhatTheFirstTwoDoNot() throws Exception {
        int port = Ports.free();
        try (var silent = ScriptedPeer.at("127.0.0.2", port, "[silence]\n");
                var greylists = ScriptedPeer.at("127.0.0.3", port, GREYLISTS);
                var takes = ScriptedPeer.at("127.0.0.4", port, TAKES)) {
            // Long enough for those that do greet.
            var timeouts = Mailer.greetedIn(Duration.ofSeconds(4));
            var mailer = new Mailer(Mailer.byExchangers(), timeouts, port);
            mailer.resolver
                    .mx(
                            "example.org",
                            "40 mx4.example.org",
                            "10 mx1.example.org",
                            "20 mx2.example.org",
                            "30 mx3.example.org")
                    .host("mx1.example.org", "127.0.0.1")
                    .host("mx2.example.org", "127.0.0.2")
                    .host("mx3.example.org", "127.0.0.3")
                    .host("mx4.example.org", "127.0.0.4");
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 third time lucky\n",
                    mailer.send("Hello.\n", "bob@example.org"));
            mailer.connections.close();
            silent.played();
            greylists.played();
            takes.played();
        }
    }

    @Test
    void aTraceShowsWhatIsSaidToANextHop() throws Exception {
        int port = Ports.free();
        try (var takes = ScriptedPeer.at("127.0.0.4", port, TAKES)) {
            var mailer = new Mailer(Mailer.byExchangers(), Mailer.PATIENT, port);
            mailer.kit.log().speak(org.postern.log.Log.Level.INFO, java.util.Set.of("mta"));
            mailer.resolver
                    .mx("example.org", "10 mx.example.org")
                    .host("mx.example.org", "127.0.0.4");
            mailer.send("Hello.\n", "bob@example.org");
            mailer.connections.close();
            takes.played();
            var traced = mailer.log.stream().filter(line -> line.startsWith("mta: ")).toList();
            for (var part :
                    java.util.List.of(" <<< 220 ", " >>> EHLO ", " >>> MAIL FROM:", " >>> DATA")) {
                assertEquals(1, traced.stream().filter(line -> line.contains(part)).count(), part);
            }
            assertEquals(0, traced.stream().filter(line -> line.contains("Hello.")).count());
        }
    }

    @Test
    void whenNobodyTakesItTheLastWordOfAHostCounts() throws Exception {
        int port = Ports.free();
        try (var greylists = ScriptedPeer.at("127.0.0.3", port, GREYLISTS)) {
            var mailer = new Mailer(Mailer.byExchangers(), Mailer.PATIENT, port);
            mailer.resolver
                    .mx("example.org", "10 mx1.example.org", "20 mx2.example.org")
                    .host("mx1.example.org", "127.0.0.3")
                    .host("mx2.example.org", "127.0.0.4");
            assertEquals(
                    "bob@example.org Deferred 4.7.1: 450 4.7.1 later\n",
                    mailer.send("Hello.\n", "bob@example.org"));
            mailer.connections.close();
            greylists.played();
        }
    }

    @Test
    void anExchangerThatDoesNotAnswerIsLeftAloneForAWhile() throws Exception {
        int port = Ports.free();
        var now = InstantSource.fixed(Instant.parse("2030-01-01T00:00:00Z"));
        var mailer = new Mailer(Mailer.byExchangers(), Mailer.PATIENT, port, now);
        mailer.resolver
                .mx("example.org", "10 mx1.example.org")
                .host("mx1.example.org", "127.0.0.9");
        mailer.send("Hello.\n", "bob@example.org");
        assertEquals(
                "bob@example.org Deferred 4.4.1: No valid route to destination: 127.0.0.9:"
                        + " Connection failed: Connection refused\n",
                mailer.send("Hello.\n", "bob@example.org"));
        assertEquals(
                1, mailer.log.stream().filter(line -> line.contains("mta connecting")).count());
        assertTrue(
                mailer.log.contains("smtp-out: Disabling route - <-> 127.0.0.9 for 15s"),
                mailer.log.toString());
    }

    @Test
    void aMessageSentAfterTheDotIsNotTriedElsewhere() throws Exception {
        try (var first =
                        ScriptedPeer.plays(
                                TAKES.replace("S: 250 2.0.0 third time lucky", "[close]"));
                var second = ScriptedPeer.plays(TAKES)) {
            var mailer = new Mailer(Mailer.to(first, second));
            assertEquals(
                    "bob@example.org Deferred 4.4.2: Connection closed unexpectedly\n",
                    mailer.send("Hello.\n", "bob@example.org"));
            assertEquals(0, second.connections());
        }
    }

    @Test
    void onlyWhoIsLeftIsTriedAtTheNextHost() throws Exception {
        try (var first =
                        ScriptedPeer.plays(
                                TAKES.replace(
                                                "C: DATA",
                                                "C: RCPT TO:<carol@example.org>\n"
                                                        + "S: 451 later\n"
                                                        + "C: DATA")
                                        .replace("third time lucky", "bob"));
                var second =
                        ScriptedPeer.plays(
                                TAKES.replace("bob@example.org", "carol@example.org")
                                        .replace("third time lucky", "carol"))) {
            var mailer = new Mailer(Mailer.to(first, second));
            assertEquals(
                    """
                    bob@example.org Delivered 2.0.0: 250 2.0.0 bob
                    carol@example.org Delivered 2.0.0: 250 2.0.0 carol
                    """,
                    mailer.send("Hello.\n", "bob@example.org", "carol@example.org"));
            mailer.connections.close();
            first.played();
            second.played();
        }
    }
}
