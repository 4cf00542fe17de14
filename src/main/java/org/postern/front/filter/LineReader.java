package org.postern.front.filter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The lines of a program, one after the other; they end in LF. Used by one thread.
final class LineReader {
    /// The longest line, in bytes: a line of a content, and what stands before it.
    static final int LONGEST = 256 * 1024;

    private static final byte[] CONTENT = "filter-dataline|".getBytes(StandardCharsets.US_ASCII);

    private final ReadableByteChannel channel;
    private final byte[] piece = new byte[64 * 1024];
    private int next;
    private int end;

    LineReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /// A line, without its end.
    static final class Line {
        private final byte[] bytes;

        Line(byte[] bytes) {
            this.bytes = bytes;
        }

        String text() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        /// Is it a line of a content?
        boolean isContent() {
            return bytes.length >= CONTENT.length
                    && Arrays.equals(bytes, 0, CONTENT.length, CONTENT, 0, CONTENT.length);
        }

        /// The session of a line of a content; empty if the line is malformed.
        Optional<Long> session() {
            int bar = bar(CONTENT.length);
            return bar < 0 || bar(bar + 1) < 0 ? Optional.empty() : number(CONTENT.length, bar);
        }

        /// Its token, if it has a session.
        Optional<Long> token() {
            int bar = bar(CONTENT.length);
            return number(bar + 1, bar(bar + 1));
        }

        /// What it says, if it has a session.
        byte[] content() {
            int from = bar(bar(CONTENT.length) + 1) + 1;
            return Arrays.copyOfRange(bytes, from, bytes.length);
        }

        private int bar(int from) {
            for (int i = from; i < bytes.length; i++) {
                if (bytes[i] == '|') {
                    return i;
                }
            }
            return -1;
        }

        private Optional<Long> number(int from, int to) {
            return Heard.number(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        }
    }

    /// The next line; empty at the end of the stream. What stands there without an end of line is
    /// no line.
    ///
    /// @throws IOException if a line is longer than [#LONGEST]
    Optional<Line> next() throws IOException {
        var line = new byte[0];
        while (true) {
            if (next == end) {
                next = 0;
                end = Math.max(0, channel.read(ByteBuffer.wrap(piece)));
                if (end == 0) {
                    return Optional.empty();
                }
            }
            int start = next;
            while (next < end && piece[next] != '\n') {
                next++;
            }
            if (line.length + next - start > LONGEST) {
                throw new IOException("it said a line of more than " + LONGEST + " bytes");
            }
            int known = line.length;
            line = Arrays.copyOf(line, known + next - start);
            System.arraycopy(piece, start, line, known, next - start);
            if (next < end) {
                next++;
                return Optional.of(new Line(line));
            }
        }
    }
}
