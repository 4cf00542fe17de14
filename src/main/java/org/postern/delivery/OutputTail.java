package org.postern.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Reads what a command says, and keeps the end of it: a few KB, however much there is.
final class OutputTail {
    private static final int KEPT = 4096;
    private static final int LONGEST_LINE = 255;

    private final InputStream stream;

    // Guarded by "this".
    private final byte[] ring = new byte[KEPT];
    private long count;

    OutputTail(InputStream stream) {
        this.stream = stream;
    }

    /// Reads to the end; on a thread of its own.
    void read() {
        var bytes = new byte[KEPT];
        try {
            for (int got = stream.read(bytes); got >= 0; got = stream.read(bytes)) {
                keep(bytes, got);
            }
        } catch (IOException e) {
            // Closed, because nobody waits for more.
        }
    }

    private synchronized void keep(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            ring[(int) (count++ % KEPT)] = bytes[i];
        }
    }

    /// The last line that is not blank, at most 255 characters of it; empty if there is none.
    synchronized String lastLine() {
        int length = (int) Math.min(count, KEPT);
        var kept = new byte[length];
        for (int i = 0; i < length; i++) {
            kept[i] = ring[(int) ((count - length + i) % KEPT)];
        }
        var lines = new String(kept, StandardCharsets.ISO_8859_1).lines().toList();
        for (var line : lines.reversed()) {
            if (!line.isBlank()) {
                var text = line.strip();
                return text.substring(0, Math.min(text.length(), LONGEST_LINE));
            }
        }
        return "";
    }
}
