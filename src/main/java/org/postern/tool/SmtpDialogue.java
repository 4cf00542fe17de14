package org.postern.tool;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postern.ipc.Deadlines;

/// The client's side of SMTP with our own server (RFC 5321 section 3): one command, one reply.
final class SmtpDialogue implements Closeable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_LINES = 128;

    /// A reply.
    ///
    /// @param code three digits
    /// @param lines the text of each line, without the code
    record Reply(int code, List<String> lines) {
        Reply {
            lines = List.copyOf(lines);
        }

        /// Does it say yes, or go on?
        boolean isGood() {
            return code >= 200 && code < 400;
        }

        /// May the same be tried later?
        boolean isTemporary() {
            return code >= 400 && code < 500;
        }

        /// The code and the last line.
        @Override
        public String toString() {
            return code + " " + lines.getLast();
        }
    }

    /// Is told what is said.
    interface Witness {
        /// The server said this line.
        void server(String line);

        /// The client said this line.
        void client(String line);
    }

    private final Channel channel;
    private final InputStream in;
    private final OutputStream out;
    private final Deadlines.Watched watched;
    private final Witness witness;

    /// A dialogue over `channel`, which it closes.
    SmtpDialogue(ByteChannel channel, Deadlines deadlines, Witness witness) {
        this(
                channel,
                Channels.newInputStream(channel),
                Channels.newOutputStream(channel),
                deadlines,
                witness);
    }

    /// A dialogue over these streams; closing `channel` ends them.
    SmtpDialogue(
            Channel channel,
            InputStream in,
            OutputStream out,
            Deadlines deadlines,
            Witness witness) {
        this.channel = channel;
        this.in = new BufferedInputStream(in);
        this.out = new BufferedOutputStream(out, 32 * 1024);
        this.watched = deadlines.watch(channel);
        this.witness = witness;
    }

    /// Sends one command and waits for its reply.
    ///
    /// @throws IOException if the server is gone, silent, or speaks something else
    Reply say(String command) throws IOException {
        return say(command, command);
    }

    /// The same, where the witness is told something else: there is a secret in the command.
    Reply say(String command, String told) throws IOException {
        witness.client(told);
        write(command);
        return hear();
    }

    private void write(String line) throws IOException {
        watched.in(PATIENCE);
        try {
            out.write(line.getBytes(StandardCharsets.ISO_8859_1));
            out.write('\r');
            out.write('\n');
            out.flush();
        } finally {
            watched.none();
        }
    }

    /// Waits for a reply.
    Reply hear() throws IOException {
        watched.in(PATIENCE);
        try {
            var lines = new ArrayList<String>();
            while (lines.size() < MOST_LINES) {
                var line = readLine();
                witness.server(line);
                int code = code(line);
                lines.add(line.length() > 4 ? line.substring(4) : "");
                if (line.length() == 3 || line.charAt(3) == ' ') {
                    return new Reply(code, lines);
                }
            }
            throw new IOException("a reply without an end");
        } finally {
            watched.none();
        }
    }

    private static int code(String line) throws IOException {
        boolean good =
                line.length() >= 3
                        && line.charAt(0) >= '2'
                        && line.charAt(0) <= '5'
                        && Character.isDigit(line.charAt(1))
                        && Character.isDigit(line.charAt(2))
                        && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
        if (!good) {
            throw new IOException("the server does not speak SMTP");
        }
        return Integer.parseInt(line, 0, 3, 10);
    }

    private String readLine() throws IOException {
        var line = new StringBuilder();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new EOFException("the server hung up");
            } else if (line.length() >= LONGEST_LINE) {
                throw new IOException("a reply line without an end");
            } else if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    /// Writes the content of a message.
    @FunctionalInterface
    interface Content {
        /// Writes all, lines ended by LF.
        void writeTo(OutputStream out) throws IOException;
    }

    /// Sends content after the reply to DATA, with the dots that RFC 5321 section 4.5.2 asks for,
    /// and waits for the verdict.
    Reply send(Content content) throws IOException {
        watched.in(Duration.ofHours(1));
        try {
            var dotted = new Dotted(out);
            content.writeTo(dotted);
            dotted.finish();
        } finally {
            watched.none();
        }
        return say(".");
    }

    /// Lines ended by LF become lines ended by CR LF; a dot that begins one is doubled.
    private static final class Dotted extends FilterOutputStream {
        private boolean atStart = true;

        Dotted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int octet) throws IOException {
            if (octet == '\n') {
                out.write('\r');
            } else if (octet == '.' && atStart) {
                out.write('.');
            }
            out.write(octet);
            atStart = octet == '\n';
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int i = from; i < from + length; i++) {
                write(bytes[i]);
            }
        }

        void finish() throws IOException {
            if (!atStart) {
                write('\n');
            }
        }
    }

    @Override
    public void close() throws IOException {
        watched.none();
        channel.close();
    }
}
