package org.postern.queue.bounce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Carriage;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.queue.Mail;

/// Reports on mail with addresses in UTF-8, RFC 6533.
class Utf8ReportTest {
    private static final Instant NOW = Instant.parse("2026-01-01T04:00:00Z");

    private static Report report(String sender, String recipient) {
        var to = new Mailbox(sender, "example.net");
        var box = new Mailbox(recipient, "example.org");
        var share = new Share(box, box, "out", new Share.Destination.Remote(), Set.of(), "");
        return new Report(
                new Report.Kind.Failed(),
                to,
                new MessageFacts(
                        Mail.ORIGIN,
                        new ReversePath.Sender(to),
                        MessageFacts.DsnReturn.UNSAID,
                        "",
                        Carriage.IN_UTF8),
                NOW,
                List.of(new Report.About(share, new EnhancedStatus(5, 6, 7), "no", "", NOW)),
                new Report.Original.Headers(Chunk.of("Subject: \u7532\n", StandardCharsets.UTF_8)),
                NOW);
    }

    private static String text(Report report) {
        return new String(report.write(new Random(1)).toArray(), StandardCharsets.UTF_8);
    }

    @Test
    void aRecipientIsNamedInAscii() {
        var text = text(report("ann", "p\u00e9"));
        assertTrue(text.contains("\nFinal-Recipient: utf-8; p\\x{E9}@example.org\n"), text);
        assertTrue(text.contains("\n<p\\x{E9}@example.org>: no\n"), text);
        assertTrue(text.contains("\nContent-Type: message/global-headers\n"), text);
    }

    @Test
    void onlyTheSendersNameMakesTheReportNeedUtf8() {
        assertEquals(false, report("ann", "p\u00e9").needsUtf8());
        var own = report("\u7532", "bob");
        assertTrue(own.needsUtf8());
        assertTrue(text(own).contains("\nTo: \u7532@example.net\n"));
        assertTrue(text(own).contains("\nFinal-Recipient: rfc822; bob@example.org\n"));
    }
}
