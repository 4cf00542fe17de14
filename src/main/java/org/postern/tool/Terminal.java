package org.postern.tool;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Standard input, output and error of one tool.
///
/// Output is a plain stream rather than a `PrintStream`: when nobody reads any more, as behind `|
/// head`, writing fails and the tool ends.
final class Terminal {
    private final String program;
    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;

    /// The terminal of `program`, whose name begins each complaint.
    Terminal(String program, InputStream in, OutputStream out, PrintStream err) {
        this.program = program;
        this.in = in;
        this.out = new BufferedOutputStream(out, 16 * 1024);
        this.err = err;
    }

    /// Standard input.
    InputStream in() {
        return in;
    }

    /// Standard output, buffered.
    OutputStream out() {
        return out;
    }

    /// Writes one line to standard output. What could command a terminal becomes `?`: a line may
    /// come from a room that strangers talk to.
    void line(String text) throws IOException {
        line(harmless(text), StandardCharsets.UTF_8);
    }

    /// `text` without what could command a terminal.
    static String harmless(String text) {
        var out = new StringBuilder(text);
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if ((c < ' ' && c != '\t' && c != '\n') || (c >= 127 && c < 160)) {
                out.setCharAt(i, '?');
            }
        }
        return out.toString();
    }

    /// Writes one line to standard output in this charset, as it is.
    void line(String text, Charset charset) throws IOException {
        out.write(text.getBytes(charset));
        out.write('\n');
    }

    /// Sends on what was written to standard output.
    void flush() throws IOException {
        out.flush();
    }

    /// Writes `program: text` to standard error.
    void complain(String text) {
        err.println(program + ": " + harmless(text));
    }

    /// Writes a line as it is to standard error.
    void note(String text) {
        err.println(text);
    }
}
