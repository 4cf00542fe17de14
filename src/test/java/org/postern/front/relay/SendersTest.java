package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.front.srs.Senders;
import org.postern.front.srs.Srs;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageId;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// Under which sender mail goes on: `mail-from`, then the rewriting of forwarded mail.
class SendersTest {
    private static final Instant AB = Instant.EPOCH.plus(Duration.ofDays(1));
    private static final Srs SRS = new Srs(List.of("k3y"), Duration.ofDays(4), () -> AB);

    private static Share share(String original, String recipient) {
        return new Share(
                Mailbox.parse(original).orElseThrow(),
                Mailbox.parse(recipient).orElseThrow(),
                "out",
                new Share.Destination.Remote(),
                Set.of(),
                "");
    }

    private static ReversePath path(String text) {
        return text.isEmpty()
                ? new ReversePath.Null()
                : new ReversePath.Sender(Mailbox.parse(text).orElseThrow());
    }

    private static String of(Senders senders, String sender, String original, String recipient) {
        return senders.of(path(sender), share(original, recipient)).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "@new.example, ann@example.net, ann@new.example",
        "desk, ann@example.net, desk@example.net",
        "desk@, ann@example.net, desk@example.net",
        "desk@new.example, ann@example.net, desk@new.example",
        "desk@new.example, '', ''",
        "@, ann@example.net, ann@example.net",
        "a b@new.example, ann@example.net, ann@example.net"
    })
    void mailFromReplacesWhatItNames(String mailFrom, String sender, String expected) {
        assertEquals(
                expected, of(Senders.replacedBy(mailFrom), sender, "b@c.example", "b@c.example"));
    }

    @ParameterizedTest
    @CsvSource({
        "alice@orig.example, bob@fwd.example, bob@far.example,"
                + " SRS0=P4EH=AB=orig.example=alice@fwd.example",
        "alice@orig.example, bob@fwd.example, bob@fwd.example, alice@orig.example",
        "alice@orig.example, bob@fwd.example, BOB@FWD.example, alice@orig.example",
        "'', bob@fwd.example, bob@far.example, ''"
    })
    void onlyForwardedMailWithASenderIsRewritten(
            String sender, String original, String recipient, String expected) {
        assertEquals(expected, of(Senders.UNCHANGED.then(SRS), sender, original, recipient));
    }

    @Test
    void mailFromComesFirst() {
        assertEquals(
                "SRS0=P4EH=AB=orig.example=alice@fwd.example",
                of(
                        Senders.replacedBy("alice@orig.example").then(SRS),
                        "ann@example.net",
                        "bob@fwd.example",
                        "bob@far.example"));
    }

    private static Envelope envelope(int number, String original, String recipient) {
        return new Envelope(
                EnvelopeId.of(new MessageId(7), number),
                Mailer.facts().from(path("alice@orig.example")),
                share(original, recipient),
                Instant.now(),
                new Envelope.Progress.Untried());
    }

    private static Plan plan(ScriptedPeer peer) {
        var plan = Mailer.to(peer);
        return new Plan(
                plan.target(),
                plan.helo(),
                plan.sources(),
                plan.naming(),
                Senders.UNCHANGED.then(SRS),
                plan.watchers());
    }

    /// S36: each sender has a transaction of its own, in one session.
    @Test
    void recipientsWithDifferentSendersAreKeptApart() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250 next.example
                        C: MAIL FROM:<alice@orig.example>
                        S: 250 Ok
                        C: RCPT TO:<ann@far.example>
                        S: 250 Ok
                        C: RCPT TO:<cher@far.example>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        C: x
                        C: .
                        S: 250 2.0.0 first
                        C: MAIL FROM:<SRS0=P4EH=AB=orig.example=alice@fwd.example>
                        S: 250 Ok
                        C: RCPT TO:<bob@far.example>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        C: x
                        C: .
                        S: 250 2.0.0 second
                        """)) {
            var mailer = new Mailer(plan(peer));
            assertEquals(
                    """
                    ann@far.example Delivered 2.0.0: 250 2.0.0 first
                    bob@far.example Delivered 2.0.0: 250 2.0.0 second
                    cher@far.example Delivered 2.0.0: 250 2.0.0 first
                    """,
                    mailer.send(
                            "x\n",
                            List.of(
                                    envelope(1, "ann@far.example", "ann@far.example"),
                                    envelope(2, "b@fwd.example", "bob@far.example"),
                                    envelope(3, "cher@far.example", "cher@far.example"))));
            mailer.connections.close();
            peer.played();
        }
    }

    /// The envelope keeps the sender, so the second attempt says what the first one said.
    @Test
    void anotherAttemptRewritesNothingTwice() throws Exception {
        var dialogue =
                """
                S: 220 next.example
                C: EHLO here.example
                S: 250 next.example
                C: MAIL FROM:<SRS0=P4EH=AB=orig.example=alice@fwd.example>
                S: 451 4.3.0 later
                C: RSET
                S: 250 Ok
                """;
        var envelope = envelope(1, "b@fwd.example", "bob@far.example");
        for (int i = 0; i < 2; i++) {
            try (var peer = ScriptedPeer.plays(dialogue)) {
                var mailer = new Mailer(plan(peer));
                assertEquals(
                        "bob@far.example Deferred 4.3.0: 451 4.3.0 later\n",
                        mailer.send("x\n", List.of(envelope)));
                mailer.connections.close();
                peer.played();
            }
        }
    }
}
