package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.MessageId;

/// Conversations over a real Unix socket.
class ConversationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path directory;

    private final Deadlines deadlines = new Deadlines();
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

    private final Hearing.Reports recorded =
            new Hearing.Reports() {
                @Override
                public void refused(Path socket, String user) {
                    reports.add("refused");
                }

                @Override
                public void broken(Path socket, Throwable cause) {
                    reports.add(cause.getClass().getSimpleName());
                }
            };

    private Hearing echoLengths(Hearing.Audience audience) throws Exception {
        return Hearing.open(
                directory.resolve("room.sock"),
                audience,
                8,
                (channel, _) -> {
                    var conversation =
                            new Conversation<>(
                                    channel,
                                    Submission.answers(),
                                    Frames.of(Submission.class),
                                    deadlines);
                    while (true) {
                        if (conversation.hearWhenever() instanceof Submission.Append(var content)) {
                            conversation.say(opened(content.length() + 1));
                        }
                    }
                },
                recorded);
    }

    private static Submission.Answer opened(int number) {
        return new Submission.Answer.Opened(new MessageId(number), Submission.Space.FREE);
    }

    private Conversation<Submission, Submission.Answer> connect() throws Exception {
        return new Conversation<>(
                Hearing.connect(directory.resolve("room.sock")),
                Frames.of(Submission.class),
                Submission.answers(),
                deadlines);
    }

    @Test
    void tracesShowTheKindsAndLengthsOfWordsAndNotWhatTheySay() throws Exception {
        var lines = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var log = new Log((_, line) -> lines.add(line));
        var ours = new Deadlines();
        ours.show(log);
        try (var hearing = echoLengths(new Hearing.Audience.Anyone())) {
            for (var subsystems : java.util.List.of(Set.of("imsg"), Set.of("mproc"), Set.of("x"))) {
                log.speak(Log.Level.INFO, subsystems);
                try (var conversation =
                        new Conversation<>(
                                Hearing.connect(directory.resolve("room.sock")),
                                Frames.of(Submission.class),
                                Submission.answers(),
                                ours)) {
                    conversation.say(new Submission.Append(Chunk.of("hunter2")));
                    conversation.hear(PATIENCE);
                }
            }
            assertEquals(
                    java.util.List.of(
                            "imsg: 1 says Submission.Append 16",
                            "imsg: 1 hears Submission.Answer.Opened 10",
                            "mproc: 2 begins: says Submission, hears Submission.Answer",
                            "mproc: 2 sent 16",
                            "mproc: 2 ends"),
                    lines);
            assertTrue(hearing != null);
        }
    }

    @Test
    void wordsOfAnySizeArriveWholeAndInOrder() throws Exception {
        try (var hearing = echoLengths(new Hearing.Audience.Anyone());
                var conversation = connect()) {
            for (int size : new int[] {0, 1, 100, 8192, 70_000, 500_000, 3}) {
                conversation.say(new Submission.Append(Chunk.handOver(new byte[size])));
            }
            for (int size : new int[] {0, 1, 100, 8192, 70_000, 500_000, 3}) {
                assertEquals(opened(size + 1), conversation.hear(PATIENCE));
            }
        }
    }

    @Test
    void noiseEndsItsOwnConversationOnly() throws Exception {
        try (var hearing = echoLengths(new Hearing.Audience.Anyone());
                var good = connect();
                var noisy = Hearing.connect(directory.resolve("room.sock"))) {
            noisy.write(ByteBuffer.wrap("GET / HTTP/1.0\r\n\r\n".getBytes()));
            assertEquals(-1, readUntilClosed(noisy));
            assertEquals("Malformed", reports.poll(60, TimeUnit.SECONDS));
            good.say(new Submission.Append(Chunk.of("still there")));
            assertEquals(opened(12), good.hear(PATIENCE));
        }
    }

    private static int readUntilClosed(SocketChannel channel) throws Exception {
        return channel.read(ByteBuffer.allocate(16));
    }

    @Test
    void whoIsNotHeardIsTurnedAwayBeforeTheFirstFrame() throws Exception {
        var stranger =
                directory
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("54321");
        try (var hearing = echoLengths(new Hearing.Audience.Only(Set.<UserPrincipal>of(stranger)));
                var channel = Hearing.connect(directory.resolve("room.sock"))) {
            assertEquals(-1, readUntilClosed(channel));
            assertEquals("refused", reports.poll(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void whoIsHeardIsKnownByTheOwnerOfItsProcess() throws Exception {
        var self = Files.getOwner(directory);
        try (var hearing = echoLengths(new Hearing.Audience.Only(Set.of(self)));
                var conversation = connect()) {
            conversation.say(new Submission.Append(Chunk.EMPTY));
            assertInstanceOf(Submission.Answer.Opened.class, conversation.hear(PATIENCE));
        }
    }

    @Test
    void whoHungUpIsNotThereAndWhatItSaidIsHeard() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(directory.resolve("room.sock")));
            try (var conversation = connect();
                    var room =
                            new Conversation<>(
                                    server.accept(),
                                    Submission.answers(),
                                    Frames.of(Submission.class),
                                    deadlines)) {
                assertTrue(conversation.isThere());
                for (int i = 1; i < 5000; i++) {
                    room.say(opened(i));
                }
                room.flush();
                assertTrue(conversation.isThere());
                assertEquals(opened(1), conversation.hear(PATIENCE));
                room.close();
                assertFalse(conversation.isThere());
                for (int i = 2; i < 5000; i++) {
                    assertEquals(opened(i), conversation.hear(PATIENCE));
                }
            }
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsAHangUp() throws Exception {
        try (var hearing = echoLengths(new Hearing.Audience.Anyone());
                var conversation = connect()) {
            assertThrows(HungUp.class, () -> conversation.hear(Duration.ofMillis(1)));
        }
    }
}
