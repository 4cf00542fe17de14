package org.postern.queue.bounce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.MessageFacts;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.queue.Mail;

/// Whole reports, as the sender reads them.
class ReportTest {
    private static final Instant ARRIVED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-01-01T04:00:00Z");
    private static final Instant END = Instant.parse("2026-01-05T00:00:00Z");

    /// Counts, so that reports can be compared.
    private static RandomGenerator counting() {
        var next = new long[1];
        return () -> ++next[0];
    }

    private static MessageFacts facts(String envelopeId) {
        return new MessageFacts(
                Mail.ORIGIN,
                new ReversePath.Sender(Mail.box("ann@example.net")),
                MessageFacts.DsnReturn.UNSAID,
                envelopeId);
    }

    private static Report.About about(String recipient, String orcpt, String text, String peer) {
        var share =
                new Share(
                        Mail.box(recipient),
                        Mail.box(recipient),
                        "out",
                        new Share.Destination.Remote(),
                        Set.of(),
                        orcpt);
        return new Report.About(share, new EnhancedStatus(5, 1, 1), text, peer, NOW);
    }

    private static String write(
            Report.Kind kind, String envelopeId, List<Report.About> about, Report.Original what) {
        return new Report(
                        kind,
                        Mail.box("ann@example.net"),
                        facts(envelopeId),
                        ARRIVED,
                        about,
                        what,
                        NOW)
                .write(counting())
                .text();
    }

    private static final String GOLDEN =
            """
            From: Mailer Daemon <MAILER-DAEMON@mx.example.org>
            To: ann@example.net
            Subject: Delivery status notification: failed
            Date: Thu, 1 Jan 2026 04:00:00 +0000
            Message-ID: <00000000000000030000000000000004@mx.example.org>
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status;
            \tboundary="00000000000000010000000000000002"

            This is a MIME-encapsulated message.

            --00000000000000010000000000000002
            Content-Description: Notification
            Content-Type: text/plain; charset=us-ascii

            This is the mail system at mx.example.org.

            Your message could not be delivered to the recipients named below.
            It will not be tried again.

            <bob@example.com>: 550 5.1.1 no such user
            <eve@example.org>: Envelope expired

            A report for programs and a copy of what you sent are attached.

            --00000000000000010000000000000002
            Content-Description: Delivery report
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.org
            Original-Envelope-Id: QQ 314159
            Arrival-Date: Thu, 1 Jan 2026 00:00:00 +0000

            Original-Recipient: rfc822; bob+1@example.com
            Final-Recipient: rfc822; bob@example.com
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; mx.example.com
            Diagnostic-Code: smtp; 550 5.1.1 no such user
            Last-Attempt-Date: Thu, 1 Jan 2026 04:00:00 +0000

            Final-Recipient: rfc822; eve@example.org
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: x-postern; Envelope expired
            Last-Attempt-Date: Thu, 1 Jan 2026 04:00:00 +0000

            --00000000000000010000000000000002
            Content-Description: Your message
            Content-Type: message/rfc822

            Subject: hello

            world

            --00000000000000010000000000000002--
            """;

    @Test
    void aFailureOfASmallMessageReturnsAllOfIt() {
        assertEquals(
                GOLDEN,
                write(
                        new Report.Kind.Failed(),
                        "QQ+20314159",
                        List.of(
                                about(
                                        "bob@example.com",
                                        "rfc822;bob+2B1@example.com",
                                        "550 5.1.1 no such user",
                                        "mx.example.com"),
                                about("eve@example.org", "", "Envelope expired", "")),
                        new Report.Original.Whole(Chunk.of("Subject: hello\n\nworld\n"))));
    }

    @Test
    void aDelayTellsHowLongItWillBeTried() {
        var text =
                write(
                        new Report.Kind.Delayed(END),
                        "",
                        List.of(about("bob@example.com", "", "450 later", "mx.example.com")),
                        new Report.Original.Headers(Chunk.of("Subject: hello\n")));
        assertTrue(
                text.contains(
                        """
                        Your message could not yet be delivered to the recipients named below,
                        after 4 hours.

                        It will be tried for 3 days more.
                        You need not send it again.
                        """),
                text);
        assertTrue(text.contains("Action: delayed\n"), text);
        assertTrue(text.contains("Will-Retry-Until: Mon, 5 Jan 2026 00:00:00 +0000\n"), text);
        assertTrue(text.contains("Content-Type: text/rfc822-headers\n\nSubject: hello\n"), text);
    }

    @Test
    void aSuccessSaysDelivered() {
        var text = success(new Report.Kind.Delivered());
        assertTrue(text.contains("Subject: Delivery status notification: delivered\n"), text);
        assertTrue(text.contains("Action: delivered\n"), text);
    }

    @Test
    void aHostThatReportsNothingIsRelayed() {
        var text = success(new Report.Kind.Relayed());
        assertTrue(text.contains("Subject: Delivery status notification: relayed\n"), text);
        assertTrue(text.contains("Action: relayed\n"), text);
    }

    private static String success(Report.Kind kind) {
        return write(
                kind,
                "",
                List.of(about("bob@example.com", "", "250 ok", "")),
                new Report.Original.Headers(Chunk.EMPTY));
    }

    @Test
    void theBoundaryIsNotInWhatIsReturned() {
        var first = "00000000000000010000000000000002";
        var text =
                write(
                        new Report.Kind.Failed(),
                        "",
                        List.of(about("bob@example.com", "", "550 no", "")),
                        new Report.Original.Whole(Chunk.of("\n--" + first + "--\n")));
        assertTrue(text.contains("boundary=\"00000000000000030000000000000004\""), text);
    }

    @Test
    void eightBitContentIsLabelledAndKept() {
        var text =
                write(
                        new Report.Kind.Failed(),
                        "",
                        List.of(about("bob@example.com", "", "550 no", "")),
                        new Report.Original.Whole(Chunk.of("Subject: gr\u00fc\u00df\n\n")));
        assertTrue(text.contains("Content-Transfer-Encoding: 8bit\n"), text);
        assertTrue(text.contains("Subject: gr\u00fc\u00df\n"), text);
    }

    @Test
    void whatAPeerSaidAddsNoFieldAndNoByteOutsideAscii() {
        var text =
                write(
                        new Report.Kind.Failed(),
                        "a+0D+0AX-Evil:+20yes",
                        List.of(about("bob@example.com", "", "550 \u00e9\nX-Evil: yes", "mx")),
                        new Report.Original.Headers(Chunk.EMPTY));
        assertFalse(text.contains("\nX-Evil"), text);
        assertTrue(text.contains("Original-Envelope-Id: a??X-Evil: yes\n"), text);
    }
}
