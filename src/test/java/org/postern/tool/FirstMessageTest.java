package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.Ports;

/// The first message through a new server.
class FirstMessageTest {
    private static final String GONE = "99999999";

    @TempDir Path directory;

    private final Console console = new Console("first-message", "");

    private static ServerSocketChannel listener() throws Exception {
        return ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    private int run(ServerSocketChannel listener, String pid) throws Exception {
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        return FirstMessage.run(
                console.terminal,
                List.of(String.valueOf(port), "you@postern.example", directory.toString(), pid));
    }

    private static String self() {
        return String.valueOf(ProcessHandle.current().pid());
    }

    @Test
    void theDialogueAndTheFileAreShown() throws Exception {
        Files.writeString(directory.resolve("1.M1P1.here"), "Subject: x\n\nIt works.\n");
        try (var listener = listener();
                var server =
                        ScriptedServer.on(
                                listener,
                                """
                                S: 220 postern.example ESMTP Postern
                                C: EHLO client.example
                                S: 250 postern.example
                                C: MAIL FROM:<alice@client.example>
                                S: 250 2.0.0 Ok
                                C: RCPT TO:<you@postern.example>
                                S: 250 2.1.5 Ok
                                C: DATA
                                S: 354 go on
                                C: From: Alice
                                C: To: you
                                C: Subject: The first message
                                C:
                                C: It works.
                                C: .
                                S: 250 2.0.0 accepted
                                C: QUIT
                                S: 221 2.0.0 Bye
                                """)) {
            assertEquals(0, run(listener, self()), console.err());
            var said = console.out();
            assertTrue(said.startsWith("S: 220 postern.example ESMTP Postern\nC: EHLO "), said);
            assertTrue(said.contains("\nS: 250 2.0.0 accepted\n"), said);
            assertTrue(said.contains("\nDelivered: " + directory), said);
            assertTrue(said.endsWith("\nIt works.\n"), said);
            assertTrue(server.transcript().endsWith("S: 221 2.0.0 Bye\n"));
        }
    }

    @Test
    void aRefusalIsNamed() throws Exception {
        try (var listener = listener();
                var _ =
                        ScriptedServer.on(
                                listener,
                                """
                                S: 220 postern.example ESMTP Postern
                                C: EHLO client.example
                                S: 550 5.7.1 no
                                """)) {
            assertEquals(1, run(listener, self()));
            assertTrue(console.err().contains("refused EHLO client.example: 550 5.7.1 no"));
        }
    }

    @Test
    void aServerThatHasEndedIsNotWaitedFor() throws Exception {
        int port = Ports.free();
        assertEquals(
                1,
                FirstMessage.run(
                        console.terminal,
                        List.of(String.valueOf(port), "you@x", directory.toString(), GONE)));
        assertEquals("first-message: the server has ended\n", console.err());
    }
}
