package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.mail.Chunk;

/// Questions to a room whose process may be replaced meanwhile.
class InquiryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory;

    private final Deadlines deadlines = new Deadlines();

    /// A process that hears at the socket until another one takes it, and signs by one key.
    private ServerSocketChannel process(String key) throws IOException {
        var socket = directory.resolve("room.sock");
        Files.deleteIfExists(socket);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(() -> hear(server, key));
        return server;
    }

    private void hear(ServerSocketChannel server, String key) {
        while (server.isOpen()) {
            try {
                var channel = server.accept();
                Thread.ofVirtual().start(() -> answer(key, channel));
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }
    }

    private void answer(String key, java.nio.channels.SocketChannel channel) {
        try (var conversation =
                new Conversation<>(channel, Keeping.answers(), Keeping.frames(), deadlines)) {
            while (true) {
                var asked = (Keeping.Sign) conversation.hear(PATIENCE);
                conversation.say(
                        asked.key().equals(key)
                                ? new Keeping.Answer.Signed(Chunk.of("by " + key))
                                : new Keeping.Answer.Refused("only " + key));
            }
        } catch (IOException e) {
            // The other end has hung up.
        }
    }

    private Inquiry<Keeping, Keeping.Answer> inquiry() {
        return new Inquiry<>(
                directory.resolve("room.sock"), Keeping.frames(), Keeping.answers(), deadlines, 4);
    }

    private static Keeping sign(String key) {
        return new Keeping.Sign(key, Keeping.Algorithm.ED25519, Chunk.of("x"));
    }

    private static final Keeping.Answer BY_A = new Keeping.Answer.Signed(Chunk.of("by a"));
    private static final Keeping.Answer BY_B = new Keeping.Answer.Signed(Chunk.of("by b"));

    @Test
    void whoIsSpokenWithStaysUntilItIsRenewed() throws Exception {
        try (var inquiry = inquiry();
                var _ = process("a")) {
            assertEquals(BY_A, inquiry.ask(sign("a"), PATIENCE));
            try (var _ = process("b")) {
                assertEquals(BY_A, inquiry.ask(sign("a"), PATIENCE));
                inquiry.renew();
                assertEquals(BY_B, inquiry.ask(sign("b"), PATIENCE));
            }
        }
    }

    @Test
    void ofSeveralProcessesTheOneThatKnowsIsFound() throws Exception {
        try (var inquiry = inquiry();
                var _ = process("a")) {
            assertEquals(BY_A, inquiry.ask(sign("a"), PATIENCE));
            try (var _ = process("b")) {
                for (int i = 0; i < 3; i++) {
                    assertEquals(BY_B, inquiry.ask(sign("b"), PATIENCE, BY_B::equals));
                    assertEquals(BY_A, inquiry.ask(sign("a"), PATIENCE, BY_A::equals));
                }
            }
        }
    }

    @Test
    void whatNobodyKnowsIsRefused() throws Exception {
        try (var inquiry = inquiry();
                var _ = process("a")) {
            assertEquals(
                    new Keeping.Answer.Refused("only a"),
                    inquiry.ask(sign("c"), PATIENCE, BY_A::equals));
        }
    }
}
