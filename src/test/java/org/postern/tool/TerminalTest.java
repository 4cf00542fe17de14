package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What a room says does not command the terminal of the administrator.
class TerminalTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal =
            new Terminal(
                    "smtpctl",
                    InputStream.nullInputStream(),
                    out,
                    new PrintStream(err, true, StandardCharsets.UTF_8));

    @Test
    void aLineHoldsNoEscapes() throws Exception {
        terminal.line("smtp.session=\u001b]0;owned\u0007 \u009b2J\tä");
        terminal.flush();
        assertEquals("smtp.session=?]0;owned? ?2J\tä\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aComplaintHoldsNone() {
        terminal.complain("\u001b[2J");
        assertEquals("smtpctl: ?[2J\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aMessageIsShownAsItIs() throws Exception {
        terminal.line("\u001b\u00e4", StandardCharsets.ISO_8859_1);
        terminal.flush();
        assertEquals("\u001b\u00e4\n", out.toString(StandardCharsets.ISO_8859_1));
    }
}
