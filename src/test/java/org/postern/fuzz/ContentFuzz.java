package org.postern.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.postern.message.Intake;
import org.postern.smtp.ContentScanner;
import org.postern.smtp.ContentScanner.LineEnds;

/// The scanner of content, and the reader of headers behind it: pieces make no difference, the end
/// is where RFC 5321 has it, and what is accepted has no CR.
public final class ContentFuzz {
    private ContentFuzz() {}

    /// What came of one content.
    private record Scanned(int end, String text, String stored, String faults) {}

    /// One input: the content; its first byte says in what pieces it comes.
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        int piece = 1 + (data[0] & 0xff);
        var content = Arrays.copyOfRange(data, 1, data.length);
        for (var ends : LineEnds.values()) {
            var whole = scan(content, Integer.MAX_VALUE, ends);
            var pieces = scan(content, piece, ends);
            if (!whole.equals(pieces)) {
                throw new AssertionError(whole + " is in pieces " + pieces);
            }
            if (ends == LineEnds.CRLF) {
                compare(content, whole);
            }
        }
    }

    private static void compare(byte[] content, Scanned scanned) {
        var text = "\r\n" + new String(content, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n.\r\n");
        int expected = end < 0 ? content.length : end + 3;
        if (scanned.end() != expected) {
            throw new AssertionError("ends at " + scanned.end() + " instead of " + expected);
        }
        boolean isBare =
                text.substring(0, end < 0 ? text.length() : end + 2)
                        .replace("\r\n", "")
                        .matches("(?s).*[\r\n].*");
        if (end >= 0 && isBare != scanned.faults().startsWith("true")) {
            throw new AssertionError("bare line ends: " + isBare);
        }
    }

    private static Scanned scan(byte[] content, int piece, LineEnds ends) throws IOException {
        var scanner = new ContentScanner(ends);
        var text = new ByteArrayOutputStream();
        var stored = new ByteArrayOutputStream();
        var intake =
                new Intake(
                        new Intake.Treatment.Mended(
                                "mx.example.org",
                                Instant.EPOCH,
                                "1@x",
                                new Intake.Author.AsWritten()),
                        (bytes, from, to) -> stored.write(bytes, from, to - from));
        int at = 0;
        while (at < content.length && !scanner.isOver()) {
            int length = Math.min(piece, content.length - at);
            var bytes = Arrays.copyOfRange(content, at, at + length);
            at +=
                    scanner.scan(
                            bytes,
                            0,
                            length,
                            (some, from, to) -> {
                                text.write(some, from, to - from);
                                intake.take(some, from, to);
                            });
        }
        var fault = intake.end();
        var faults = scanner.hasBareLineEnd() + " " + scanner.hasNul() + " " + fault;
        return new Scanned(
                at,
                text.toString(StandardCharsets.ISO_8859_1),
                stored.toString(StandardCharsets.ISO_8859_1),
                faults);
    }
}
