package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What each reply of a next hop means, phase by phase.
class RepliesTest {
    private static final String GREETING =
            """
            S: 220 next.example ESMTP
            C: EHLO here.example
            S: 250 next.example
            """;

    private static final String MAIL =
            """
            C: MAIL FROM:<ann@example.net>
            S: 250 2.1.0 Ok
            """;

    private static final String BOB =
            """
            C: RCPT TO:<bob@example.org>
            S: 250 2.1.5 Ok
            """;

    private static final String CONTENT =
            """
            C: DATA
            S: 354 go on
            C: Subject: hello
            C:\s
            C: Hello.
            C: .
            """;

    private static final String MESSAGE = "Subject: hello\n\nHello.\n";

    private static void dialogue(String script, String outcome) throws Exception {
        dialogue(Mailer.PATIENT, script, outcome);
    }

    private static void dialogue(Timeouts timeouts, String script, String outcome)
            throws Exception {
        try (var peer = ScriptedPeer.plays(script)) {
            var mailer = new Mailer(Mailer.to(peer), timeouts, 25);
            assertEquals(outcome, mailer.send(MESSAGE, "bob@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aMessageIsDelivered() throws Exception {
        dialogue(
                GREETING + MAIL + BOB + CONTENT + "S: 250 2.0.0 Ok: queued as 7F3A\n",
                "bob@example.org Delivered 2.0.0: 250 2.0.0 Ok: queued as 7F3A\n");
    }

    @Test
    void heloServesWhereEhloIsNotUnderstood() throws Exception {
        dialogue(
                """
                S: 220 next.example
                C: EHLO here.example
                S: 502 what?
                C: HELO here.example
                S: 250 next.example
                """
                        + MAIL
                        + BOB
                        + CONTENT
                        + "S: 250 Ok\n",
                "bob@example.org Delivered 2.0.0: 250 Ok\n");
    }

    @Test
    void aBannerThatRefusesDefers() throws Exception {
        dialogue(
                "S: 554 5.7.1 go away\n",
                "bob@example.org Deferred 4.3.2: Destination seem to reject all mails: 127.0.0.1:"
                        + " BANNER rejected: 554 5.7.1 go away\n");
    }

    @Test
    void silenceInsteadOfABannerDefers() throws Exception {
        dialogue(
                Mailer.greetedIn(Duration.ofMillis(500)),
                "[silence]\n",
                "bob@example.org Deferred 4.4.1: Network error on destination MXs: 127.0.0.1:"
                        + " Connection timeout\n");
    }

    @Test
    void aRefusedHeloDefers() throws Exception {
        dialogue(
                """
                S: 220 next.example
                C: EHLO here.example
                S: 502 what?
                C: HELO here.example
                S: 550 not you
                """,
                "bob@example.org Deferred 4.3.2: Destination seem to reject all mails: 127.0.0.1:"
                        + " HELO rejected: 550 not you\n");
    }

    @Test
    void aSenderRefusedForGoodFails() throws Exception {
        dialogue(
                GREETING
                        + """
                        C: MAIL FROM:<ann@example.net>
                        S: 550 5.7.1 not from you
                        C: RSET
                        S: 250 Ok
                        """,
                "bob@example.org Failed 5.7.1: 550 5.7.1 not from you\n");
    }

    @Test
    void aSenderRefusedForNowDefers() throws Exception {
        dialogue(
                GREETING
                        + """
                        C: MAIL FROM:<ann@example.net>
                        S: 451 4.7.1 later
                        C: RSET
                        S: 250 Ok
                        """,
                "bob@example.org Deferred 4.7.1: 451 4.7.1 later\n");
    }

    @Test
    void eachRecipientHasItsOwnOutcome() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        GREETING
                                + MAIL
                                + """
                                C: RCPT TO:<bob@example.org>
                                S: 250 2.1.5 Ok
                                C: RCPT TO:<carol@example.org>
                                S: 550 5.1.1 nobody here
                                C: RCPT TO:<dave@example.org>
                                S: 450 4.2.1 greylisted
                                """
                                + CONTENT
                                + "S: 250 2.0.0 taken\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    """
                    bob@example.org Delivered 2.0.0: 250 2.0.0 taken
                    carol@example.org Failed 5.1.1: 550 5.1.1 nobody here
                    dave@example.org Deferred 4.2.1: 450 4.2.1 greylisted
                    """,
                    mailer.send(
                            MESSAGE, "bob@example.org", "carol@example.org", "dave@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void whenAllRecipientsAreRefusedNoContentIsSent() throws Exception {
        dialogue(
                GREETING
                        + MAIL
                        + """
                        C: RCPT TO:<bob@example.org>
                        S: 550 nobody
                        C: RSET
                        S: 250 Ok
                        """,
                "bob@example.org Failed 5.0.0: 550 nobody\n");
    }

    @Test
    void refusedDataDefersAll() throws Exception {
        dialogue(
                GREETING
                        + MAIL
                        + BOB
                        + """
                        C: DATA
                        S: 451 4.3.0 not now
                        C: RSET
                        S: 250 Ok
                        """,
                "bob@example.org Deferred 4.3.0: 451 4.3.0 not now\n");
    }

    @Test
    void contentRefusedForGoodFails() throws Exception {
        dialogue(
                GREETING + MAIL + BOB + CONTENT + "S: 554 5.6.0 spam\n",
                "bob@example.org Failed 5.6.0: 554 5.6.0 spam\n");
    }

    @Test
    void contentRefusedForNowDefers() throws Exception {
        dialogue(
                GREETING + MAIL + BOB + CONTENT + "S: 452 4.3.1 full\n",
                "bob@example.org Deferred 4.3.1: 452 4.3.1 full\n");
    }

    @Test
    void aHangUpAfterTheDotDefers() throws Exception {
        dialogue(
                GREETING + MAIL + BOB + CONTENT + "[close]\n",
                "bob@example.org Deferred 4.4.2: Connection closed unexpectedly\n");
    }

    @Test
    void aHangUpAfterMailDefers() throws Exception {
        dialogue(
                GREETING + "C: MAIL FROM:<ann@example.net>\n[close]\n",
                "bob@example.org Deferred 4.4.2: Connection closed unexpectedly\n");
    }

    @Test
    void aReplyOf421EndsTheSession() throws Exception {
        dialogue(
                GREETING + MAIL + "C: RCPT TO:<bob@example.org>\nS: 421 4.3.2 going down\n",
                "bob@example.org Deferred 4.3.2: 421 4.3.2 going down\n");
    }

    @Test
    void anEnhancedCodeThatContradictsTheReplyIsNotBelieved() throws Exception {
        dialogue(
                GREETING
                        + MAIL
                        + """
                        C: RCPT TO:<bob@example.org>
                        S: 450 5.1.1 no such user
                        C: RSET
                        S: 250 Ok
                        """,
                "bob@example.org Deferred 4.2.0: 450 5.1.1 no such user\n");
    }

    @Test
    void aReplyOfSeveralLinesBecomesOneLine() throws Exception {
        dialogue(
                GREETING
                        + MAIL
                        + BOB
                        + CONTENT
                        + "S: 550-5.7.1 first\nS: 550-5.7.1 second\nS: 550 5.7.1 third\n",
                "bob@example.org Failed 5.7.1: 550 5.7.1 first second third\n");
    }

    @Test
    void controlCharactersOfThePeerGoNowhere() throws Exception {
        dialogue(
                GREETING + MAIL + BOB + CONTENT + "S: 550 5.7.1 a\u001b[2Jb\u0000c\u009bd\n",
                "bob@example.org Failed 5.7.1: 550 5.7.1 a [2Jb c d\n");
    }

    @Test
    void anEndlessLineEndsTheSession() throws Exception {
        dialogue(
                GREETING + "C: MAIL FROM:<ann@example.net>\n[raw 5000]\n",
                "bob@example.org Deferred 4.4.2: Input too long\n");
    }

    @Test
    void anEndlessReplyEndsTheSession() throws Exception {
        dialogue(
                GREETING + "C: MAIL FROM:<ann@example.net>\n" + "S: 250-more\n".repeat(200),
                "bob@example.org Deferred 4.4.2: Input too long\n");
    }

    @Test
    void whatIsNoReplyEndsTheSession() throws Exception {
        dialogue(
                GREETING + "C: MAIL FROM:<ann@example.net>\nS: hello there\n",
                "bob@example.org Deferred 4.4.2: Bad response: hello there\n");
    }

    @Test
    void aReplySentAheadOfItsCommandEndsTheSession() throws Exception {
        dialogue(
                """
                S: 220 next.example
                C: EHLO here.example
                S: 250 next.example
                S: 250 and your mail is taken
                """,
                "bob@example.org Deferred 4.4.2: Remote host sent too much data\n");
    }

    @Test
    void aMessageLargerThanThePeerTakesFails() throws Exception {
        dialogue(
                """
                S: 220 next.example
                C: EHLO here.example
                S: 250-next.example
                S: 250 SIZE 10
                """,
                "bob@example.org Failed 5.3.4: message too large for peer\n");
    }

    @Test
    void theDeliveryIsLogged() throws Exception {
        try (var peer =
                ScriptedPeer.plays(GREETING + MAIL + BOB + CONTENT + "S: 250 2.0.0 a \"b\" c\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            mailer.send(MESSAGE, "bob@example.org");
            mailer.connections.close();
            peer.played();
            var line =
                    mailer.log.stream()
                            .filter(l -> l.contains("mta delivery"))
                            .findFirst()
                            .orElseThrow();
            assertTrue(
                    line.matches(
                            "[0-9a-f]{16} mta delivery evpid=0000000700000001"
                                    + " from=<ann@example.net> to=<bob@example.org> rcpt=<->"
                                    + " source=\"127.0.0.1\" relay=\"127.0.0.1 \\(<unknown>\\)\""
                                    + " delay=[0-9]+s result=\"Ok\""
                                    + " stat=\"250 2.0.0 a \\\\\"b\\\\\" c\""),
                    line);
        }
    }
}
