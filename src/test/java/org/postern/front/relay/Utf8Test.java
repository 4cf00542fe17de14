package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Carriage;
import org.postern.mail.Envelope;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;

/// Mail with addresses or header fields in UTF-8 on its way out, RFC 6531 section 3.4.
class Utf8Test {
    private static final String WITH =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250-next.example
            S: 250 SMTPUTF8
            """;

    private static final String WITHOUT =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250 next.example
            """;

    private static Envelope envelope(int number, String localPart) {
        var plain = Mailer.facts();
        var facts =
                new MessageFacts(
                        plain.origin(), plain.sender(), plain.dsnReturn(), "", Carriage.IN_UTF8);
        var mailbox = new Mailbox(localPart, "example.org");
        var base =
                Mailer.envelope(
                        number,
                        "x@example.org",
                        new Share.Destination.Remote(),
                        Set.of(),
                        "",
                        facts);
        return new Envelope(
                base.id(),
                facts,
                new Share(mailbox, mailbox, "out", new Share.Destination.Remote(), Set.of(), ""),
                base.created(),
                base.progress());
    }

    private static String latin(String text) {
        return new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Test
    void addressesGoOutInUtf8WhereThatIsOffered() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        WITH
                                + "C: MAIL FROM:<ann@example.net> SMTPUTF8\nS: 250 Ok\n"
                                + "C: RCPT TO:<"
                                + latin("\u7532")
                                + "@example.org>\nS: 250 Ok\n"
                                + "C: DATA\nS: 354 go on\nC: x\nC: .\nS: 250 taken\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            mailer.send("x\n", List.of(envelope(1, "\u7532")));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void whoCannotBeNamedThereFailsAndTheOthersGo() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        WITHOUT
                                + """
                                C: MAIL FROM:<ann@example.net>
                                S: 250 Ok
                                C: RCPT TO:<bob@example.org>
                                S: 250 Ok
                                C: DATA
                                S: 354 go on
                                C: Subject: x
                                C:\s
                                """
                                + "C: "
                                + latin("\u7532")
                                + "\nC: .\nS: 250 taken\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "\u7532@example.org Failed 5.6.7: addresses or header in UTF-8, and the next hop"
                            + " does not offer SMTPUTF8\n"
                            + "bob@example.org Delivered 2.0.0: 250 taken\n",
                    mailer.send(
                            latin("Subject: x\n\n\u7532\n"),
                            List.of(envelope(1, "\u7532"), envelope(2, "bob"))));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aHeaderInUtf8StaysWhereNobodyTakesIt() throws Exception {
        try (var peer = ScriptedPeer.plays(WITHOUT)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Failed 5.6.7: addresses or header in UTF-8, and the next hop"
                            + " does not offer SMTPUTF8\n",
                    mailer.send(latin("Subject: \u7532\n\nx\n"), List.of(envelope(1, "bob"))));
            mailer.connections.close();
            peer.played();
        }
    }
}
