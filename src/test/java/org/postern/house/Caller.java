package org.postern.house;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Optional;

/// A client that names a sender and a recipient, and no more.
final class Caller {
    private Caller() {}

    /// The reply to RCPT, or to the command before it that was refused, with that command's word.
    static String answer(Triple triple, int port) throws IOException {
        try (var socket = new Socket()) {
            var server = triple.client().contains(":") ? "::1" : "127.0.0.1";
            socket.bind(new InetSocketAddress(triple.client(), 0));
            socket.connect(new InetSocketAddress(server, port), 60_000);
            socket.setSoTimeout(60_000);
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            var dialogue = new LinkedHashMap<String, String>();
            dialogue.put("CONNECT", "");
            dialogue.put("HELO", "EHLO " + triple.helo());
            dialogue.put("MAIL", "MAIL FROM:" + triple.sender());
            for (var step : dialogue.entrySet()) {
                var reply = ask(socket, in, step.getValue());
                if (!reply.startsWith("2")) {
                    return step.getKey() + " " + reply;
                }
            }
            var reply = ask(socket, in, "RCPT TO:" + triple.recipient());
            ask(socket, in, "RSET");
            return reply;
        }
    }

    private static String ask(Socket socket, BufferedReader in, String line) throws IOException {
        if (!line.isEmpty()) {
            var text = line.replace("@E9@", "\u00e9").replace("@SP@", " ") + "\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        var reply = in.readLine();
        while (reply != null && reply.length() > 3 && reply.charAt(3) == '-') {
            reply = in.readLine();
        }
        return Optional.ofNullable(reply).orElse("hung-up");
    }
}
