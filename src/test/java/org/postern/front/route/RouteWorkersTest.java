package org.postern.front.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.ipc.Accounts;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Outcome;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// The workers and the accounts over real sockets, with a queue and a delivery room that a test
/// plays.
class RouteWorkersTest {
    @TempDir Path folder;
    private final Deadlines deadlines = new Deadlines();
    private final LinkedBlockingQueue<Work.Assignment> due = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Work> said = new LinkedBlockingQueue<>();
    private Hearing queue;
    private RouteWorkers workers;

    private static final Hearing.Reports QUIET =
            new Hearing.Reports() {
                @Override
                public void refused(Path socket, String user) {
                    throw new AssertionError(user);
                }

                @Override
                public void broken(Path socket, Throwable cause) {
                    // The test sees what is missing.
                }
            };

    @BeforeEach
    void start() throws IOException {
        queue = openQueue();
        var routes =
                Routes.by(
                                """
                                action "home" maildir
                                action "out" relay
                                match from local for domain "here.example" action "home"
                                match from socket auth for domain "example.com" action "out"
                                """)
                        .users("bob");
        Router router =
                (facts, recipient, _, _) ->
                        recipient.domain().equals("lists.example")
                                ? crowd(recipient)
                                : routes.origin(facts.origin())
                                        .sender(facts.sender())
                                        .routing(recipient.toString());
        workers =
                new RouteWorkers(
                        folder.resolve("work.sock"),
                        () -> new RouteWorkers.Way("mx.example.org", router),
                        deadlines,
                        Log.silent());
        workers.start(1);
    }

    /// A list of as many members as its local part says, each named like it.
    private static Routing crowd(Mailbox list) {
        var share = new Share(list, list, "out", new Share.Destination.Remote(), Set.of(), "");
        int members = Integer.parseInt(list.localPart().replaceAll("-.*", ""));
        return new Routing.Accepted(Collections.nCopies(members, share));
    }

    private Hearing openQueue() throws IOException {
        return Hearing.open(
                folder.resolve("work.sock"),
                new Hearing.Audience.Anyone(),
                4,
                (channel, _) -> play(channel),
                QUIET);
    }

    private void play(SocketChannel channel) throws IOException {
        var worker = new Conversation<>(channel, Work.assignments(), Work.frames(), deadlines);
        while (true) {
            var word = worker.hear(Duration.ofSeconds(20));
            if (word instanceof Work.Ready(var lane)) {
                assertEquals(Work.Lane.ROUTE, lane);
                try {
                    worker.say(due.take());
                } catch (InterruptedException e) {
                    return;
                }
            } else {
                said.add(word);
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        workers.stop();
        queue.close();
    }

    private static Envelope envelope(String recipient) {
        var mailbox = Mailbox.parse(recipient).orElseThrow();
        return new Envelope(
                new EnvelopeId(0x1234567800000001L),
                new MessageFacts(
                        Routes.from("203.0.113.9"),
                        new ReversePath.Null(),
                        MessageFacts.DsnReturn.UNSAID,
                        ""),
                new Share(mailbox, mailbox, "", new Share.Destination.Unrouted(), Set.of(), ""),
                Instant.EPOCH,
                new Envelope.Progress.Untried());
    }

    private Work answerTo(String recipient) throws InterruptedException {
        due.add(
                new Work.Assignment.Try(
                        List.of(envelope(recipient)), new Work.Content.Inline(Chunk.EMPTY)));
        var word = said.poll(20, TimeUnit.SECONDS);
        if (word == null) {
            throw new AssertionError("nothing was said");
        }
        return word;
    }

    @Test
    void aNotificationIsRoutedAsMailOfThisMachine() throws InterruptedException {
        var home = assertInstanceOf(Work.Routed.class, answerTo("bob@here.example"));
        assertEquals(
                new Share.Destination.Account("bob", ""), home.shares().getFirst().destination());
        var away = assertInstanceOf(Work.Routed.class, answerTo("u@example.com"));
        assertEquals("out", away.shares().getFirst().action());
    }

    @Test
    void aNotificationForNobodyHasFailed() throws InterruptedException {
        var report = assertInstanceOf(Work.Report.class, answerTo("eve@here.example"));
        assertEquals(
                new Outcome.Failed(
                        new EnhancedStatus(5, 1, 1), "Invalid recipient: <eve@here.example>", ""),
                report.results().getFirst().outcome());
    }

    @Test
    void aListThatFitsIntoAWordIsRouted() throws InterruptedException {
        var routed = assertInstanceOf(Work.Routed.class, answerTo("9000@lists.example"));
        assertEquals(9000, routed.shares().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10001@lists.example",
                "9000-a-list-of-names-that-are-long-enough@lists.example"
            })
    void aListTooLongForAWordHasFailed(String list) throws InterruptedException {
        var report = assertInstanceOf(Work.Report.class, answerTo(list));
        assertEquals(
                new Outcome.Failed(
                        new EnhancedStatus(5, 2, 4),
                        "Mailing list expansion problem: <" + list + ">",
                        ""),
                report.results().getFirst().outcome());
    }

    @Test
    void workersWaitForAQueueThatIsAway() throws Exception {
        answerTo("bob@here.example");
        queue.close();
        queue = openQueue();
        assertInstanceOf(Work.Routed.class, answerTo("bob@here.example"));
    }

    @Test
    void accountsAreAskedOverOneConversationThatIsKept() throws IOException {
        var conversations = new AtomicInteger();
        var socket = folder.resolve("accounts.sock");
        var hearing = openAccounts(socket, conversations, Integer.MAX_VALUE);
        try (var accounts = new DeliveryAccounts(socket, deadlines, 2)) {
            for (int i = 0; i < 5; i++) {
                assertEquals(
                        new Accounts.Answer.NoForward(),
                        accounts.ask(new Accounts.Of("home", "bob" + i)));
            }
            assertEquals(
                    new Accounts.Answer.NoAccount(), accounts.ask(new Accounts.Of("home", "eve")));
        }
        assertEquals(1, conversations.get());
        hearing.close();
    }

    @Test
    void aDeliveryRoomThatWasRestartedIsAskedAgain() throws IOException {
        var conversations = new AtomicInteger();
        var socket = folder.resolve("accounts.sock");
        var hearing = openAccounts(socket, conversations, 1);
        try (var accounts = new DeliveryAccounts(socket, deadlines, 2)) {
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        new Accounts.Answer.NoForward(),
                        accounts.ask(new Accounts.Of("home", "bob" + i)));
            }
        }
        assertEquals(3, conversations.get());
        hearing.close();
    }

    @Test
    void aDefiniteAnswerIsRememberedForASecond() throws IOException {
        var conversations = new AtomicInteger();
        var now = new AtomicLong(Long.MAX_VALUE - 5);
        var socket = folder.resolve("accounts.sock");
        var hearing = openAccounts(socket, conversations, 1);
        try (var accounts = new DeliveryAccounts(socket, deadlines, 2, now::get)) {
            var question = new Accounts.Of("home", "bob");
            assertEquals(new Accounts.Answer.NoForward(), accounts.ask(question));
            now.addAndGet(999_999_999);
            assertEquals(new Accounts.Answer.NoForward(), accounts.ask(question));
            assertEquals(1, conversations.get());
            now.addAndGet(1);
            assertEquals(new Accounts.Answer.NoForward(), accounts.ask(question));
            assertEquals(2, conversations.get());
        }
        hearing.close();
    }

    @Test
    void thatDeliveryCouldNotSayIsNotRemembered() throws IOException {
        var socket = folder.resolve("accounts.sock");
        var question = new Accounts.Of("home", "bob");
        try (var accounts = new DeliveryAccounts(socket, deadlines, 2, () -> 0)) {
            assertInstanceOf(Accounts.Answer.Unavailable.class, accounts.ask(question));
            var hearing = openAccounts(socket, new AtomicInteger(), 1);
            assertEquals(new Accounts.Answer.NoForward(), accounts.ask(question));
            hearing.close();
        }
    }

    @Test
    void aDeliveryRoomThatIsAwayIsNotNobody() {
        try (var accounts = new DeliveryAccounts(folder.resolve("none.sock"), deadlines, 2)) {
            assertInstanceOf(
                    Accounts.Answer.Unavailable.class,
                    accounts.ask(new Accounts.Of("home", "bob")));
        }
    }

    /// A delivery room that knows everybody but eve, and hangs up after so many answers.
    private Hearing openAccounts(Path socket, AtomicInteger conversations, int answers)
            throws IOException {
        return Hearing.open(
                socket,
                new Hearing.Audience.Anyone(),
                4,
                (channel, _) -> {
                    conversations.incrementAndGet();
                    var front =
                            new Conversation<>(
                                    channel, Accounts.answers(), Accounts.frames(), deadlines);
                    for (int i = 0; i < answers; i++) {
                        var unknown =
                                front.hear(Duration.ofSeconds(20))
                                        .equals(new Accounts.Of("home", "eve"));
                        front.say(
                                unknown
                                        ? new Accounts.Answer.NoAccount()
                                        : new Accounts.Answer.NoForward());
                        front.flush();
                    }
                },
                QUIET);
    }
}
