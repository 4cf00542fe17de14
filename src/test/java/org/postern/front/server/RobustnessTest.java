package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.front.server.Reception.Trait;
import org.postern.ipc.Conversation;
import org.postern.ipc.Hearing;
import org.postern.ipc.Submission;
import org.postern.log.Log;
import org.postern.mail.MessageId;
import org.postern.mail.SessionId;

/// Clients that do not read, that do not end, that vanish; and a queue that does not keep up: what
/// they cost is bounded, and nothing of theirs stays.
class RobustnessTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String GREETED =
            "EHLO a\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\n";

    private final List<String> log = new CopyOnWriteArrayList<>();
    private FakeQueue queue;
    private Submissions submissions;

    /// One conversation at a time: who does not give it back is found out.
    @BeforeEach
    void open() throws IOException {
        queue = new FakeQueue();
        submissions = new Submissions(queue.socket(), 1, queue.deadlines());
    }

    @AfterEach
    void close() throws IOException {
        submissions.close();
        queue.close();
    }

    private Session session(Link link, Submissions into, InstantSource clock) {
        return new Session(
                new SessionId(1),
                link,
                new Reception("mx.example.org", "", Set.of(Trait.OFFERS_DSN)),
                Peers.CLIENT,
                new Means(
                        Dialogue.LIMITS,
                        new Rules(),
                        into,
                        new Log((_, line) -> log.add(line)),
                        clock));
    }

    private Thread holds(Link link) {
        return Thread.ofVirtual().start(session(link, submissions, InstantSource.system())::run);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// A client and the session that it has, over TCP with small buffers.
    private final class Call implements AutoCloseable {
        private final Socket client = new Socket();
        private final Socket server;
        private final Thread session;

        Call(Duration writePatience) throws IOException {
            client.setReceiveBufferSize(2048);
            client.setSoTimeout((int) LONG.toMillis());
            try (var door = new ServerSocket()) {
                door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                client.connect(door.getLocalSocketAddress());
                server = door.accept();
            }
            server.setSendBufferSize(2048);
            var link = new TcpLink(server, queue.deadlines(), writePatience);
            session =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        session(link, submissions, InstantSource.system()).run();
                                        link.close();
                                    });
        }

        void says(String text) throws IOException {
            client.getOutputStream().write(bytes(text));
        }

        /// What the server says up to and with `end`.
        String hearsUpTo(String end) throws IOException {
            var heard = new StringBuilder();
            while (heard.indexOf(end) < 0) {
                int c = client.getInputStream().read();
                if (c < 0) {
                    throw new AssertionError("the end, after " + heard);
                }
                heard.append((char) c);
            }
            return heard.toString();
        }

        /// What else the server says before it ends the connection.
        String hearsOut() throws IOException {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }

        void isOver() throws InterruptedException {
            assertTrue(session.join(LONG), "the session does not end");
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    @Test
    void whoReadsNothingIsHungUpOn() throws Exception {
        try (var call = new Call(Duration.ofMillis(1))) {
            call.says("HELP\r\n".repeat(400) + "EHLO a\r\n".repeat(400));
            call.isOver();
        }
        assertTrue(
                log.stream().anyMatch(line -> line.contains("disconnected reason=\"io-error")),
                log + "");
    }

    @Test
    void aProgramThatReadsNothingIsHungUpOn() throws Exception {
        var path = Files.createTempDirectory("link").resolve("socket");
        try (var door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            door.bind(UnixDomainSocketAddress.of(path));
            try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    var server = door.accept()) {
                var link = new UnixLink(server, queue.deadlines(), Duration.ofMillis(1));
                var thread = holds(link);
                client.configureBlocking(false);
                var commands = ByteBuffer.wrap(bytes("EHLO a\n".repeat(400)));
                long end = System.nanoTime() + LONG.toNanos();
                while (thread.isAlive() && System.nanoTime() < end) {
                    try {
                        client.write(commands);
                        commands.rewind();
                    } catch (IOException e) {
                        break; // the server has hung up
                    }
                    Thread.yield();
                }
                assertTrue(thread.join(LONG), "the session does not end");
            }
        } finally {
            Files.deleteIfExists(path);
            Files.deleteIfExists(path.getParent());
        }
    }

    /// Another link, of which something is noted.
    private static class Noted implements Link {
        private final Link link;
        final List<Integer> writes = new ArrayList<>();
        final List<Duration> patience = new ArrayList<>();

        Noted(Link link) {
            this.link = link;
        }

        @Override
        public int read(byte[] into, int from, int length, Duration given) throws IOException {
            patience.add(given);
            return link.read(into, from, length, given);
        }

        @Override
        public boolean hasArrived() throws IOException {
            return link.hasArrived();
        }

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            writes.add(length);
            link.write(bytes, length);
        }

        @Override
        public void stopHearing() {
            link.stopHearing();
        }

        @Override
        public void close() {
            link.close();
        }

        @Override
        public void closeGently() {
            link.closeGently();
        }
    }

    @Test
    void repliesThatWaitForABatchAreBounded() {
        var pipe = new Pipe(Integer.MAX_VALUE);
        pipe.send(bytes("EHLO a\r\n".repeat(400)));
        pipe.end();
        var link = new Noted(pipe);
        session(link, submissions, InstantSource.system()).run();
        int all = link.writes.stream().mapToInt(Integer::intValue).sum();
        assertTrue(all > 50_000, all + " bytes");
        int largest = Collections.max(link.writes);
        assertTrue(largest < 20_000, largest + " bytes in one write");
    }

    @Test
    void theBytesOfALineDoNotRenewItsPatience() {
        var pipe = new Pipe(1);
        pipe.send(bytes("NOOP " + "x".repeat(200) + "\r\n"));
        pipe.end();
        var link = new Noted(pipe);
        session(link, submissions, InstantSource.system()).run();
        var ofLine = link.patience.subList(0, 200);
        assertEquals(ofLine.stream().sorted(Comparator.reverseOrder()).toList(), ofLine);
        assertTrue(ofLine.getLast().compareTo(ofLine.getFirst()) < 0, ofLine + "");
    }

    @Test
    void whoIsBusyWithNothingIsNotWaitedForWithoutEnd() {
        for (var nothing :
                List.of(
                        "NOOP\r\n",
                        "RSET\r\n",
                        "MAIL FROM:<a@example.net>\r\nRSET\r\n",
                        "MAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\nRSET\r\n")) {
            var now = new AtomicReference<>(Instant.EPOCH);
            InstantSource clock = () -> now.updateAndGet(last -> last.plusSeconds(60));
            var pipe = new Pipe(Integer.MAX_VALUE);
            pipe.send(bytes("EHLO a\r\n"));
            for (int i = 0; i < 60; i++) {
                pipe.send(bytes(nothing));
            }
            pipe.end();
            session(pipe, submissions, clock).run();
            pipe.close();
            var heard = heard(pipe);
            assertTrue(heard.endsWith("421 4.4.2 Timeout\r\n"), heard);
        }
    }

    private static String heard(Pipe pipe) {
        try {
            return new String(pipe.received().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoBringsMessagesMayStayAsLongAsThereAreSome() {
        var now = new AtomicReference<>(Instant.EPOCH);
        InstantSource clock = () -> now.updateAndGet(last -> last.plusSeconds(20));
        var pipe = new Pipe(Integer.MAX_VALUE);
        pipe.send(bytes("EHLO a\r\n"));
        for (int i = 0; i < 50; i++) {
            pipe.send(bytes(GREETED.substring(8)));
            pipe.send(bytes("DATA\r\n"));
            pipe.send(bytes("X: y\r\n\r\nbody\r\n.\r\n"));
        }
        pipe.send(bytes("QUIT\r\n"));
        pipe.end();
        session(pipe, submissions, clock).run();
        pipe.close();
        assertTrue(heard(pipe).endsWith("221 2.0.0 Bye\r\n"));
        assertEquals(50, queue.kept().size());
        assertTrue(now.get().isAfter(Instant.EPOCH.plus(Dialogue.LIMITS.transaction())));
    }

    @Test
    void whoKeepsTheLastWayIntoTheQueueHasToMakeHaste() {
        var heard = slowly("x".repeat(998) + "\r\n");
        assertTrue(heard.endsWith("421 4.4.2 Too slow\r\n"), heard);
        assertTrue(heard.contains("354 "), heard);
    }

    @Test
    void whoKeepsNobodyWaitingMayBeSlow() {
        var heard = slowly("a line\r\n");
        assertTrue(heard.contains("\r\n250 2.0.0 a1b2"), heard);
    }

    /// What is said to a client that sends a hundred of `line`, ten times, one a second.
    private String slowly(String line) {
        var now = new AtomicReference<>(Instant.EPOCH);
        var pipe = new Pipe(Integer.MAX_VALUE);
        pipe.send(bytes(GREETED));
        pipe.send(bytes("DATA\r\n"));
        pipe.send(bytes("X: y\r\n\r\n"));
        for (int i = 0; i < 10; i++) {
            pipe.send(bytes(line.repeat(10)));
        }
        pipe.send(bytes(".\r\n"));
        pipe.send(bytes("QUIT\r\n"));
        pipe.end();
        // Each piece that comes is one look at the clock.
        InstantSource clock = () -> now.updateAndGet(last -> last.plusSeconds(9));
        session(pipe, submissions, clock).run();
        pipe.close();
        return heard(pipe);
    }

    @Test
    void aClientThatHasSaidAllMayEndItsSideAndStillHearsTheAnswers() throws Exception {
        try (var call = new Call(LONG)) {
            call.says(GREETED + "DATA\r\n");
            call.hearsUpTo("354 ");
            call.says("X: y\r\n\r\nbody\r\n.\r\nQUIT\r\n");
            call.client.shutdownOutput();
            var heard = call.hearsOut();
            assertTrue(heard.contains("\r\n250 2.0.0 "), heard);
            assertTrue(heard.endsWith("221 2.0.0 Bye\r\n"), heard);
            call.isOver();
        }
        assertEquals(1, queue.kept().size());
    }

    @Test
    void whatWasPipelinedIsAnsweredThoughTheClientHasEndedItsSide() throws Exception {
        try (var call = new Call(LONG)) {
            call.says(GREETED + "NOOP\r\nNOOP unfinished");
            call.client.shutdownOutput();
            var heard = call.hearsOut();
            assertTrue(heard.endsWith("Recipient ok\r\n250 2.0.0 Ok\r\n"), heard);
            call.isOver();
        }
        assertTrue(log.getLast().contains("disconnected reason=disconnect"), () -> log.getLast());
    }

    @Test
    void aContentThatEndsWithTheClientsSideIsNoMessage() throws Exception {
        try (var call = new Call(LONG)) {
            call.says(GREETED + "DATA\r\n");
            call.hearsUpTo("354 ");
            call.says("X: y\r\n\r\nbody\r\n.");
            call.client.shutdownOutput();
            var heard = call.hearsOut();
            assertFalse(heard.contains("\r\n250"), heard);
            call.isOver();
        }
        assertEquals(List.of(), queue.kept());
    }

    /// How a client vanishes.
    private enum Way {
        ENDED,
        RESET
    }

    @Test
    void nothingStaysOfAClientThatVanishes() throws Exception {
        var large = "X: y\r\n\r\n" + ("x".repeat(98) + "\r\n").repeat(3000);
        for (var way : Way.values()) {
            for (var said :
                    List.of(
                            List.of(""),
                            List.of("EH"),
                            List.of("EHLO a\r\n"),
                            List.of(GREETED),
                            List.of(GREETED + "DATA\r\n", "354 "),
                            List.of(GREETED + "DATA\r\n", "354 ", "X: y\r\n\r\nbody\r\n.\r"),
                            List.of(GREETED + "DATA\r\n", "354 ", large),
                            List.of(GREETED + "BDAT 1000000 LAST\r\n" + large),
                            List.of(GREETED + "BDAT 6\r\nX: y\r\n", "octets"))) {
                try (var call = new Call(LONG)) {
                    for (int i = 0; i < said.size(); i++) {
                        if (i == 1) {
                            call.hearsUpTo(said.get(i));
                        } else {
                            call.says(said.get(i));
                        }
                    }
                    if (way == Way.RESET) {
                        call.client.setSoLinger(true, 0);
                    }
                    call.client.close();
                    call.isOver();
                }
            }
        }
        assertEquals(List.of(), queue.kept());
        assertEquals(List.of(), log.stream().filter(line -> line.startsWith("bug")).toList());
        try (var _ = submissions.take()) {
            assertTrue(submissions.areFewLeft(), "the one way is free again");
        }
    }

    @Test
    void aQueueThatDoesNotKeepUpStopsTheReadingAndIsAnsweredForWithATemporaryError()
            throws Exception {
        var directory = Files.createTempDirectory("queue");
        var content = new Endless();
        try (var hearing =
                        Hearing.open(
                                directory.resolve("q"),
                                new Hearing.Audience.Anyone(),
                                10,
                                (channel, _) -> stall(channel, content),
                                REPORTS);
                var slow = new Submissions(directory.resolve("q"), 1, queue.deadlines())) {
            var thread =
                    Thread.ofVirtual()
                            .unstarted(session(content, slow, InstantSource.system())::run);
            content.session = thread;
            thread.start();
            assertTrue(thread.join(LONG), "the session does not end");
            assertTrue(hearing != null);
        } finally {
            Files.deleteIfExists(directory);
        }
        assertTrue(content.readWhenItWaited.get() < 4_000_000, content.readWhenItWaited + " bytes");
        assertTrue(content.heard().contains("\r\n451 "), content.heard());
    }

    private static final Hearing.Reports REPORTS =
            new Hearing.Reports() {
                @Override
                public void refused(java.nio.file.Path socket, String user) {}

                @Override
                public void broken(java.nio.file.Path socket, Throwable cause) {}
            };

    /// Says what a queue says first, and then hears nothing until the session waits for it.
    private void stall(SocketChannel channel, Endless content) throws IOException {
        var conversation =
                new Conversation<>(
                        channel, Submission.answers(), Submission.frames(), queue.deadlines());
        conversation.say(
                new Submission.Answer.Opened(new MessageId(1), Submission.Space.FREE), LONG);
        if (content.read.get() == 0) {
            var _ = conversation.hearWhenever(); // the way of small messages
            conversation.say(
                    new Submission.Answer.Reserved(
                            List.of(new MessageId(2)), Submission.Space.FREE),
                    LONG);
            var _ = conversation.hearWhenever();
            return;
        }
        long end = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() < end) {
            long read = content.read.get();
            if (read > 200_000 && content.session.getState() == Thread.State.WAITING) {
                content.readWhenItWaited.set(read);
                break;
            }
            Thread.onSpinWait();
        }
        content.over = true;
    }

    /// A client whose content ends only when it is told so, and that never makes the session wait.
    private static final class Endless implements Link {
        private final AtomicLong read = new AtomicLong();
        private final AtomicLong readWhenItWaited = new AtomicLong(Long.MAX_VALUE);
        private final StringBuilder said = new StringBuilder();
        private volatile boolean over;
        private volatile Thread session = Thread.currentThread();
        private int commands;

        String heard() {
            return said.toString();
        }

        @Override
        public int read(byte[] into, int from, int length, Duration patience) {
            var next =
                    switch (commands) {
                        case 0 -> GREETED;
                        case 1 -> "DATA\r\n";
                        case 2 -> "X: y\r\n\r\n";
                        default -> over ? ".\r\nQUIT\r\n" : "x".repeat(78) + "\r\n";
                    };
            commands++;
            if (commands > 3) {
                read.addAndGet(next.length());
            }
            System.arraycopy(bytes(next), 0, into, from, next.length());
            return next.length();
        }

        @Override
        public boolean hasArrived() {
            return false;
        }

        @Override
        public void write(byte[] bytes, int length) {
            said.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void stopHearing() {}

        @Override
        public void close() {}

        @Override
        public void closeGently() {}
    }
}
