package org.postern.table.external;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The lines of the protocol, read one after the other; they end in LF and are of bounded length.
/// Used by one thread.
public final class Lines {
    /// The longest line, in bytes: an alias with thousands of recipients.
    public static final int LONGEST = 256 * 1024;

    private final InputStream input;
    private final byte[] piece = new byte[8192];
    private int next;
    private int end;

    /// The lines of a stream.
    public Lines(InputStream input) {
        this.input = input;
    }

    /// The next line without its end; empty at the end of the stream. What stands there without an
    /// end of line is no line.
    ///
    /// @throws IOException if a line is longer than [#LONGEST], or holds a NUL
    public Optional<String> next() throws IOException {
        var line = new byte[256];
        int length = 0;
        while (true) {
            if (next == end) {
                end = Math.max(0, input.read(piece));
                next = 0;
                if (end == 0) {
                    return Optional.empty();
                }
            }
            int start = next;
            while (next < end && piece[next] != '\n') {
                if (piece[next] == 0) {
                    throw new IOException("a NUL in a line");
                }
                next++;
            }
            int more = next - start;
            if (length + more > LONGEST) {
                throw new IOException("a line of more than " + LONGEST + " bytes");
            }
            if (length + more > line.length) {
                line = Arrays.copyOf(line, Math.max(2 * line.length, length + more));
            }
            System.arraycopy(piece, start, line, length, more);
            length += more;
            if (next < end) {
                next++;
                return Optional.of(new String(line, 0, length, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
