package org.postern.front.server;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.postern.front.server.Reception.Trait;
import org.postern.log.Log;
import org.postern.mail.SessionId;

/// What holds for sessions whatever is said in them.
class SessionTest {
    private static final String GREETED =
            "EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<bob@example.org>\r\n";

    private final List<String> log = new CopyOnWriteArrayList<>();

    private Session session(Link link, Submissions submissions, InstantSource clock) {
        return new Session(
                new SessionId(1),
                link,
                new Reception(
                        "mx.example.org", "", "", Set.of(Trait.OFFERS_DSN), new Protection.None()),
                Peers.CLIENT,
                new Means(
                        Dialogue.LIMITS,
                        new Rules(),
                        org.postern.front.filter.Filters.none(),
                        submissions,
                        new Logins.Nobodys(),
                        new Traffic(),
                        new Log((_, line) -> log.add(line)),
                        clock));
    }

    /// All that the server says to `said`, which comes in pieces of at most `piece` bytes.
    private String answers(byte[] said, int piece, FakeQueue queue) throws IOException {
        var pipe = new Pipe(piece);
        pipe.send(said);
        pipe.end();
        try (var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            session(pipe, submissions, InstantSource.fixed(Dialogue.NOW)).run();
        }
        pipe.close();
        return new String(
                pipe.received().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Test
    void aBatchOfCommandsIsAnsweredByOneWrite() throws Exception {
        var dialogue = new Dialogue();
        dialogue.reads(
                """
                S: 220 mx.example.org ESMTP Postern
                C: HELO a
                C: MAIL FROM:<a@b.c>
                C: RCPT TO:<bob@example.org>
                C: RCPT TO:<carol@example.org>
                C: RSET
                S: 250 mx.example.org Hello a [192.0.2.10], pleased to meet you
                S: 250 2.0.0 Ok
                S: 250 2.1.5 Destination address valid: Recipient ok
                S: 250 2.1.5 Destination address valid: Recipient ok
                S: 250 2.0.0 Reset state
                C: QUIT
                S: 221 2.0.0 Bye
                """);
        Assertions.assertEquals(3, dialogue.writes());
    }

    @Test
    void noiseEndsNothingButItsSession() throws Exception {
        var words =
                List.of(
                        "EHLO a",
                        "MAIL FROM:<a@b.c>",
                        "RCPT TO:<bob@example.org>",
                        "DATA",
                        ".",
                        "QUIT",
                        "RSET",
                        "\r\n",
                        "\r\n",
                        "\r\n",
                        "\n",
                        "\r",
                        "\0",
                        "X: y",
                        "\u00ff",
                        "<",
                        ">",
                        "@",
                        " ",
                        ":",
                        "NOTIFY=NEVER",
                        "x".repeat(700),
                        "HELO");
        try (var queue = new FakeQueue()) {
            for (int seed = 0; seed < 1500; seed++) {
                var random = new Random(seed);
                var said = new StringBuilder();
                for (int i = random.nextInt(40); i >= 0; i--) {
                    said.append(words.get(random.nextInt(words.size())));
                }
                var bytes = said.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
                var heard = answers(bytes, 1 + random.nextInt(50), queue);
                for (var line : heard.split("\r\n", -1)) {
                    Assertions.assertTrue(
                            line.isEmpty() || line.matches("[2-5][0-9][0-9][ -][ -~]*"),
                            "seed " + seed + ": " + line);
                }
            }
            Assertions.assertEquals(List.of(), queue.broken());
        }
        Assertions.assertEquals(
                List.of(), log.stream().filter(line -> line.contains("bug")).toList());
    }

    @Test
    void whoBringsNoMailIsSentAway() throws Exception {
        try (var queue = new FakeQueue()) {
            var said = "EHLO a\r\n" + "NOOP\r\n".repeat(600);
            var bytes = said.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            var heard = answers(bytes, 1000, queue);
            Assertions.assertTrue(
                    heard.endsWith("250 2.0.0 Ok\r\n421 4.7.0 Too many commands and no mail\r\n"),
                    heard.substring(heard.length() - 100));
            Assertions.assertEquals(500, heard.split("250 2.0.0 Ok\r\n", -1).length - 1);
        }
    }

    @Test
    void aSlowContentIsCutOff() throws Exception {
        // Each look at the clock, which comes with each piece, finds two minutes gone.
        var now = new AtomicReference<>(Instant.EPOCH);
        InstantSource clock = () -> now.updateAndGet(last -> last.plusSeconds(120));
        var heard = heard(clock, "x".repeat(50).replace("x", "a line\r\n"));
        Assertions.assertTrue(heard.endsWith("421 4.4.2 Too slow\r\n"), heard);
    }

    @Test
    void aTransactionThatNeverEndsIsEnded() throws Exception {
        var now = new AtomicReference<>(Instant.EPOCH);
        InstantSource clock = () -> now.updateAndGet(last -> last.plus(Duration.ofMinutes(20)));
        var pipe = new Pipe(1000);
        for (int i = 0; i < 100; i++) {
            pipe.send(
                    (i == 0 ? GREETED : "NOOP\r\n")
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        pipe.end();
        var heard = run(pipe, clock);
        Assertions.assertTrue(heard.endsWith("421 4.4.2 Timeout\r\n"), heard);
    }

    private String heard(InstantSource clock, String content) throws IOException {
        var pipe = new Pipe(20);
        pipe.send((GREETED).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        pipe.send("DATA\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        pipe.send(content.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        pipe.end();
        return run(pipe, clock);
    }

    private String run(Pipe pipe, InstantSource clock) throws IOException {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            session(pipe, submissions, clock).run();
        }
        pipe.close();
        return new String(
                pipe.received().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Test
    void aSourceHasOnlySoManyPlaces() {
        var places = new Places(3, 2);
        Assertions.assertEquals(Places.Found.PLACE, places.take("a"));
        Assertions.assertEquals(Places.Found.PLACE, places.take("a"));
        Assertions.assertEquals(Places.Found.TOO_MANY_OF_ITS_OWN, places.take("a"));
        Assertions.assertEquals(Places.Found.PLACE, places.take("b"));
        Assertions.assertEquals(Places.Found.ALL_TAKEN, places.take("c"));
        places.leave("a");
        Assertions.assertEquals(Places.Found.PLACE, places.take("a"));
        Assertions.assertEquals(3, places.all());
    }
}
