package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A client that speaks SMTP a line at a time.
final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        in =
                new BufferedReader(
                        new InputStreamReader(
                                socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /// The next reply, all its lines.
    String hear() throws IOException {
        var reply = new StringBuilder();
        while (true) {
            var line = in.readLine();
            if (line == null) {
                return reply.toString();
            }
            reply.append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return reply.toString();
            }
            reply.append('\n');
        }
    }

    void say(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Says `line` and demands a reply that begins with `code`.
    String ask(String line, String code) throws IOException {
        say(line);
        var reply = hear();
        assertTrue(reply.startsWith(code), () -> line + " -> " + reply);
        return reply;
    }

    /// Sends one message and returns the reply to its end.
    String send(String sender, String recipient, String content) throws IOException {
        ask("MAIL FROM:<" + sender + ">", "250");
        ask("RCPT TO:<" + recipient + ">", "250");
        ask("DATA", "354");
        say(content.replace("\n", "\r\n") + "\r\n.");
        return hear();
    }

    /// The greeting, then EHLO.
    Client greeted() throws IOException {
        hear();
        ask("EHLO client.example.net", "250");
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
