package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postern.front.relay.Plan.Naming;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// What is said to a next hop that offers more, and to a neighbour over LMTP.
class HandoverTest {
    private static final String MESSAGE = "Subject: hello\n\n.Hello.\n";

    private static final String CONTENT =
            """
            C: Subject: hello
            C:\s
            C: ..Hello.
            C: .
            """;

    private static Plan lmtp(ScriptedPeer peer, Naming naming) {
        return Mailer.to(Dialect.LMTP, Security.NEVER, naming, peer);
    }

    @Test
    void wherePipeliningIsOfferedAllGoesAtOnce() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250-next.example
                        S: 250 pipelining
                        C: MAIL FROM:<ann@example.net>
                        C: RCPT TO:<bob@example.org>
                        C: RCPT TO:<carol@example.org>
                        C: DATA
                        S: 250 Ok
                        S: 250 Ok
                        S: 550 5.1.1 nobody
                        S: 354 go on
                        """
                                + CONTENT
                                + "S: 250 2.0.0 taken\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    """
                    bob@example.org Delivered 2.0.0: 250 2.0.0 taken
                    carol@example.org Failed 5.1.1: 550 5.1.1 nobody
                    """,
                    mailer.send(MESSAGE, "bob@example.org", "carol@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void contentThatIsInvitedForNobodyIsEmpty() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250-next.example
                        S: 250 PIPELINING
                        C: MAIL FROM:<ann@example.net>
                        C: RCPT TO:<bob@example.org>
                        C: DATA
                        S: 250 Ok
                        S: 550 5.1.1 nobody
                        S: 354 go on
                        C: .
                        S: 554 nothing to do
                        C: RSET
                        S: 250 Ok
                        """)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Failed 5.1.1: 550 5.1.1 nobody\n",
                    mailer.send(MESSAGE, "bob@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void sizeAndEightBitsAreDeclared() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250-next.example
                        S: 250-8BITMIME
                        S: 250 SIZE 1000
                        C: MAIL FROM:<ann@example.net> SIZE=12 BODY=8BITMIME
                        S: 250 Ok
                        C: RCPT TO:<bob@example.org>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        C: Gr\u00fc\u00dfe
                        C: Ann
                        C: .
                        S: 250 Ok
                        """)) {
            var mailer = new Mailer(Mailer.to(peer));
            mailer.send("Gr\u00fc\u00dfe\nAnn\n", "bob@example.org");
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void wishesForNotificationsArePassedOn() throws Exception {
        var plain = Mailer.facts();
        var facts =
                new MessageFacts(
                        plain.origin(),
                        new ReversePath.Null(),
                        MessageFacts.DsnReturn.HEADERS,
                        "QQ314159");
        var envelope =
                Mailer.envelope(
                        1,
                        "bob@example.org",
                        new Share.Destination.Remote(),
                        Set.of(Share.Notify.SUCCESS, Share.Notify.FAILURE),
                        "rfc822;bob@example.org",
                        facts);
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250-next.example
                        S: 250 DSN
                        C: MAIL FROM:<> RET=HDRS ENVID=QQ314159
                        S: 250 Ok
                        C: RCPT TO:<bob@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@example.org
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        """
                                + CONTENT
                                + "S: 250 Ok\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            mailer.send(MESSAGE, List.of(envelope));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aNeighbourAnswersForEachRecipient() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example LMTP
                        C: LHLO here.example
                        S: 250-next.example
                        S: 250 PIPELINING
                        C: MAIL FROM:<ann@example.net>
                        C: RCPT TO:<bob@example.org>
                        C: RCPT TO:<carol@example.org>
                        C: RCPT TO:<dave@example.org>
                        C: DATA
                        S: 250 Ok
                        S: 250 Ok
                        S: 550 5.1.1 nobody
                        S: 250 Ok
                        S: 354 go on
                        """
                                + CONTENT
                                + """
                                S: 250 2.0.0 bob has it
                                S: 452 4.2.2 dave is full
                                """)) {
            var mailer = new Mailer(lmtp(peer, Naming.RELAY));
            assertEquals(
                    """
                    bob@example.org Delivered 2.0.0: 250 2.0.0 bob has it
                    carol@example.org Failed 5.1.1: 550 5.1.1 nobody
                    dave@example.org Deferred 4.2.2: 452 4.2.2 dave is full
                    """,
                    mailer.send(
                            MESSAGE, "bob@example.org", "carol@example.org", "dave@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aNeighbourLostBetweenItsAnswersHasTakenWhatItSaidItTook() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example LMTP
                        C: LHLO here.example
                        S: 250 next.example
                        C: MAIL FROM:<ann@example.net>
                        S: 250 Ok
                        C: RCPT TO:<bob@example.org>
                        S: 250 Ok
                        C: RCPT TO:<carol@example.org>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        """
                                + CONTENT
                                + """
                                S: 250 2.0.0 bob has it
                                [close]
                                """)) {
            var mailer = new Mailer(lmtp(peer, Naming.RELAY));
            assertEquals(
                    """
                    bob@example.org Delivered 2.0.0: 250 2.0.0 bob has it
                    carol@example.org Deferred 4.4.2: Connection closed unexpectedly
                    """,
                    mailer.send(MESSAGE, "bob@example.org", "carol@example.org"));
            peer.played();
        }
    }

    @Test
    void aNeighbourIsToldTheUserAndGetsTheTraceOfTheDelivery() throws Exception {
        var envelope =
                new Envelope(
                        EnvelopeId.of(new MessageId(7), 1),
                        Mailer.facts(),
                        Mailer.envelope(
                                        1,
                                        "bob@example.org",
                                        new Share.Destination.Account("robert", ""),
                                        Set.of(),
                                        "",
                                        Mailer.facts())
                                .share(),
                        Instant.now(),
                        new Envelope.Progress.Untried());
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example LMTP
                        C: LHLO here.example
                        S: 250 next.example
                        C: MAIL FROM:<ann@example.net>
                        S: 250 Ok
                        C: RCPT TO:<robert>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        C: Return-Path: <ann@example.net>
                        C: Delivered-To: bob@example.org
                        """
                                + CONTENT
                                + "S: 250 2.0.0 stored\n")) {
            var mailer = new Mailer(lmtp(peer, Naming.NEIGHBOUR_BY_USER));
            mailer.send(MESSAGE, List.of(envelope));
            mailer.connections.close();
            peer.played();
            assertTrue(
                    mailer.log.stream()
                            .anyMatch(
                                    line ->
                                            line.contains(
                                                            " mda delivery evpid=0000000700000001"
                                                                    + " from=<ann@example.net>"
                                                                    + " to=<bob@example.org>"
                                                                    + " rcpt=<bob@example.org> user=robert")
                                                    && line.endsWith(
                                                            "result=Ok stat=250 2.0.0 stored")),
                    mailer.log.toString());
        }
    }

    @Test
    void oneSessionCarriesManyMessages() throws Exception {
        var transaction =
                """
                C: MAIL FROM:<ann@example.net>
                S: 250 Ok
                C: RCPT TO:<bob@example.org>
                S: 250 Ok
                C: DATA
                S: 354 go on
                """
                        + CONTENT
                        + "S: 250 Ok\n";
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250 next.example
                        """
                                + transaction.repeat(3)
                                + "C: QUIT\nS: 221 bye\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            for (int i = 0; i < 3; i++) {
                mailer.send(MESSAGE, "bob@example.org");
            }
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aKeptSessionThatWasClosedMeanwhileIsReplaced() throws Exception {
        var begin =
                """
                S: 220 next.example
                C: EHLO here.example
                S: 250 next.example
                """;
        var transaction =
                """
                C: MAIL FROM:<ann@example.net>
                S: 250 Ok
                C: RCPT TO:<bob@example.org>
                S: 250 Ok
                C: DATA
                S: 354 go on
                """
                        + CONTENT
                        + "S: 250 Ok\n";
        try (var peer =
                ScriptedPeer.plays(
                        begin + transaction + "S: 421 4.4.2 idle for too long\n[close]\n",
                        begin + transaction)) {
            var mailer = new Mailer(Mailer.to(peer));
            mailer.send(MESSAGE, "bob@example.org");
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 Ok\n",
                    mailer.send(MESSAGE, "bob@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aHostThatServesOnlyOneAtATimeIsWaitedFor() throws Exception {
        var transaction =
                """
                C: MAIL FROM:<ann@example.net>
                S: 250 Ok
                C: RCPT TO:<bob@example.org>
                S: 250 Ok
                C: DATA
                S: 354 go on
                """
                        + CONTENT
                        + "S: 250 Ok\n";
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        [until another comes]
                        S: 250 next.example
                        """
                                + transaction
                                + transaction,
                        "S: 421 4.7.0 too many connections\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            var first = new FutureTask<>(() -> mailer.send(MESSAGE, "bob@example.org"));
            Thread.ofVirtual().start(first);
            peer.visited();
            var delivered = "bob@example.org Delivered 2.0.0: 250 Ok\n";
            assertEquals(delivered, mailer.send(MESSAGE, "bob@example.org"));
            assertEquals(delivered, first.get(60, TimeUnit.SECONDS));
            mailer.connections.close();
            peer.played();
        }
    }
}
