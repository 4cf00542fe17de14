package org.postern.tool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// A terminal in memory.
final class Console {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final Terminal terminal;

    Console(String program, String input) {
        terminal =
                new Terminal(
                        program,
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)),
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    String out() throws IOException {
        terminal.flush();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
