package org.postern.queue.bounce;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.postern.mail.Carriage;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;
import org.postern.mail.Urgency.Deadline;
import org.postern.smtp.Xtext;

/// A delivery status notification: says what became of a message for some of its recipients (RFC
/// 3464 section 2), in the form of a `multipart/report` (RFC 6522 section 3).
///
/// @param to the sender of the message
/// @param facts of the message
/// @param arrived when it came
/// @param about the recipients, at least one
/// @param now when the report is made
public record Report(
        Kind kind,
        Mailbox to,
        MessageFacts facts,
        Instant arrived,
        List<About> about,
        Original original,
        Instant now) {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss xx", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final int LONGEST_TEXT = 900;

    public Report {
        about = List.copyOf(about);
        if (about.isEmpty()) {
            throw new IllegalArgumentException("a report about nobody");
        }
    }

    /// What is reported.
    public sealed interface Kind {
        /// It failed.
        record Failed() implements Kind {}

        /// It is late, and will be tried until then.
        record Delayed(Instant until) implements Kind {}

        /// It is in the mailbox.
        record Delivered() implements Kind {}

        /// It went to a host that will report nothing.
        record Relayed() implements Kind {}
    }

    /// What became of it for one recipient.
    ///
    /// @param peer the host that said so, or empty
    /// @param lastAttempt when it was tried last; the time of arrival if it never was
    public record About(
            Share share, EnhancedStatus status, String text, String peer, Instant lastAttempt) {}

    /// What of the message is returned; lines end in LF.
    public sealed interface Original {
        /// The bytes that are returned.
        Chunk bytes();

        /// Its header.
        record Headers(Chunk bytes) implements Original {}

        /// All of it.
        record Whole(Chunk bytes) implements Original {}
    }

    /// The word of RFC 3464 section 2.3.3.
    private String action() {
        return switch (kind) {
            case Kind.Failed() -> "failed";
            case Kind.Delayed(_) -> "delayed";
            case Kind.Delivered() -> "delivered";
            case Kind.Relayed() -> "relayed";
        };
    }

    /// The report as a message, whose lines end in LF.
    public Chunk write(RandomGenerator random) {
        var out = new Lines();
        var name = facts.origin().smtpName();
        var boundary = boundary(random);
        out.line("From: Mailer Daemon <MAILER-DAEMON@" + name + ">");
        out.text("To: " + to);
        out.line("Subject: Delivery status notification: " + action());
        out.line("Date: " + DATE.format(now));
        out.line("Message-ID: <" + token(random) + "@" + name + ">");
        out.line("Auto-Submitted: auto-replied");
        out.line("MIME-Version: 1.0");
        out.line("Content-Type: multipart/report; report-type=delivery-status;");
        out.line("\tboundary=\"" + boundary + "\"");
        out.line("");
        out.line("This is a MIME-encapsulated message.");
        part(out, boundary, "Notification", "text/plain; charset=us-ascii");
        explain(out, name);
        part(out, boundary, "Delivery report", "message/delivery-status");
        status(out, name);
        returned(out, boundary);
        out.line("");
        out.line("--" + boundary + "--");
        return out.chunk();
    }

    private static void part(Lines out, String boundary, String description, String type) {
        out.line("");
        out.line("--" + boundary);
        out.line("Content-Description: " + description);
        out.line("Content-Type: " + type);
        out.line("");
    }

    private void explain(Lines out, String name) {
        out.line("This is the mail system at " + name + ".");
        out.line("");
        switch (kind) {
            case Kind.Failed() -> {
                out.line("Your message could not be delivered to the recipients named below.");
                out.line("It will not be tried again.");
            }
            case Kind.Delayed(var until) -> {
                out.line("Your message could not yet be delivered to the recipients named below,");
                out.line("after " + words(Duration.between(arrived, now)) + ".");
                out.line("");
                out.line("It will be tried for " + words(Duration.between(now, until)) + " more.");
                out.line("You need not send it again.");
            }
            case Kind.Delivered() ->
                    out.line("Your message was delivered to the recipients named below.");
            case Kind.Relayed() -> {
                out.line("Your message was passed on to the mail servers of the recipients named");
                out.line("below. They do not tell us what becomes of it there.");
            }
        }
        out.line("");
        for (var one : about) {
            out.line("<" + plain(one.share().recipient()) + ">: " + ascii(one.text()));
        }
        out.line("");
        out.line("A report for programs and a copy of what you sent are attached.");
    }

    private void status(Lines out, String name) {
        out.line("Reporting-MTA: dns; " + name);
        if (!facts.dsnEnvelopeId().isEmpty()) {
            out.line("Original-Envelope-Id: " + ascii(Xtext.legible(facts.dsnEnvelopeId())));
        }
        out.line("Arrival-Date: " + DATE.format(arrived));
        switch (facts.carriage().urgency().deadline()) {
            case Deadline.Never() -> {}
            // RFC 2852 section 5.
            case Deadline.At(var time, _, _) -> out.line("Deliver-By-Date: " + DATE.format(time));
        }
        for (var one : about) {
            out.line("");
            recipient(out, one);
        }
    }

    private void recipient(Lines out, About one) {
        var orcpt = one.share().dsnOriginalRecipient();
        int semicolon = orcpt.indexOf(';');
        if (semicolon > 0) {
            out.line(
                    "Original-Recipient: "
                            + ascii(orcpt.substring(0, semicolon))
                            + "; "
                            + ascii(Xtext.legible(orcpt.substring(semicolon + 1))));
        }
        var recipient = one.share().recipient();
        out.line(
                "Final-Recipient: "
                        + (recipient.isAscii() ? "rfc822; " : "utf-8; ")
                        + plain(recipient));
        out.line("Action: " + action());
        out.line("Status: " + one.status());
        if (!one.peer().isEmpty()) {
            out.line("Remote-MTA: dns; " + ascii(one.peer()));
        }
        if (!one.text().isEmpty()) {
            out.line(
                    "Diagnostic-Code: "
                            + (one.peer().isEmpty() ? "x-postern; " : "smtp; ")
                            + ascii(one.text()));
        }
        out.line("Last-Attempt-Date: " + DATE.format(one.lastAttempt()));
        if (kind instanceof Kind.Delayed(var until)) {
            out.line("Will-Retry-Until: " + DATE.format(until));
        }
    }

    private void returned(Lines out, String boundary) {
        out.line("");
        out.line("--" + boundary);
        boolean utf8 = facts.carriage().needs(Carriage.Need.UTF8);
        var type =
                switch (original) {
                    case Original.Whole(_) -> {
                        out.line("Content-Description: Your message");
                        yield utf8 ? "message/global" : "message/rfc822";
                    }
                    case Original.Headers(_) -> {
                        out.line("Content-Description: The header of your message");
                        yield utf8 ? "message/global-headers" : "text/rfc822-headers";
                    }
                };
        out.line("Content-Type: " + type);
        if (isEightBit(original.bytes())) {
            out.line("Content-Transfer-Encoding: 8bit");
        }
        out.line("");
        out.bytes(original.bytes());
    }

    private static boolean isEightBit(Chunk bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            if (bytes.at(i) < 0) {
                return true;
            }
        }
        return false;
    }

    /// Random, and not in what is returned.
    private String boundary(RandomGenerator random) {
        var text = original.bytes().text();
        var boundary = token(random);
        while (text.contains(boundary)) {
            boundary = token(random);
        }
        return boundary;
    }

    private static String token(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong())
                + HexFormat.of().toHexDigits(random.nextLong());
    }

    /// Does whoever passes it on have to know SMTPUTF8? The header of a message with a header in
    /// UTF-8 is in the body of the report, which needs no more than 8BITMIME.
    public boolean needsUtf8() {
        return !to.isAscii();
    }

    /// A mailbox in ASCII: other characters become `\x{...}` (RFC 6533 section 3).
    private static String plain(Mailbox mailbox) {
        var out = new StringBuilder();
        mailbox.toString()
                .codePoints()
                .forEach(
                        code -> {
                            if (code < 128) {
                                out.append((char) code);
                            } else {
                                out.append("\\x{")
                                        .append(Integer.toHexString(code).toUpperCase(Locale.ROOT))
                                        .append('}');
                            }
                        });
        return out.toString();
    }

    private static String ascii(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), LONGEST_TEXT); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c > '~' ? '?' : c);
        }
        return out.toString();
    }

    /// A time in words: `4 hours`.
    static String words(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 120) {
            return count(seconds, "second");
        } else if (seconds < 2 * 3600) {
            return count(seconds / 60, "minute");
        } else if (seconds < 2 * 86_400) {
            return count(seconds / 3600, "hour");
        }
        return count(seconds / 86_400, "day");
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }

    /// Gathers the lines of the report.
    private static final class Lines {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void line(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            out.write('\n');
        }

        void text(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }

        void bytes(Chunk bytes) {
            out.writeBytes(bytes.toArray());
            if (!bytes.isEmpty() && bytes.at(bytes.length() - 1) != '\n') {
                out.write('\n');
            }
        }

        Chunk chunk() {
            return Chunk.handOver(out.toByteArray());
        }
    }
}
