package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.Ports;

/// `smtp`, against servers that say what a script tells them.
class SmtpTest {
    @TempDir private Path directory;

    private final List<String> heard = new CopyOnWriteArrayList<>();

    /// What a run of the program gave.
    private record Run(int status, String out, String err) {}

    /// Runs the program against a server that greets, and answers each line by the first answer
    /// whose beginning fits; each `\n` in it begins another line.
    private Run run(List<String> answers, String message, String... arguments) throws Exception {
        try (var server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(20_000);
            var thread = Thread.ofVirtual().start(() -> serve(server, answers));
            var words = new ArrayList<String>();
            for (var word : arguments) {
                words.add(word.replace("PORT", "" + server.getLocalPort()));
            }
            var run = run(message, words);
            assertTrue(thread.join(java.time.Duration.ofSeconds(20)));
            return run;
        }
    }

    private static Run run(String message, List<String> words) throws IOException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream(message.getBytes(StandardCharsets.ISO_8859_1));
        var terminal = new Terminal("smtp", in, out, new PrintStream(err, true));
        int status = new Smtp(terminal).run(words);
        terminal.flush();
        return new Run(status, out.toString(), err.toString());
    }

    private void serve(ServerSocket server, List<String> answers) {
        try (var socket = server.accept()) {
            socket.setSoTimeout(20_000);
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var out = new PrintStream(socket.getOutputStream(), true);
            out.print("220 mx.example.org ESMTP\r\n");
            boolean content = false;
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                heard.add(line);
                if (content && !line.equals(".")) {
                    continue;
                }
                var said = line;
                var answer =
                        answers.stream()
                                .filter(one -> said.startsWith(one.substring(0, one.indexOf('|'))))
                                .findFirst()
                                .orElse("|250 ok");
                var text = answer.substring(answer.indexOf('|') + 1);
                content = text.startsWith("354");
                out.print(text.replace("\n", "\r\n") + "\r\n");
                out.flush();
            }
        } catch (IOException e) {
            heard.add("broken: " + e);
        }
    }

    @Test
    void aMessageIsSentAndEachRecipientTold() throws Exception {
        var run =
                run(
                        List.of(
                                "EHLO|250-mx\n250 8BITMIME",
                                "RCPT TO:<no@|550 5.1.1 Nobody",
                                "RCPT TO:<later@|451 4.3.0 Later",
                                "DATA|354 go on",
                                ".|250 2.0.0 taken"),
                        "Subject: x\r\n\r\n.dot\r\n\u00e9",
                        "-s",
                        "smtp://127.0.0.1:PORT",
                        "-F",
                        "a@example.net",
                        "-H",
                        "client.example",
                        "yes@example.org",
                        "later@example.org",
                        "no@example.org");
        assertEquals(
                """
                later@example.org: TempFail: 451 4.3.0 Later
                no@example.org: PermFail: 550 5.1.1 Nobody
                yes@example.org: Ok: 250 2.0.0 taken
                """,
                run.out());
        assertEquals(Smtp.PERMANENT, run.status());
        assertEquals(
                List.of(
                        "EHLO client.example",
                        "MAIL FROM:<a@example.net> BODY=8BITMIME",
                        "RCPT TO:<yes@example.org>",
                        "RCPT TO:<later@example.org>",
                        "RCPT TO:<no@example.org>",
                        "DATA",
                        "Subject: x",
                        "",
                        "..dot",
                        "\u00e9",
                        ".",
                        "QUIT"),
                heard);
    }

    @Test
    void overLmtpEachRecipientHasAReply() throws Exception {
        var run =
                run(
                        List.of("DATA|354 go on", ".|250 first\n452 second"),
                        "X: y\n",
                        "-slmtp://127.0.0.1:PORT",
                        "a@example.org",
                        "b@example.org");
        assertEquals(
                "a@example.org: Ok: 250 first\nb@example.org: TempFail: 452 second\n", run.out());
        assertEquals(Smtp.TEMPORARY, run.status());
        assertTrue(heard.getFirst().startsWith("LHLO "), heard + "");
    }

    @Test
    void aServerIsTriedWithoutAMessage() throws Exception {
        var run = run(List.of(), "", "-n", "-v", "-H", "c", "-s", "127.0.0.1:PORT");
        assertEquals(Smtp.OK, run.status());
        assertEquals(List.of("EHLO c", "QUIT"), heard);
        assertTrue(run.err().startsWith("<<< 220 mx.example.org ESMTP\n>>> EHLO c\n"), run.err());
    }

    @Test
    void aPasswordIsNotSentWithoutTls() throws Exception {
        var file = Files.writeString(directory.resolve("auth"), "joe\nsecret\n");
        var run =
                run(
                        List.of("EHLO|250-mx\n250 AUTH PLAIN LOGIN"),
                        "X: y\n",
                        "-a",
                        file.toString(),
                        "-s",
                        "127.0.0.1:PORT",
                        "a@example.org");
        assertEquals(Smtp.PERMANENT, run.status());
        assertEquals(1, heard.size(), heard + "");
        assertEquals("smtp: no TLS, so the password is not sent\n", run.err());
    }

    @Test
    void withoutTheTlsThatIsDemandedNothingIsSent() throws Exception {
        var run = run(List.of(), "X: y\n", "-s", "smtp+tls://127.0.0.1:PORT", "a@example.org");
        assertEquals(Smtp.PERMANENT, run.status());
        assertEquals(1, heard.size(), heard + "");
    }

    @Test
    void aServerThatIsNotThereMayBeTriedLater() throws Exception {
        assertEquals(
                Smtp.TEMPORARY,
                run("", List.of("-s", "127.0.0.1:" + Ports.free(), "a@example.org")).status());
    }

    @ParameterizedTest
    @CsvSource({
        "h, SMTP, OFFERED, h, 25",
        "smtps://h, SMTP, AT_ONCE, h, 465",
        "smtp+notls://h:26, SMTP, NONE, h, 26",
        "lmtp+tls://[::1]:24, LMTP, REQUIRED, ::1, 24",
        "smtps://joe:p:w@x@h:1, SMTP, AT_ONCE, h, 1"
    })
    void serversAreWrittenSo(
            String text,
            SmtpServer.Speech speech,
            SmtpServer.Security security,
            String host,
            int port) {
        var login =
                text.contains("@")
                        ? List.of(new SmtpServer.Login("joe", "p:w@x"))
                        : List.<SmtpServer.Login>of();
        assertEquals(
                new SmtpServer(speech, security, login, host, port),
                SmtpServer.parse(text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://h",
                "smtps+tls://h",
                "h:",
                "h:0",
                "h:70000",
                "[::1",
                "joe@h",
                "smtp://"
            })
    void whatIsNoServerIsRefused(String text) throws Exception {
        assertTrue(SmtpServer.parse(text).isEmpty());
        assertEquals(Smtp.PERMANENT, run("", List.of("-s", text, "a@b.c")).status());
    }

    @Test
    void aRecipientIsOneLine() throws Exception {
        var run = run("", List.of("-s", "127.0.0.1:1", "a@b.c>\r\nRSET"));
        assertTrue(run.err().startsWith("not in one line: "), run.err());
    }
}
