package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.front.relay.Acquaintance.Kin;
import org.postern.front.srs.Senders;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.Mailbox;
import org.postern.mail.Outcome;
import org.postern.mail.ReversePath;

/// Mail out with a queue at one end and a next hop at the other.
class RelayTest {
    @TempDir private Path folder;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<Relay> started = new ArrayList<>();

    private static final String BEGIN =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250 next.example
            """;

    private static final String HEAD =
            """
            C: MAIL FROM:<ann@example.net>
            S: 250 Ok
            C: RCPT TO:<bob@example.org>
            S: 250 Ok
            C: DATA
            S: 354 go on
            """;

    private Relay start(Path socket, Plan plan) {
        var resolver = new Mailer.FakeResolver();
        var relay =
                new Relay(
                        socket,
                        new Mailer.Fixed(plan),
                        new Exchangers(resolver, (_, _) -> Kin.STRANGER, 25),
                        Mailer.kit(
                                new Log((_, line) -> log.add(line)),
                                resolver,
                                Mailer.PATIENT,
                                InstantSource.system()));
        started.add(relay);
        relay.start();
        return relay;
    }

    @AfterEach
    void stop() throws Exception {
        for (var relay : started) {
            relay.stop(Duration.ofSeconds(2));
        }
    }

    private static Work.Assignment.Try inline(int number, String content) {
        return new Work.Assignment.Try(
                List.of(Mailer.envelope(number, "bob@example.org")),
                new Work.Content.Inline(Chunk.of(content)));
    }

    @Test
    void workIsTakenDoneAndReported() throws Exception {
        var socket = folder.resolve("work.sock");
        try (var queue = new FakeQueue(socket);
                var peer =
                        ScriptedPeer.plays(
                                BEGIN + HEAD + "C: Hello.\nC: .\nS: 250 2.0.0 taken\n")) {
            start(socket, Mailer.to(peer));
            queue.give(inline(1, "Hello.\n"));
            var result = queue.results(1).getFirst();
            assertEquals(Mailer.envelope(1, "bob@example.org").id(), result.envelope());
            assertEquals(
                    "250 2.0.0 taken",
                    assertInstanceOf(Outcome.Delivered.class, result.outcome()).text());
        }
    }

    @Test
    void contentIsFetchedWhenItIsInvited() throws Exception {
        var socket = folder.resolve("work.sock");
        try (var queue = new FakeQueue(socket);
                var peer =
                        ScriptedPeer.plays(
                                BEGIN
                                        + HEAD
                                        + "C: one\nC: two\nC: three\nC: .\nS: 250 taken\n"
                                        + HEAD
                                        + "C: four\nC: .\nS: 250 taken\n"
                                        + "C: QUIT\nS: 221 bye\n")) {
            var relay = start(socket, Mailer.to(peer));
            queue.give(
                    new Work.Assignment.Try(
                            List.of(Mailer.envelope(1, "bob@example.org")),
                            new Work.Content.OnRequest(14)),
                    Chunk.of("one\ntw"),
                    Chunk.of("o\nth"),
                    Chunk.of("ree\n"));
            queue.results(1);
            queue.give(inline(2, "four\n"));
            assertInstanceOf(Outcome.Delivered.class, queue.results(1).getFirst().outcome());
            relay.stop(Duration.ofSeconds(60));
            peer.played();
        }
    }

    @Test
    void contentIsNotFetchedForNobody() throws Exception {
        var socket = folder.resolve("work.sock");
        try (var queue = new FakeQueue(socket);
                var peer =
                        ScriptedPeer.plays(
                                BEGIN
                                        + """
                                        C: MAIL FROM:<ann@example.net>
                                        S: 250 Ok
                                        C: RCPT TO:<bob@example.org>
                                        S: 550 5.1.1 nobody
                                        C: RSET
                                        S: 250 Ok
                                        """)) {
            start(socket, Mailer.to(peer));
            queue.give(
                    new Work.Assignment.Try(
                            List.of(Mailer.envelope(1, "bob@example.org")),
                            new Work.Content.OnRequest(14)));
            assertInstanceOf(Outcome.Failed.class, queue.results(1).getFirst().outcome());
        }
    }

    @Test
    void aPeerLostInTheContentLeavesTheQueueInOrder() throws Exception {
        var socket = folder.resolve("work.sock");
        try (var queue = new FakeQueue(socket);
                var peer =
                        ScriptedPeer.plays(
                                BEGIN + HEAD + "[close]\n",
                                BEGIN + HEAD + "C: Hello.\nC: .\nS: 250 taken\n")) {
            start(socket, Mailer.to(peer));
            var pieces = new Chunk[40];
            for (int i = 0; i < pieces.length; i++) {
                pieces[i] = Chunk.of("x".repeat(200_000) + "\n");
            }
            queue.give(
                    new Work.Assignment.Try(
                            List.of(Mailer.envelope(1, "bob@example.org")),
                            new Work.Content.OnRequest(40L * 200_001)),
                    pieces);
            assertInstanceOf(Outcome.Deferred.class, queue.results(1).getFirst().outcome());
            queue.give(inline(2, "Hello.\n"));
            assertInstanceOf(Outcome.Delivered.class, queue.results(1).getFirst().outcome());
        }
    }

    /// A large content goes out once for each sender, S36.
    @Test
    void aContentIsFetchedForEachSender() throws Exception {
        var socket = folder.resolve("work.sock");
        var second = HEAD.replace("ann@example.net", "cher@example.net");
        try (var queue = new FakeQueue(socket);
                var peer =
                        ScriptedPeer.plays(
                                BEGIN
                                        + HEAD
                                        + "C: one\nC: two\nC: .\nS: 250 first\n"
                                        + second.replace("bob", "eve")
                                        + "C: one\nC: two\nC: .\nS: 250 second\n"
                                        + "C: QUIT\nS: 221 bye\n")) {
            var plan = Mailer.to(peer);
            Senders senders =
                    (sender, share) ->
                            share.recipient().localPart().equals("eve")
                                    ? new ReversePath.Sender(new Mailbox("cher", "example.net"))
                                    : sender;
            var relay =
                    start(
                            socket,
                            new Plan(
                                    plan.target(),
                                    plan.helo(),
                                    plan.sources(),
                                    plan.naming(),
                                    senders,
                                    plan.watchers()));
            queue.give(
                    new Work.Assignment.Try(
                            List.of(
                                    Mailer.envelope(1, "bob@example.org"),
                                    Mailer.envelope(2, "eve@example.org")),
                            new Work.Content.OnRequest(8)),
                    Chunk.of("one\n"),
                    Chunk.of("two\n"));
            for (var result : queue.results(2)) {
                assertInstanceOf(Outcome.Delivered.class, result.outcome());
            }
            relay.stop(Duration.ofSeconds(60));
            peer.played();
        }
    }

    @Test
    void whoIsLostInTheContentIsReplacedByTheNextHost() throws Exception {
        var socket = folder.resolve("work.sock");
        var line = "x".repeat(900);
        try (var queue = new FakeQueue(socket);
                var first = ScriptedPeer.plays(BEGIN + HEAD + "C: " + line + "\n[close]\n");
                var second =
                        ScriptedPeer.plays(
                                BEGIN
                                        + HEAD
                                        + ("C: " + line + "\n").repeat(20_000)
                                        + "C: .\nS: 250 2.0.0 whole\n"
                                        + "C: QUIT\nS: 221 bye\n")) {
            var relay = start(socket, Mailer.to(first, second));
            var piece = Chunk.of((line + "\n").repeat(1000));
            queue.give(
                    new Work.Assignment.Try(
                            List.of(Mailer.envelope(1, "bob@example.org")),
                            new Work.Content.OnRequest(20L * piece.length())),
                    Collections.nCopies(20, piece).toArray(Chunk[]::new));
            assertEquals("250 2.0.0 whole", queue.results(1).getFirst().outcome().text());
            relay.stop(Duration.ofSeconds(60));
            first.played();
            second.played();
        }
    }

    @Test
    void aQueueThatGoesAwayIsFoundAgain() throws Exception {
        var socket = folder.resolve("work.sock");
        try (var peer =
                ScriptedPeer.plays(
                        BEGIN
                                + HEAD
                                + "C: a\nC: .\nS: 250 taken\n"
                                + HEAD
                                + "C: b\nC: .\nS: 250 taken\n")) {
            start(socket, Mailer.to(peer));
            try (var queue = new FakeQueue(socket)) {
                queue.give(inline(1, "a\n"));
                queue.results(1);
            }
            try (var queue = new FakeQueue(socket)) {
                queue.give(inline(2, "b\n"));
                queue.results(1);
            }
        }
    }

    @Test
    void stoppingLetsAnAttemptEnd() throws Exception {
        var socket = folder.resolve("work.sock");
        try (var queue = new FakeQueue(socket);
                var peer = ScriptedPeer.plays(BEGIN + HEAD + "C: a\nC: .\nS: 250 taken\n")) {
            var relay = start(socket, Mailer.to(peer));
            queue.give(inline(1, "a\n"));
            peer.visited();
            relay.stop(Duration.ofSeconds(60));
            assertInstanceOf(Outcome.Delivered.class, queue.results(1).getFirst().outcome());
            peer.played();
        }
    }

    @Test
    void manyRecipientsGetTheirResults() throws Exception {
        var socket = folder.resolve("work.sock");
        var envelopes = new ArrayList<Envelope>();
        var script = new StringBuilder(BEGIN + "C: MAIL FROM:<ann@example.net>\nS: 250 Ok\n");
        for (int i = 1; i <= 150; i++) {
            envelopes.add(Mailer.envelope(i, "user" + i + "@example.org"));
            script.append("C: RCPT TO:<user" + i + "@example.org>\nS: 250 Ok\n");
        }
        script.append("C: DATA\nS: 354 go on\nC: a\nC: .\nS: 250 taken\n");
        try (var queue = new FakeQueue(socket);
                var peer = ScriptedPeer.plays(script.toString())) {
            var relay = start(socket, Mailer.to(peer));
            queue.give(
                    new Work.Assignment.Try(envelopes, new Work.Content.Inline(Chunk.of("a\n"))));
            assertTrue(
                    queue.results(150).stream()
                            .allMatch(r -> r.outcome() instanceof Outcome.Delivered));
            assertEquals(150, relay.stats().get("mta.delivery.ok"));
        }
    }
}
