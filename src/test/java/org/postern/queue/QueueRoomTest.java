package org.postern.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.control.Order;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Deaths;
import org.postern.ipc.Hearing;
import org.postern.ipc.HungUp;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.ipc.Submission;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.mail.Outcome;
import org.postern.mail.Share;

/// The room over its sockets, as the other rooms meet it.
@Timeout(60)
class QueueRoomTest {
    private static final long DRAFT_MEMORY = 16 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Outcome DELIVERED =
            new Outcome.Delivered(new EnhancedStatus(2, 0, 0), "Delivered", Outcome.Onward.HOME);

    @TempDir Path dir;
    private final Deadlines deadlines = new Deadlines();
    private final List<AutoCloseable> open = new ArrayList<>();

    private final Map<Conversation<Submission, Submission.Answer>, MessageId> next =
            new IdentityHashMap<>();

    private Place place;
    private UserPrincipal me;
    private InstantSource clock = InstantSource.system();
    private QueueRoom room;

    @BeforeEach
    void openRoom() throws Exception {
        place = new Place(dir.resolve("smtpd.conf"), dir.resolve("spool"), dir.resolve("run"));
        Files.createDirectories(place.spool());
        me =
                FileSystems.getDefault()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name"));
        start(Set.of(me), Set.of(me));
    }

    private void start(Set<UserPrincipal> front, Set<UserPrincipal> delivery) throws Exception {
        start("", front, delivery);
    }

    private void start(String settings, Set<UserPrincipal> front, Set<UserPrincipal> delivery)
            throws Exception {
        room =
                new QueueRoom(
                        place,
                        Configs.of(
                                settings
                                        + """
                                        action "home" maildir
                                        action "out" relay
                                        match for local action "home"
                                        """),
                        Log.silent(),
                        deadlines,
                        clock,
                        new QueueRoom.Peers(front, delivery, new Hearing.Audience.Only(Set.of(me))),
                        DRAFT_MEMORY);
        room.start();
    }

    @AfterEach
    void close() throws Exception {
        for (var one : open) {
            one.close();
        }
        room.stop(Duration.ZERO);
    }

    private Conversation<Submission, Submission.Answer> submit() throws IOException {
        var conversation =
                new Conversation<>(
                        Hearing.connect(place.submissionIntoQueueSocket()),
                        Submission.frames(),
                        Submission.answers(),
                        deadlines);
        open.add(conversation);
        var opened = assertInstanceOf(Submission.Answer.Opened.class, conversation.hear(PATIENCE));
        next.put(conversation, opened.next());
        return conversation;
    }

    private void begin(Conversation<Submission, Submission.Answer> conversation)
            throws IOException {
        var id = Objects.requireNonNull(next.get(conversation));
        conversation.say(new Submission.Begin(id, Mail.from("ann@example.net")));
    }

    private Submission.Answer.Committed commit(
            Conversation<Submission, Submission.Answer> conversation,
            Chunk content,
            Share... shares)
            throws IOException {
        begin(conversation);
        for (var share : shares) {
            conversation.say(new Submission.Add(share));
        }
        for (int at = 0; at < content.length(); at += 50_000) {
            conversation.say(
                    new Submission.Append(
                            content.slice(at, Math.min(content.length(), at + 50_000))));
        }
        conversation.say(new Submission.Commit(content.length()));
        var answer =
                assertInstanceOf(Submission.Answer.Committed.class, conversation.hear(PATIENCE));
        next.put(conversation, answer.next());
        return answer;
    }

    private Conversation<Work, Work.Assignment> worker() throws IOException {
        var conversation =
                new Conversation<>(
                        Hearing.connect(place.workSocket()),
                        Work.frames(),
                        Work.assignments(),
                        deadlines);
        open.add(conversation);
        return conversation;
    }

    private Work.Assignment.Try next(Conversation<Work, Work.Assignment> worker, Work.Lane lane)
            throws IOException {
        worker.say(new Work.Ready(lane));
        return assertInstanceOf(Work.Assignment.Try.class, worker.hear(PATIENCE));
    }

    private List<String> listing() throws IOException {
        var lines = new ArrayList<String>();
        order(new Order.ShowQueue(new Order.Selection.All()), lines);
        return lines;
    }

    private Order.Answer order(Order order, List<String> lines) throws IOException {
        try (var conversation =
                new Conversation<>(
                        Hearing.connect(place.controlSocket(Room.QUEUE)),
                        Order.frames(),
                        Order.answers(),
                        deadlines)) {
            conversation.say(order);
            while (true) {
                var answer = conversation.hear(PATIENCE);
                if (!(answer instanceof Order.Answer.Line(var text))) {
                    return answer;
                }
                lines.add(text);
            }
        }
    }

    @Test
    void aMessageIsTakenInTriedAndDone() throws Exception {
        var content = Chunk.of("Subject: hello\n\nworld\n");
        var committed = commit(submit(), content, Mail.home("bob@example.org"));
        var worker = worker();
        var assignment = next(worker, Work.Lane.LOCAL);
        var envelope = assignment.envelopes().getFirst();
        assertEquals(committed.envelopes(), List.of(envelope.id()));
        assertEquals(new Work.Content.Inline(content), assignment.content());
        worker.say(new Work.Report(List.of(new Work.Result(envelope.id(), DELIVERED))));
        worker.say(new Work.Ready(Work.Lane.LOCAL));
        worker.flush();
        var second = commit(submit(), content, Mail.home("carol@example.org"));
        var other = assertInstanceOf(Work.Assignment.Try.class, worker.hear(PATIENCE));
        assertEquals(second.envelopes(), List.of(other.envelopes().getFirst().id()));
        assertEquals(1, listing().size());
    }

    @Test
    void anOrderForWhatIsNotInTheQueueIsRefused() throws Exception {
        var id = EnvelopeId.parse("5c8e01d27a90b3f4").orElseThrow();
        var one = new Order.Selection.One(id);
        var message = new Order.Selection.OfMessage(id.message());
        for (var order :
                List.of(
                        new Order.ShowQueue(message),
                        new Order.Remove(one),
                        new Order.Schedule(one),
                        new Order.Hold(message),
                        new Order.Release(message))) {
            assertInstanceOf(Order.Answer.Refused.class, order(order, new ArrayList<>()));
        }
        assertEquals(
                new Order.Answer.Done(0),
                order(new Order.Remove(new Order.Selection.All()), new ArrayList<>()));
    }

    @Test
    void smallMessagesForOneMaildirAreGivenOutTogether() throws Exception {
        order(new Order.Pause(Order.Traffic.MDA), new ArrayList<>());
        commit(submit(), Chunk.of("Subject: one\n"), Mail.home("bob@example.org"));
        commit(submit(), Chunk.of("Subject: two\n"), Mail.home("bob@example.org"));
        order(new Order.Resume(Order.Traffic.MDA), new ArrayList<>());
        var worker = worker();
        var first = next(worker, Work.Lane.LOCAL);
        var second = assertInstanceOf(Work.Assignment.Try.class, worker.hear(PATIENCE));
        assertEquals(List.of(1, 0), List.of(first.following(), second.following()));
        assertEquals(new Work.Content.Inline(Chunk.of("Subject: two\n")), second.content());
        worker.say(
                new Work.Report(
                        Stream.of(first, second)
                                .map(work -> work.envelopes().getFirst().id())
                                .map(id -> new Work.Result(id, DELIVERED))
                                .toList()));
        worker.say(new Work.Ready(Work.Lane.LOCAL));
        worker.flush();
        while (!listing().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private static Submission.Whole whole(MessageId id, String subject) {
        return new Submission.Whole(
                id,
                Mail.from("ann@example.net"),
                List.of(Mail.out("bob@example.com")),
                Chunk.of("Subject: " + subject + "\n"));
    }

    private List<MessageId> reserve(Conversation<Submission, Submission.Answer> conversation)
            throws IOException {
        conversation.say(new Submission.Reserve());
        return assertInstanceOf(Submission.Answer.Reserved.class, conversation.hear(PATIENCE))
                .ids();
    }

    @Test
    void aWholeMessageOfTheLargestSizeIsTakenWithWhatFrontAddsToIt() throws Exception {
        room.stop(Duration.ZERO);
        start("smtp max-message-size 100\n", Set.of(me), Set.of(me));
        var conversation = submit();
        var id = reserve(conversation).getFirst();
        conversation.say(whole(id, "x".repeat(300)));
        assertInstanceOf(Submission.Answer.Committed.class, conversation.hear(PATIENCE));
    }

    @Test
    void wholeMessagesAreAnsweredInTheirOrder() throws Exception {
        var conversation = submit();
        var ids = reserve(conversation);
        for (var id : ids) {
            conversation.say(whole(id, "hello"));
        }
        for (var id : ids) {
            var answer =
                    assertInstanceOf(
                            Submission.Answer.Committed.class, conversation.hear(PATIENCE));
            assertEquals(id, answer.envelopes().getFirst().message());
            conversation.say(whole(answer.next(), "again"));
        }
        for (int i = 0; i < ids.size(); i++) {
            assertInstanceOf(Submission.Answer.Committed.class, conversation.hear(PATIENCE));
        }
        assertEquals(2 * ids.size(), listing().size());
    }

    /// Else it would take mail in, and neither answer nor deliver it.
    @Test
    void aBugInTheThreadThatAnswersForWholeMessagesEndsTheRoom() throws Exception {
        close();
        var bug = new IllegalStateException("planted");
        clock =
                () -> {
                    if (Thread.currentThread().getName().equals("answers")) {
                        throw bug;
                    }
                    return Instant.now();
                };
        start(Set.of(me), Set.of(me));
        try (var deaths = new Deaths()) {
            var conversation = submit();
            conversation.say(whole(reserve(conversation).getFirst(), "hello"));
            conversation.flush();
            assertSame(bug, deaths.next());
        }
    }

    @Test
    void aReservedIdMayBeUsedInAnotherConversation() throws Exception {
        var id = reserve(submit()).getLast();
        var other = submit();
        next.put(other, id);
        var committed = commit(other, Mail.content(1, 600_000), Mail.out("bob@example.com"));
        assertEquals(id, committed.envelopes().getFirst().message());
        assertNotEquals(id, committed.next());
        commit(other, Mail.content(1, 100), Mail.out("bob@example.com"));
    }

    @Test
    void anIdIsUsedOnce() throws Exception {
        var convoy = submit();
        var id = reserve(convoy).getLast();
        var other = submit();
        next.put(other, id);
        commit(other, Mail.content(1, 100), Mail.out("bob@example.com"));
        convoy.say(whole(id, "again"));
        assertThrows(HungUp.class, () -> convoy.hear(PATIENCE));
    }

    @Test
    void aMessageWithAnIdThatWasNotGivenOutEndsItsConversation() throws Exception {
        var conversation = submit();
        next.put(conversation, new MessageId(7));
        begin(conversation);
        assertThrows(HungUp.class, () -> conversation.hear(PATIENCE));
    }

    @Test
    void idsAreGoodForAsLongAsTheirConversation() throws Exception {
        var convoy = submit();
        var id = reserve(convoy).getLast();
        convoy.say(new Submission.Add(Mail.out("bob@example.com")));
        assertThrows(HungUp.class, () -> convoy.hear(PATIENCE));
        var other = submit();
        next.put(other, id);
        begin(other);
        assertThrows(HungUp.class, () -> other.hear(PATIENCE));
    }

    @Test
    void thereAreOnlySoManyIds() throws Exception {
        var convoy = submit();
        int given = 1;
        var ids = reserve(convoy);
        while (!ids.isEmpty()) {
            given += ids.size();
            ids = reserve(convoy);
        }
        assertEquals(Ids.MOST, given);
        commit(submit(), Mail.content(1, 100), Mail.out("bob@example.com"));
    }

    @Test
    void aWholeMessageWithAnIdThatWasNotReservedEndsTheConversation() throws Exception {
        var conversation = submit();
        var id = reserve(conversation).getFirst();
        conversation.say(whole(id, "first"));
        conversation.say(whole(id, "second"));
        assertInstanceOf(Submission.Answer.Committed.class, conversation.hear(PATIENCE));
        assertThrows(HungUp.class, () -> conversation.hear(PATIENCE));
        assertEquals(1, listing().size());
    }

    @Test
    void aWholeMessageThatIsTooLongIsRefusedAndItsIdIsGoodForAnother() throws Exception {
        var conversation = submit();
        var id = reserve(conversation).getFirst();
        var text = "x".repeat(Submission.Whole.LONGEST_CONTENT);
        conversation.say(whole(id, text));
        var answer = assertInstanceOf(Submission.Answer.Refused.class, conversation.hear(PATIENCE));
        conversation.say(whole(answer.next(), "short"));
        assertInstanceOf(Submission.Answer.Committed.class, conversation.hear(PATIENCE));
    }

    @Test
    void whatIsNotDoneIsThereAfterARestart() throws Exception {
        var content = Mail.content(1, 600_000);
        var committed =
                commit(submit(), content, Mail.out("bob@example.com"), Mail.out("eve@example.com"));
        close();
        open.clear();
        start(Set.of(me), Set.of(me));
        var worker = worker();
        var assignment = next(worker, Work.Lane.RELAY);
        assertEquals(
                Set.copyOf(committed.envelopes()),
                Set.of(assignment.envelopes().get(0).id(), assignment.envelopes().get(1).id()));
        assertEquals(new Work.Content.OnRequest(600_000), assignment.content());
        assertEquals(content, fetched(worker));
    }

    private Chunk fetched(Conversation<Work, Work.Assignment> worker) throws IOException {
        worker.say(new Work.Fetch());
        var bytes = new java.io.ByteArrayOutputStream();
        while (true) {
            switch (worker.hear(PATIENCE)) {
                case Work.Assignment.Piece(var piece) -> piece.writeTo(bytes);
                case Work.Assignment.LastPiece(var piece) -> {
                    piece.writeTo(bytes);
                    return Chunk.handOver(bytes.toByteArray());
                }
                case Work.Assignment.Try _ -> throw new AssertionError("a Try after Fetch");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 600_000})
    void aContentIsFetchedAsOftenAsItsEnvelopesMayNeedItAndNoMore(int length) throws Exception {
        var content = Mail.content(1, length);
        commit(submit(), content, Mail.out("bob@example.com"), Mail.out("eve@example.com"));
        var worker = worker();
        assertEquals(2, next(worker, Work.Lane.RELAY).envelopes().size());
        for (int i = 0; i < 2 + Work.Fetch.SPARE; i++) {
            assertEquals(content, fetched(worker));
        }
        assertThrows(HungUp.class, () -> fetched(worker));
    }

    @Test
    void aContentThatCameWithTheWorkIsNotFetched() throws Exception {
        commit(submit(), Chunk.of("\n"), Mail.out("bob@example.com"));
        var worker = worker();
        next(worker, Work.Lane.RELAY);
        assertThrows(HungUp.class, () -> fetched(worker));
    }

    @Test
    void aContentThatIsRemovedWhileItIsInHandIsNotFetchedAgain() throws Exception {
        var content = Mail.content(1, 600_000);
        var ids = commit(submit(), content, Mail.out("bob@example.com")).envelopes();
        var worker = worker();
        next(worker, Work.Lane.RELAY);
        assertEquals(content, fetched(worker));
        order(new Order.Remove(new Order.Selection.One(ids.getFirst())), new ArrayList<>());
        assertThrows(HungUp.class, () -> fetched(worker));
    }

    @Test
    void aReportOnAnEnvelopeThatWasNotGivenEndsTheConversation() throws Exception {
        commit(submit(), Chunk.of("\n"), Mail.home("bob@example.org"));
        var foreign =
                commit(submit(), Chunk.of("\n"), Mail.out("eve@example.com"))
                        .envelopes()
                        .getFirst();
        var worker = worker();
        next(worker, Work.Lane.LOCAL);
        worker.say(new Work.Report(List.of(new Work.Result(foreign, DELIVERED))));
        assertThrows(HungUp.class, () -> worker.hear(PATIENCE));
        assertEquals(2, listing().size());
    }

    @Test
    void frontGetsNoLocalWork() throws Exception {
        close();
        open.clear();
        start(Set.of(me), Set.of());
        commit(submit(), Chunk.of("\n"), Mail.home("bob@example.org"));
        var worker = worker();
        worker.say(new Work.Ready(Work.Lane.LOCAL));
        assertThrows(HungUp.class, () -> worker.hear(PATIENCE));
    }

    @Test
    void hangingUpBeforeCommitQueuesNothing() throws Exception {
        var conversation = submit();
        begin(conversation);
        conversation.say(new Submission.Add(Mail.home("bob@example.org")));
        conversation.say(new Submission.Append(Chunk.of("hello\n")));
        conversation.flush();
        conversation.close();
        assertEquals(List.of(), listing());
    }

    @Test
    void aLengthThatIsNotWhatWasAppendedQueuesNothing() throws Exception {
        var conversation = submit();
        begin(conversation);
        conversation.say(new Submission.Add(Mail.home("bob@example.org")));
        conversation.say(new Submission.Append(Chunk.of("hello\n")));
        conversation.say(new Submission.Commit(5));
        var refused =
                assertInstanceOf(Submission.Answer.Refused.class, conversation.hear(PATIENCE));
        assertEquals(Submission.Cause.PROTOCOL, refused.cause());
        assertEquals(List.of(), listing());
    }

    @Test
    void oneConversationCarriesManyMessages() throws Exception {
        var conversation = submit();
        for (int i = 0; i < 10; i++) {
            commit(conversation, Chunk.of("hello\n"), Mail.home("bob@example.org"));
        }
        assertEquals(10, listing().size());
    }

    @Test
    void messagesThatBeginAndNeverEndTakeBoundedMemory() throws Exception {
        var piece = Mail.content(1, 100_000);
        var refused = 0;
        for (long taken = 0; taken < DRAFT_MEMORY + 20 * 100_000; taken += 200_000) {
            var conversation = submit();
            begin(conversation);
            conversation.say(new Submission.Add(Mail.home("bob@example.org")));
            conversation.say(new Submission.Append(piece));
            conversation.say(new Submission.Append(piece));
            conversation.flush();
        }
        for (int i = open.size() - 1; i >= 0 && refused == 0; i--) {
            @SuppressWarnings("unchecked")
            var conversation = (Conversation<Submission, Submission.Answer>) open.get(i);
            conversation.say(new Submission.Commit(200_000));
            if (conversation.hear(PATIENCE)
                    instanceof Submission.Answer.Refused(var cause, var _, var _, var _)) {
                assertEquals(Submission.Cause.NO_SPACE, cause);
                refused++;
            }
        }
        assertEquals(1, refused);
        for (var one : open) {
            one.close();
        }
        open.clear();
        var after = submit();
        while (!isTaken(after)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void sealsCountWithAllTheirBytes() throws Exception {
        var seal = Mail.content(1, Share.Destination.LONGEST_SEAL);
        var share =
                Mail.share(
                        "bob@example.org",
                        "home",
                        new Share.Destination.Sealed("bob", Share.Destination.Kind.COMMAND, seal));
        var conversation = submit();
        begin(conversation);
        for (int i = 0; i < DRAFT_MEMORY / (2 * seal.length()); i++) {
            conversation.say(new Submission.Add(share));
        }
        conversation.say(new Submission.Commit(0));
        var refused =
                assertInstanceOf(Submission.Answer.Refused.class, conversation.hear(PATIENCE));
        assertEquals(Submission.Cause.NO_SPACE, refused.cause());
    }

    @Test
    void contentThatHasGoneToItsFileTakesNoMemory() throws Exception {
        for (int i = 0; i < 2 * DRAFT_MEMORY / 300_000; i++) {
            var conversation = submit();
            begin(conversation);
            conversation.say(new Submission.Add(Mail.home("bob@example.org")));
            conversation.say(new Submission.Append(Mail.content(i, 100_000)));
            conversation.say(new Submission.Append(Mail.content(i, 100_000)));
            conversation.say(new Submission.Append(Mail.content(i, 100_000)));
            conversation.flush();
        }
        for (var one : open) {
            @SuppressWarnings("unchecked")
            var conversation = (Conversation<Submission, Submission.Answer>) one;
            conversation.say(new Submission.Commit(300_000));
            assertInstanceOf(Submission.Answer.Committed.class, conversation.hear(PATIENCE));
        }
    }

    private boolean isTaken(Conversation<Submission, Submission.Answer> conversation)
            throws IOException {
        begin(conversation);
        conversation.say(new Submission.Add(Mail.home("bob@example.org")));
        conversation.say(new Submission.Commit(0));
        return conversation.hear(PATIENCE) instanceof Submission.Answer.Committed;
    }
}
