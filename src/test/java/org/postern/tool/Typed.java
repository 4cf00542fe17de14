package org.postern.tool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.postern.ipc.Place;

/// Commands that a test types, which need no process of their own for what they say.
public final class Typed {
    private Typed() {}

    /// What `smtpctl` prints, on standard output and error, about the server below `root`.
    public static String smtpctl(Path root, String... words) throws IOException {
        var printed = new ByteArrayOutputStream();
        var terminal =
                new Terminal(
                        "smtpctl",
                        new ByteArrayInputStream(new byte[0]),
                        printed,
                        new PrintStream(printed, true, StandardCharsets.UTF_8));
        var _ = Smtpctl.run(terminal, Place.below(root), List.of(words));
        terminal.flush();
        return printed.toString(StandardCharsets.ISO_8859_1);
    }
}
