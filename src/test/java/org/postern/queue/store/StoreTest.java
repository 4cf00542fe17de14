package org.postern.queue.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.ipc.Submission;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Outcome;
import org.postern.queue.Mail;

/// What is acknowledged is on disk, whatever the disk does: compared with `docs/spool.md`.
@Timeout(120)
class StoreTest {
    private static final SegmentStore.Options SMALL =
            new SegmentStore.Options(1 << 20, 1 << 20, 100_000);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final List<SegmentStore> opened = new ArrayList<>();

    private SegmentStore open(Disk disk) throws IOException {
        var store = SegmentStore.open(disk, SMALL, Log.silent());
        opened.add(store);
        return store;
    }

    @AfterEach
    void closeAll() throws IOException {
        for (var store : opened) {
            store.close();
        }
    }

    private static Store.Answer commit(Store store, Chunk content, String... recipients) {
        var id = store.reserve();
        try (var draft = store.draft(id, Mail.from("ann@example.net"), NOW)) {
            for (var recipient : recipients) {
                draft.add(Mail.home(recipient));
            }
            for (int at = 0; at < content.length(); at += 60_000) {
                draft.append(content.slice(at, Math.min(content.length(), at + 60_000)));
            }
            return draft.commit(content.length());
        }
    }

    private static EnvelopeId commitOne(Store store, Chunk content) {
        return assertInstanceOf(
                        Store.Answer.Committed.class, commit(store, content, "bob@example.org"))
                .envelopes()
                .getFirst();
    }

    private static Set<EnvelopeId> live(Store store) {
        var ids = new HashSet<EnvelopeId>();
        store.eachLive(entry -> ids.add(entry.id()));
        return ids;
    }

    private static Chunk read(Store store, EnvelopeId id) throws IOException {
        try (var content = store.content(id.message()).orElseThrow()) {
            var out = new java.io.ByteArrayOutputStream();
            for (var next = content.next(9999); !next.isEmpty(); next = content.next(9999)) {
                next.writeTo(out);
            }
            return Chunk.handOver(out.toByteArray());
        }
    }

    @Test
    void whatIsCommittedSurvivesACrash() throws Exception {
        var disk = new FaultyDisk();
        var content = Mail.content(1, 5000);
        var id = commitOne(open(disk), content);
        var again = open(disk.after(FaultyDisk.Crash.LOSES_ALL));
        assertEquals(Set.of(id), live(again));
        assertEquals(content, read(again, id));
        var envelope = again.look(id).orElseThrow().envelope();
        assertEquals(Mail.from("ann@example.net"), envelope.message());
        assertEquals(Mail.home("bob@example.org"), envelope.share());
        assertEquals(NOW, envelope.created());
    }

    @Test
    void aLongContentIsAFileOfItsOwnAndSurvivesACrash() throws Exception {
        var disk = new FaultyDisk();
        var content = Mail.content(2, 700_000);
        var id = commitOne(open(disk), content);
        var again = open(disk.after(FaultyDisk.Crash.LOSES_ALL));
        assertEquals(content, read(again, id));
        assertEquals(List.of(id.message().toString()), disk.list("content"));
    }

    @Test
    void aForgottenDraftLeavesNoFile() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        try (var draft = store.draft(store.reserve(), Mail.from(""), NOW)) {
            draft.add(Mail.home("bob@example.org"));
            draft.append(Mail.content(3, 300_000));
            assertEquals(1, disk.list("content").size());
        }
        assertEquals(List.of(), disk.list("content"));
    }

    @Test
    void theContentOfADraftIsSweptAfterACrash() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var draft = store.draft(store.reserve(), Mail.from(""), NOW);
        draft.append(Mail.content(3, 300_000));
        var after = disk.after(FaultyDisk.Crash.KEEPS_ALL);
        open(after);
        assertEquals(List.of(), after.list("content"));
        draft.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "segments/notes",
                "segments/notahex!.seg",
                "segments/spare-me",
                "segments/spare-0000000g",
                "content/0badc0de.eml"
            })
    void aFileThatIsNotOursIsLeftAlone(String name) throws Exception {
        var disk = new FaultyDisk();
        var id = commitOne(open(disk), Mail.content(2, 700_000));
        var after = disk.after(FaultyDisk.Crash.KEEPS_ALL);
        try (var stray = after.create(name)) {
            stray.write(java.nio.ByteBuffer.wrap(new byte[] {1}), 0);
        }
        assertEquals(Set.of(id), live(open(after)));
        var parts = name.split("/", -1);
        assertTrue(after.list(parts[0]).contains(parts[1]));
    }

    @Test
    void moreEnvelopesThanFitIntoMemoryAreNoRoom() throws Exception {
        var store =
                SegmentStore.open(
                        new FaultyDisk(),
                        new SegmentStore.Options(1 << 20, 1 << 20, 2),
                        Log.silent());
        opened.add(store);
        commit(store, Mail.content(1, 10), "ann@example.org", "bob@example.org");
        assertEquals(Submission.Space.FULL, store.space());
    }

    @Test
    void theLogSaysOnceThatThereIsNoRoom() throws Exception {
        var lines = new java.util.concurrent.CopyOnWriteArrayList<String>();
        var store =
                SegmentStore.open(
                        new FaultyDisk(),
                        new SegmentStore.Options(1 << 20, Long.MAX_VALUE, 2),
                        new Log((_, line) -> lines.add(line)));
        opened.add(store);
        store.space();
        store.space();
        assertEquals(List.of("warn: queue: full: new mail is refused"), lines);
    }

    @Test
    void whatIsDoneStaysDone() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("one\n"));
        var kept = commitOne(store, Chunk.of("two\n"));
        store.change(List.of(new Store.Change.Done(done)));
        assertEquals(Set.of(kept), live(store));
        store.close();
        assertEquals(Set.of(kept), live(open(disk.after(FaultyDisk.Crash.LOSES_ALL))));
    }

    @Test
    void aDoneEnvelopeComesToTheDiskThoughNobodyWaits() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("one\n"));
        var forced = new CountDownLatch(1);
        disk.beforeForce(forced::countDown);
        store.change(List.of(new Store.Change.Done(done)));
        assertTrue(forced.await(60, TimeUnit.SECONDS));
    }

    @Test
    void theStateOfAnEnvelopeIsKept() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var id = commitOne(store, Chunk.of("one\n"));
        var outcome =
                new Outcome.Deferred(new EnhancedStatus(4, 2, 2), "452 full", "mx.example.com");
        var state =
                State.NEW
                        .tried(NOW.plusSeconds(5), outcome)
                        .with(new State.Standing.Held("by the administrator"))
                        .warnedAgain()
                        .died();
        store.change(List.of(new Store.Change.Becomes(id, state)));
        assertEquals(state, store.look(id).orElseThrow().state());
        store.close();
        var again = open(disk.after(FaultyDisk.Crash.LOSES_ALL));
        assertEquals(state, again.look(id).orElseThrow().state());
        again.eachLive(
                entry -> {
                    assertEquals(1, entry.tries());
                    assertEquals(Store.Mark.HELD, entry.mark());
                    assertEquals(1, entry.warned());
                    assertEquals(1, entry.deaths());
                });
    }

    @ParameterizedTest
    @EnumSource
    void aCrashAtAnyStepLosesNothingThatWasAcknowledged(FaultyDisk.Crash crash) throws Exception {
        for (int step = 1; step < 120; step++) {
            var disk = new FaultyDisk();
            disk.crashAt(step);
            var acknowledged = new HashMap<EnvelopeId, Chunk>();
            scenario(disk, acknowledged);
            var again = open(disk.after(crash));
            var live = live(again);
            for (var entry : acknowledged.entrySet()) {
                assertTrue(live.contains(entry.getKey()), "crash at step " + step);
                assertEquals(entry.getValue(), read(again, entry.getKey()));
            }
            assertTrue(live.size() <= acknowledged.size() + 1, "crash at step " + step);
            again.close();
            opened.clear();
        }
    }

    private void scenario(FaultyDisk disk, Map<EnvelopeId, Chunk> acknowledged) {
        try (var store = SegmentStore.open(disk, SMALL, Log.silent())) {
            for (int length : List.of(100, 300_000, 200_000, 200_000, 200_000, 200_000, 200_000)) {
                var content = Mail.content(length, length);
                if (commit(store, content, "bob@example.org")
                        instanceof Store.Answer.Committed(var ids)) {
                    acknowledged.put(ids.getFirst(), content);
                }
            }
        } catch (IOException e) {
            assertTrue(String.valueOf(e).contains("crashed"), String.valueOf(e));
        }
    }

    /// A disk with three messages of which the last may be torn, and where its record begins.
    private record Torn(
            FaultyDisk disk, String segment, int first, int last, int end, List<EnvelopeId> ids) {}

    private Torn torn() throws IOException {
        var disk = new FaultyDisk();
        var store = SegmentStore.open(disk, SMALL, Log.silent());
        var segment = Segments.DIRECTORY + "/00000001.seg";
        var ids = new ArrayList<EnvelopeId>();
        int[] at = new int[4];
        for (int i = 0; i < 3; i++) {
            at[i] = used(disk.bytes(segment));
            ids.add(commitOne(store, Mail.content(i, 40)));
        }
        at[3] = used(disk.bytes(segment));
        var after = disk.after(FaultyDisk.Crash.LOSES_ALL);
        store.close();
        return new Torn(after, segment, at[1], at[2], at[3], ids);
    }

    private static int used(byte[] bytes) {
        int end = bytes.length;
        while (end > Segments.START && bytes[end - 1] == 0) {
            end--;
        }
        return Math.max(Segments.START, (end + 7) & ~7);
    }

    @Test
    void aTailTornAtAnyByteLosesOnlyTheRecordThatWasTorn() throws Exception {
        var torn = torn();
        for (int cut = torn.last(); cut < torn.end() - 8; cut++) {
            var disk = torn.disk().after(FaultyDisk.Crash.KEEPS_ALL);
            var bytes = disk.bytes(torn.segment());
            java.util.Arrays.fill(bytes, cut, bytes.length, (byte) 0);
            try (var store = SegmentStore.open(disk, SMALL, Log.silent())) {
                assertEquals(Set.copyOf(torn.ids().subList(0, 2)), live(store), "cut at " + cut);
            }
            assertEquals(List.of(), disk.list("aside"));
        }
    }

    @Test
    void aFlippedBitInTheMiddleHurtsOnlyItsMessage() throws Exception {
        var torn = torn();
        for (int at = torn.first(); at < torn.last() - 8; at++) {
            var disk = torn.disk().after(FaultyDisk.Crash.KEEPS_ALL);
            disk.bytes(torn.segment())[at] ^= 0x10;
            try (var store = SegmentStore.open(disk, SMALL, Log.silent())) {
                var live = live(store);
                assertTrue(live.contains(torn.ids().get(0)), "flip at " + at);
                assertTrue(live.contains(torn.ids().get(2)), "flip at " + at);
                assertEquals(Mail.content(2, 40), read(store, torn.ids().get(2)));
            }
            assertEquals(1, disk.list("aside").size(), "flip at " + at);
        }
    }

    @Test
    void aDamagedContentLeavesItsEnvelopeHeldAndVisible() throws Exception {
        var torn = torn();
        torn.disk().bytes(torn.segment())[torn.last() - 12] ^= 1;
        var store = open(torn.disk());
        var state = store.look(torn.ids().get(1)).orElseThrow().state();
        assertInstanceOf(State.Standing.Held.class, state.standing());
    }

    @Test
    void aDamagedCheckpointIsReplacedByReadingEverything() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("one\n"));
        var kept = commitOne(store, Chunk.of("two\n"));
        store.change(List.of(new Store.Change.Done(done)));
        store.close();
        disk.bytes(Checkpoints.FILE)[20] ^= 1;
        assertEquals(Set.of(kept), live(open(disk)));
    }

    @Test
    void aSpoolOfAnotherVersionIsNotTouched() {
        var disk = new FaultyDisk();
        assertThrows(
                IOException.class,
                () -> {
                    open(disk).close();
                    disk.bytes("format")[14] = '2';
                    open(disk);
                });
    }

    @Test
    void manyWhoWaitShareAForce() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        commitOne(store, Chunk.of("warm\n"));
        var gate = new CountDownLatch(1);
        disk.beforeForce(
                () -> {
                    try {
                        gate.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        long before = store.figures().forces();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 50; i++) {
            threads.add(Thread.ofVirtual().start(() -> commitOne(store, Chunk.of("hello\n"))));
        }
        for (var thread : threads) {
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        gate.countDown();
        for (var thread : threads) {
            thread.join();
        }
        assertTrue(store.figures().forces() - before <= 3);
    }

    @Test
    void afterAFailedForceTheClientIsRefusedAndTheSegmentIsLeft() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var before = commitOne(store, Chunk.of("before\n"));
        disk.failForces(true);
        var refused =
                assertInstanceOf(
                        Store.Answer.Refused.class,
                        commit(store, Chunk.of("refused\n"), "bob@example.org"));
        assertEquals(Submission.Cause.DISK_ERROR, refused.cause());
        disk.failForces(false);
        var after = commitOne(store, Chunk.of("after\n"));
        var expected = Set.of(before, after);
        assertEquals(expected, live(store));
        assertEquals(expected, live(open(disk.after(FaultyDisk.Crash.KEEPS_ALL))));
        assertEquals(expected, live(open(disk.after(FaultyDisk.Crash.LOSES_ALL))));
    }

    @Test
    void resultsThatMetAFailedForceAreWrittenElsewhere() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("before\n"));
        var failed = new CountDownLatch(1);
        disk.beforeForce(
                () -> {
                    if (failed.getCount() > 0) {
                        failed.countDown();
                        throw new IOException("Input/output error");
                    }
                });
        store.change(List.of(new Store.Change.Done(done)));
        assertTrue(failed.await(60, TimeUnit.SECONDS));
        store.close();
        assertEquals(Set.of(), live(open(disk.after(FaultyDisk.Crash.LOSES_ALL))));
    }

    @Test
    void aFullDiskRefusesMailAndStillTakesResults() throws Exception {
        var disk = new FaultyDisk();
        disk.capacity(5 << 20);
        var store = open(disk);
        var ids = new ArrayList<EnvelopeId>();
        Store.Answer answer = commit(store, Mail.content(1, 600_000), "bob@example.org");
        while (answer instanceof Store.Answer.Committed(var some)) {
            ids.addAll(some);
            answer = commit(store, Mail.content(1, 600_000), "bob@example.org");
        }
        assertEquals(
                Submission.Cause.NO_SPACE,
                assertInstanceOf(Store.Answer.Refused.class, answer).cause());
        var first = ids.removeFirst();
        store.change(List.of(new Store.Change.Done(first)));
        store.close();
        assertEquals(Set.copyOf(ids), live(open(disk.after(FaultyDisk.Crash.LOSES_ALL))));
    }

    /// The disk after a crash, and full: nothing on it can grow.
    private static FaultyDisk full(FaultyDisk disk, FaultyDisk.Crash crash) {
        var after = disk.after(crash);
        after.capacity(0);
        return after;
    }

    @Test
    void aFullDiskDoesNotStopARestart() throws Exception {
        var disk = new FaultyDisk();
        var content = Mail.content(1, 5000);
        var id = commitOne(open(disk), content);
        var again = open(full(disk, FaultyDisk.Crash.LOSES_ALL));
        assertEquals(Set.of(id), live(again));
        assertEquals(content, read(again, id));
        assertEquals(Submission.Space.FULL, again.space());
    }

    @Test
    void afterARestartOnAFullDiskResultsAreKept() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var ids = new ArrayList<EnvelopeId>();
        for (int i = 0; i < 5; i++) {
            ids.add(commitOne(store, Mail.content(i, 40)));
        }
        var next = disk;
        for (int i = 0; i < 5; i++) {
            next = full(next, FaultyDisk.Crash.LOSES_ALL);
            var again = open(next);
            assertEquals(Set.copyOf(ids.subList(i, 5)), live(again), "restart " + i);
            again.change(List.of(new Store.Change.Done(ids.get(i))));
            again.close();
        }
    }

    @Test
    void aTornTailIsGoneAfterARestartOnAFullDisk() throws Exception {
        var torn = torn();
        for (int cut = torn.last(); cut < torn.end() - 8; cut++) {
            var disk = full(torn.disk(), FaultyDisk.Crash.KEEPS_ALL);
            var bytes = disk.bytes(torn.segment());
            java.util.Arrays.fill(bytes, cut, bytes.length, (byte) 0);
            try (var store = SegmentStore.open(disk, SMALL, Log.silent())) {
                assertEquals(Set.copyOf(torn.ids().subList(0, 2)), live(store), "cut at " + cut);
                store.change(List.of(new Store.Change.Done(torn.ids().get(0))));
            }
            try (var store =
                    SegmentStore.open(
                            disk.after(FaultyDisk.Crash.LOSES_ALL), SMALL, Log.silent())) {
                assertEquals(Set.of(torn.ids().get(1)), live(store), "cut at " + cut);
            }
            assertEquals(List.of(), disk.list("aside"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCrashWhileAFullDiskIsRestartedLosesNothing(FaultyDisk.Crash crash) throws Exception {
        var first = new FaultyDisk();
        var acknowledged = new HashMap<EnvelopeId, Chunk>();
        scenario(first, acknowledged);
        for (int step = 1; step < 40; step++) {
            var disk = full(first, FaultyDisk.Crash.LOSES_ALL);
            disk.crashAt(step);
            try (var store = SegmentStore.open(disk, SMALL, Log.silent())) {
                assertEquals(acknowledged.keySet(), live(store), "crash at step " + step);
            } catch (IOException e) {
                assertTrue(String.valueOf(e).contains("crashed"), String.valueOf(e));
            }
            try (var again = SegmentStore.open(full(disk, crash), SMALL, Log.silent())) {
                assertEquals(acknowledged.keySet(), live(again), "crash at step " + step);
            }
        }
    }

    @Test
    void littleSpaceLeftIsFull() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        disk.capacity(1 << 20);
        assertEquals(Submission.Space.FULL, store.space());
    }

    @Test
    void oldSegmentsAreUsedAgainAndTheirLastMessageIsMoved() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var content = Mail.content(7, 1000);
        var old = commitOne(store, content);
        for (int i = 0; i < 400; i++) {
            var id = commitOne(store, Mail.content(i, 100_000));
            store.change(List.of(new Store.Change.Done(id)));
        }
        store.close();
        var left = disk.list("segments").stream().filter(name -> name.endsWith(".seg")).toList();
        assertTrue(left.size() < 20, () -> left.size() + " segments");
        var again = open(disk.after(FaultyDisk.Crash.LOSES_ALL));
        assertEquals(Set.of(old), live(again));
        assertEquals(content, read(again, old));
        assertEquals(
                Mail.home("bob@example.org"), again.look(old).orElseThrow().envelope().share());
    }

    @Test
    void replacingAnEnvelopeIsAllOrNothing() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var old = commitOne(store, Chunk.of("one\n"));
        var answer =
                assertInstanceOf(
                        Store.Answer.Committed.class,
                        store.replace(
                                old,
                                List.of(Mail.out("a@example.com"), Mail.out("b@example.com"))));
        var again = open(disk.after(FaultyDisk.Crash.LOSES_ALL));
        assertEquals(Set.copyOf(answer.envelopes()), live(again));
        assertFalse(live(again).contains(old));
    }

    @Test
    void aMessageOfOursAndTheEndOfAnotherAreOneStep() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var failed = commitOne(store, Chunk.of("one\n"));
        var answer =
                assertInstanceOf(
                        Store.Answer.Committed.class,
                        store.commit(
                                new Store.Fresh(
                                        Mail.from(""),
                                        NOW,
                                        List.of(Mail.home("ann@example.net")),
                                        Chunk.of("sorry\n")),
                                List.of(new Store.Change.Done(failed))));
        var again = open(disk.after(FaultyDisk.Crash.LOSES_ALL));
        assertEquals(Set.copyOf(answer.envelopes()), live(again));
    }
}
