package org.postern.queue.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.ipc.Deaths;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnvelopeId;
import org.postern.queue.Mail;

/// The thread that writes: what it does when the disk fails at the very end, or it does itself.
@Timeout(120)
class CommitterTest {
    private static final SegmentStore.Options SMALL =
            new SegmentStore.Options(1 << 20, 1 << 20, 100_000);

    private final List<SegmentStore> opened = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    private SegmentStore open(Disk disk) throws IOException {
        var store = SegmentStore.open(disk, SMALL, new Log((_, line) -> lines.add(line)));
        opened.add(store);
        return store;
    }

    @AfterEach
    void closeAll() throws IOException {
        for (var store : opened) {
            store.close();
        }
    }

    private static EnvelopeId commitOne(Store store, Chunk content) {
        var now = Instant.parse("2026-01-01T00:00:00Z");
        try (var draft = store.draft(store.reserve(), Mail.from("ann@example.net"), now)) {
            draft.add(Mail.home("bob@example.org"));
            draft.append(content);
            return assertInstanceOf(Store.Answer.Committed.class, draft.commit(content.length()))
                    .envelopes()
                    .getFirst();
        }
    }

    private static Set<EnvelopeId> live(Store store) {
        var ids = new HashSet<EnvelopeId>();
        store.eachLive(entry -> ids.add(entry.id()));
        return ids;
    }

    /// The first `count` forces of the committer fail.
    private static void failForcesOfTheCommitter(FaultyDisk disk, int count) {
        var forces = new AtomicInteger();
        disk.beforeForce(
                () -> {
                    if (isCommitter() && forces.incrementAndGet() <= count) {
                        throw new IOException("Input/output error");
                    }
                });
    }

    private static boolean isCommitter() {
        return Thread.currentThread().getName().equals("committer");
    }

    @Test
    void resultsThatMetAFailedForceAtTheEndAreWrittenElsewhere() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("before\n"));
        long before = store.figures().commits();
        failForcesOfTheCommitter(disk, 2);
        store.change(List.of(new Store.Change.Done(done)));
        store.close();
        assertEquals(before + 1, store.figures().commits());
        assertEquals(Set.of(), live(open(disk.after(FaultyDisk.Crash.LOSES_ALL))));
    }

    @Test
    void resultsThatTheDiskNeverTakesAreNamedAndTheCheckpointHoldsThem() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("before\n"));
        failForcesOfTheCommitter(disk, Integer.MAX_VALUE);
        store.change(List.of(new Store.Change.Done(done)));
        store.close();
        assertTrue(
                lines.stream().anyMatch(line -> line.contains("1 results could not be written")),
                lines.toString());
        assertEquals(Set.of(), live(open(disk.after(FaultyDisk.Crash.LOSES_ALL))));
    }

    @Test
    void aCommitterThatDiesEndsTheRoom() throws Exception {
        var disk = new FaultyDisk();
        var store = open(disk);
        var done = commitOne(store, Chunk.of("before\n"));
        var bug = new StackOverflowError("planted");
        disk.beforeForce(
                () -> {
                    if (isCommitter()) {
                        throw bug;
                    }
                });
        try (var deaths = new Deaths()) {
            store.change(List.of(new Store.Change.Done(done)));
            assertSame(bug, deaths.next());
        }
    }
}
