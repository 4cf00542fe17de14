package org.postern.delivery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// A letter as it stands in a mailbox file (RFC 4155): a `From ` line before it, `>` before each
/// line of it that begins with `From `, an empty line after it.
final class MboxText {
    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);

    private final ByteBuffer out = ByteBuffer.allocate(64 * 1024);
    private final Letter.Taker taker;

    // How many bytes of "From " the line has begun with, all of them still to be written; -1 once
    // it cannot begin so any more.
    private int matched;

    private MboxText(Letter.Taker taker) {
        this.taker = taker;
    }

    /// Hands `letter` to `taker` in this form.
    ///
    /// @param sender what stands after `From `
    static void pour(Letter letter, String sender, Instant now, Letter.Taker taker)
            throws IOException {
        var text = new MboxText(taker);
        var line = "From " + sender + ' ' + CTIME.format(now) + '\n';
        text.out.put(line.getBytes(StandardCharsets.UTF_8));
        letter.pour(text::quote);
        text.end();
    }

    private void quote(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (matched >= 0 && b == FROM[matched]) {
                matched++;
                if (matched == FROM.length) {
                    put((byte) '>');
                    release();
                }
            } else {
                release();
                put(b);
                matched = b == '\n' ? 0 : -1;
            }
        }
    }

    /// Writes what was held back; the line is no longer watched.
    private void release() throws IOException {
        for (int i = 0; i < matched; i++) {
            put(FROM[i]);
        }
        matched = -1;
    }

    private void end() throws IOException {
        if (matched != 0) {
            release();
            put((byte) '\n');
        }
        put((byte) '\n');
        flush();
    }

    private void put(byte b) throws IOException {
        if (!out.hasRemaining()) {
            flush();
        }
        out.put(b);
    }

    private void flush() throws IOException {
        taker.take(out.flip());
        out.clear();
    }
}
