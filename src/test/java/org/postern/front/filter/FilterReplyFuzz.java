package org.postern.front.filter;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.postern.config.FilterProcess.Side;
import org.postern.mail.SessionId;

/// What a filter program says, over a real connection: as its greeting, as the answer to a
/// question, or as the lines of a content. Whatever it is, the session goes on at once when the
/// program has ended, and what the client is told of it is a reply.
public final class FilterReplyFuzz {
    private static final SessionId SESSION = new SessionId(0x5d1c6f3a9b2e4c10L);
    private static final long MOST = 10_000;
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final String REGISTRATION =
            """
            register|filter|smtp-in|commit
            register|filter|smtp-in|data-line
            register|report|smtp-in|*
            register|ready
            """;

    private FilterReplyFuzz() {}

    /// One input: a byte that says what is played, and what the program says. In it SID and TOKEN
    /// are those of what it was asked.
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        var said = new String(data, 1, data.length - 1, StandardCharsets.ISO_8859_1);
        var directory = Files.createTempDirectory("filter");
        var address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            try (var ours = SocketChannel.open(address);
                    var program = server.accept()) {
                play(data[0], said, ours, program);
            }
        } finally {
            Files.deleteIfExists(address.getPath());
            Files.deleteIfExists(directory);
        }
    }

    private static void play(byte kind, String said, SocketChannel ours, SocketChannel program)
            throws Exception {
        var link = new Link(ours, _ -> {});
        var greeting = kind == 'G' ? said : REGISTRATION;
        var other =
                Thread.ofVirtual().start(() -> speak(program, greeting, kind == 'G' ? "" : said));
        try {
            link.greet("config|ready\n");
        } catch (IOException e) {
            return; // it does not keep to the protocol, or has ended
        }
        var hearer = Thread.ofVirtual().start(link::live);
        var seat = new Seat(link, SESSION, Side.SMTP_IN, FilterReplyFuzz::reports);
        seat.take();
        if (kind == 'C') {
            content(seat);
        } else {
            question(seat);
        }
        seat.leave();
        link.close("over");
        other.join();
        hearer.join();
    }

    private static void speak(SocketChannel program, String greeting, String answer) {
        try (program) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    Channels.newInputStream(program), StandardCharsets.ISO_8859_1));
            in.readLine();
            write(program, greeting);
            if (answer.isEmpty()) {
                return;
            }
            var request = in.readLine();
            if (request != null) {
                var words = request.split("\\|", -1);
                write(program, answer.replace("SID", words[5]).replace("TOKEN", words[6]));
            }
        } catch (IOException e) {
            // We have hung up.
        }
    }

    private static void write(SocketChannel program, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            program.write(bytes);
        }
    }

    private static void reports(String text) {
        if (text.indexOf('\n') >= 0 || text.length() >= 2048) {
            throw new AssertionError("a report that is no line: " + text);
        }
    }

    private static void question(Seat seat) throws InterruptedException {
        long begun = System.nanoTime();
        var verdict =
                switch (seat.ask(Instant.EPOCH, Point.COMMIT, "", LONG)) {
                    case Answer.Reject(var text) -> Verdict.reject(text);
                    case Answer.Disconnect(var text) -> Verdict.disconnect(text);
                    case Answer.Rewrite _, Answer.Report _, Answer.Junk _ -> Verdict.PROCEED;
                    case Answer.Proceed _, Answer.None _ -> Verdict.PROCEED;
                };
        switch (verdict) {
            case Verdict.Reject(var reply) -> wire(reply);
            case Verdict.Disconnect(var reply) -> wire(reply);
            case Verdict.Proceed _, Verdict.Junk _, Verdict.Rewrite _ -> {}
        }
        inTime(begun);
    }

    private static void wire(org.postern.smtp.Reply reply) {
        var text = reply.wire().text();
        boolean sound =
                text.endsWith("\r\n")
                        && text.matches("(?s)[45][0-9][0-9] .*")
                        && text.substring(0, text.length() - 2)
                                .chars()
                                .allMatch(c -> (c >= ' ' && c < 127) || c == '\t');
        if (!sound) {
            throw new AssertionError("not a reply: " + text);
        }
    }

    private static void content(Seat seat) throws IOException {
        long begun = System.nanoTime();
        var out = new ByteArrayOutputStream();
        var passage =
                new Passage(
                        List.of(seat),
                        MOST,
                        (bytes, from, to) -> out.write(bytes, from, to - from),
                        LONG,
                        () -> Instant.EPOCH);
        try (passage) {
            var message = "Subject: hi\n\n.dot\n".getBytes(StandardCharsets.US_ASCII);
            passage.take(message, 0, message.length);
            var _ = passage.end();
        }
        var bytes = out.toByteArray();
        if (bytes.length > MOST || (bytes.length > 0 && bytes[bytes.length - 1] != '\n')) {
            throw new AssertionError("not a content: " + Arrays.toString(bytes));
        }
        inTime(begun);
    }

    private static void inTime(long begun) {
        if (System.nanoTime() - begun > LONG.toNanos()) {
            throw new AssertionError("the session waited for a program that has ended");
        }
    }
}
