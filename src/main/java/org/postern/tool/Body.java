package org.postern.tool;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The body of a message while it waits to be sent: in memory, or in a private temporary file when
/// it is long. Lines end in LF.
final class Body implements Closeable {
    private static final int MOST_IN_MEMORY = 1 << 20;

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private Spill spill = new Spill.None();
    private int line;
    private int longestLine;
    private boolean eightBit;
    private boolean empty = true;

    /// Whether a file was needed.
    private sealed interface Spill {
        record None() implements Spill {}

        record To(Path file, OutputStream out) implements Spill {}
    }

    /// Adds one byte.
    void add(int octet) throws IOException {
        empty = false;
        if (octet == '\n') {
            line = 0;
        } else {
            longestLine = Math.max(longestLine, ++line);
        }
        eightBit |= octet > 127;
        switch (spill) {
            case Spill.None() -> {
                memory.write(octet);
                if (memory.size() >= MOST_IN_MEMORY) {
                    intoFile();
                }
            }
            case Spill.To(_, var out) -> out.write(octet);
        }
    }

    private void intoFile() throws IOException {
        var file = Files.createTempFile("sendmail", null);
        var out = new BufferedOutputStream(Files.newOutputStream(file), 64 * 1024);
        memory.writeTo(out);
        memory.reset();
        spill = new Spill.To(file, out);
    }

    /// Ends the last line, if it has no end.
    void end() throws IOException {
        if (line > 0) {
            add('\n');
        }
        if (spill instanceof Spill.To(_, var out)) {
            out.flush();
        }
    }

    /// How long the longest line is, without its end.
    int longestLine() {
        return longestLine;
    }

    /// Is any byte outside ASCII?
    boolean isEightBit() {
        return eightBit;
    }

    /// Is there nothing in it?
    boolean isEmpty() {
        return empty;
    }

    /// Reads it from the beginning.
    InputStream open() throws IOException {
        return switch (spill) {
            case Spill.None() -> new ByteArrayInputStream(memory.toByteArray());
            case Spill.To(var file, _) ->
                    new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
        };
    }

    @Override
    public void close() throws IOException {
        if (spill instanceof Spill.To(var file, var out)) {
            out.close();
            Files.deleteIfExists(file);
        }
    }
}
