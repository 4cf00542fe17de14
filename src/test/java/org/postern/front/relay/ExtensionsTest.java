package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Carriage;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;

/// What the next hop offers, and what is done with messages that need what it does not.
class ExtensionsTest {
    private static final Carriage BINARY =
            new Carriage(Carriage.Form.BINARY, Set.of(), new Carriage.Release.AtOnce());

    private static final String BINARY_HELLO =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250-next.example
            S: 250-PIPELINING
            S: 250-CHUNKING
            S: 250 BINARYMIME
            C: MAIL FROM:<ann@example.net> BODY=BINARYMIME
            S: 250 Ok
            C: RCPT TO:<bob@example.org>
            S: 250 Ok
            """;

    private static MessageFacts facts(Carriage carriage) {
        var plain = Mailer.facts();
        return new MessageFacts(plain.origin(), plain.sender(), plain.dsnReturn(), "", carriage);
    }

    private static Envelope envelope(int number, String recipient, MessageFacts facts) {
        return Mailer.envelope(
                number, recipient, new Share.Destination.Remote(), Set.of(), "", facts);
    }

    @Test
    void binaryContentGoesOutAsItCame() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        BINARY_HELLO
                                + """
                                C: BDAT 25 LAST
                                C: Subject: x
                                C:\s
                                C: a[LF]
                                C: b
                                C: .
                                C: c
                                S: 250 2.0.0 taken
                                """)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    mailer.send(
                            "Subject: x\n\na\nb\r\n.\r\nc\r\n",
                            List.of(envelope(1, "bob@example.org", facts(BINARY)))));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void afterARefusedChunkNothingMoreGoesOut() throws Exception {
        // 64 KB: 6 bytes, the empty line, and 1,023 lines of 64; the last one is cut.
        var line = "x".repeat(62);
        try (var peer =
                ScriptedPeer.plays(
                        BINARY_HELLO
                                + "C: BDAT 65536\nC: A: b\nC: \n"
                                + ("C: " + line + "\n").repeat(1023)
                                + "C: "
                                + "y".repeat(54)
                                + "\nS: 552 5.3.4 too much\nC: RSET\nS: 250 Ok\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Failed 5.3.4: 552 5.3.4 too much\n",
                    mailer.send(
                            "A: b\n\n"
                                    + (line + "\r\n").repeat(1023)
                                    + "y".repeat(54)
                                    + "\r\n"
                                    + "z".repeat(70_000),
                            List.of(envelope(1, "bob@example.org", facts(BINARY)))));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void aHostWithoutBinaryMimeGetsNoBinaryContent() throws Exception {
        try (var first =
                        ScriptedPeer.plays(
                                """
                                S: 220 next.example
                                C: EHLO here.example
                                S: 250-next.example
                                S: 250 CHUNKING
                                """);
                var second =
                        ScriptedPeer.plays(
                                BINARY_HELLO
                                        + """
                                        C: BDAT 2 LAST
                                        C:\s
                                        S: 250 2.0.0 taken
                                        """)) {
            var mailer = new Mailer(Mailer.to(first, second));
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    mailer.send("\n", List.of(envelope(1, "bob@example.org", facts(BINARY)))));
            mailer.connections.close();
            first.played();
            second.played();
        }
    }

    @Test
    void binaryContentThatNobodyTakesFails() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250 next.example
                        """)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Failed 5.6.3: binary content, and the next hop does not offer"
                            + " BINARYMIME\n",
                    mailer.send("\n", List.of(envelope(1, "bob@example.org", facts(BINARY)))));
            mailer.connections.close();
            peer.played();
        }
    }

    /// RFC 9422 section 4: no more recipients and no more transactions than the next hop wants.
    @Test
    void theLimitsOfTheNextHopAreKept() throws Exception {
        var hello =
                """
                S: 220 next.example
                C: EHLO here.example
                S: 250-next.example
                S: 250 LIMITS MAILMAX=1 rcptmax=2
                """;
        var first =
                """
                C: MAIL FROM:<ann@example.net>
                S: 250 Ok
                C: RCPT TO:<a@example.org>
                S: 250 Ok
                C: RCPT TO:<b@example.org>
                S: 250 Ok
                C: DATA
                S: 354 go on
                C: x
                C: .
                S: 250 one
                C: QUIT
                S: 221 bye
                """;
        var second =
                """
                C: MAIL FROM:<ann@example.net>
                S: 250 Ok
                C: RCPT TO:<c@example.org>
                S: 250 Ok
                C: DATA
                S: 354 go on
                C: x
                C: .
                S: 250 two
                C: QUIT
                S: 221 bye
                """;
        try (var peer = ScriptedPeer.plays(hello + first, hello + second)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    """
                    a@example.org Delivered 2.0.0: 250 one
                    b@example.org Delivered 2.0.0: 250 one
                    c@example.org Delivered 2.0.0: 250 two
                    """,
                    mailer.send("x\n", "a@example.org", "b@example.org", "c@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }
}
