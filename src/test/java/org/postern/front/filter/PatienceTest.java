package org.postern.front.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.config.FilterProcess.Side;
import org.postern.mail.SessionId;

/// How long a program is waited for, and what becomes of others meanwhile. The limits are short
/// here, and nothing depends on how short.
class PatienceTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int ROOM = 100_000;
    private static final String REGISTRATION =
            """
            register|filter|smtp-in|commit
            register|filter|smtp-in|data-line
            register|ready
            """;

    @TempDir Path directory;
    private ServerSocketChannel server;
    private SocketChannel program;
    private BufferedReader asked;
    private Link link;
    private final CountDownLatch ended = new CountDownLatch(1);

    @BeforeEach
    void connect() throws Exception {
        var address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(address);
        var ours = SocketChannel.open(address);
        program = server.accept();
        asked =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(program), StandardCharsets.ISO_8859_1));
        link = new Link(ours, _ -> {}, ROOM);
        say(REGISTRATION);
        link.greet("config|ready\n");
        assertEquals("config|ready", asked.readLine());
        Thread.ofVirtual()
                .start(
                        () -> {
                            link.live();
                            ended.countDown();
                        });
    }

    @AfterEach
    void close() throws Exception {
        link.close("over");
        program.close();
        server.close();
    }

    private void say(String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            program.write(bytes);
        }
    }

    private Seat seat(long session) {
        var seat = new Seat(link, new SessionId(session), Side.SMTP_IN, _ -> {});
        seat.take();
        return seat;
    }

    private static Answer ask(Seat seat, Duration patience) throws InterruptedException {
        return seat.ask(Instant.EPOCH, Point.COMMIT, "", patience);
    }

    @Test
    void theUsualLimitsAreAMinuteAndFive() {
        assertEquals(new Patience(Duration.ofSeconds(60), Duration.ofSeconds(300)), Patience.USUAL);
    }

    @Test
    void aProgramThatDoesNotAnswerHarmsThatQuestion() throws Exception {
        var seat = seat(1);
        assertEquals(new Answer.None("it does not answer in time"), ask(seat, SHORT));
        assertEquals("", seat.failure());
    }

    @Test
    void aLateAnswerIsNoMistake() throws Exception {
        var seat = seat(1);
        assertInstanceOf(Answer.None.class, ask(seat, SHORT));
        var token = asked.readLine().split("\\|", -1)[6];
        say("filter-result|1|" + token + "|proceed\n");
        var next = new Answer[1];
        var asking = Thread.ofVirtual().start(() -> next[0] = answered(seat));
        var again = asked.readLine().split("\\|", -1)[6];
        say("filter-result|1|" + again + "|junk\n");
        asking.join();
        assertEquals(new Answer.Junk(), next[0]);
    }

    private static Answer answered(Seat seat) {
        try {
            return ask(seat, LONG);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void threeSilencesEndTheConnection() throws Exception {
        for (int i = 1; i <= 3; i++) {
            assertInstanceOf(Answer.None.class, ask(seat(i), SHORT));
        }
        assertTrue(ended.await(30, java.util.concurrent.TimeUnit.SECONDS));
        assertEquals("it does not answer", link.end());
    }

    @Test
    void aContentThatIsNotGivenBackIsGivenUp() throws Exception {
        var passage =
                new Passage(List.of(seat(1)), ROOM, (_, _, _) -> {}, SHORT, () -> Instant.EPOCH);
        try (passage) {
            var message = "Subject: hi\n".getBytes(StandardCharsets.US_ASCII);
            passage.take(message, 0, message.length);
            assertEquals(Optional.of("it does not give the content back in time"), passage.end());
        }
    }

    @Test
    void aContentThatNobodyTakesDoesNotKeepOthersWaiting() throws Exception {
        var stage = seat(1).begin(Long.MAX_VALUE);
        assertTrue(stage.put("\n".getBytes(StandardCharsets.US_ASCII), LONG));
        var line =
                "filter-dataline|1|"
                        + Long.toHexString(stage.token())
                        + '|'
                        + "x".repeat(1000)
                        + '\n';
        var giver =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        say(line.repeat(2 * ROOM / 1000));
                                        asked.readLine();
                                        var words = asked.readLine().split("\\|", -1);
                                        say("filter-result|2|" + words[6] + "|proceed\n");
                                    } catch (IOException e) {
                                        link.close("a test that went wrong");
                                    }
                                });
        assertEquals(new Answer.Proceed(), ask(seat(2), LONG));
        assertInstanceOf(Stage.Out.Lost.class, stage.next(LONG));
        giver.join();
    }
}
