package org.postern.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.control.Order.Selection;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.Carriage;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Outcome;
import org.postern.queue.Mail;
import org.postern.queue.store.FaultyDisk;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.Store;

/// Mail that its sender holds back, RFC 4865 section 3, by a clock that the test owns.
@Timeout(60)
class EmbargoTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);

    private FaultyDisk disk = new FaultyDisk();
    private volatile Instant now = START;
    private final InstantSource clock = () -> now;
    private SegmentStore store;
    private Scheduler scheduler;

    @BeforeEach
    void open() throws Exception {
        store =
                SegmentStore.open(
                        disk, new SegmentStore.Options(1 << 20, 1 << 20, 100_000), Log.silent());
        var rule = new Policy.Rule(Policy.Manner.RELAY, Duration.ofDays(4));
        scheduler =
                new Scheduler(
                        store,
                        new Policy(
                                Map.of("out", rule),
                                Duration.ofDays(4),
                                List.of(Duration.ofHours(4)),
                                100),
                        clock,
                        Log.silent());
    }

    @AfterEach
    void close() throws Exception {
        scheduler.close();
        store.close();
    }

    private void crash() throws Exception {
        scheduler.close();
        disk = disk.after(FaultyDisk.Crash.LOSES_ALL);
        open();
    }

    private void hold(Instant until) {
        var plain = Mail.from("ann@example.net");
        var facts =
                new MessageFacts(
                        plain.origin(),
                        plain.sender(),
                        plain.dsnReturn(),
                        "",
                        new Carriage(
                                Carriage.Form.LINES, Set.of(), new Carriage.Release.At(until)));
        var share = Mail.out("bob@example.com");
        try (var draft = store.draft(store.reserve(), facts, now)) {
            draft.add(share);
            draft.append(Chunk.of("x\n"));
            if (draft.commit(2) instanceof Store.Answer.Committed(var ids)) {
                scheduler.admit(ids, List.of(share), now, facts.carriage().urgency());
                return;
            }
        }
        throw new AssertionError("not committed");
    }

    private boolean isTried(Duration after) throws InterruptedException {
        now = START.plus(after);
        scheduler.tick();
        return scheduler.next(Lane.RELAY, Duration.ZERO).isPresent();
    }

    private int queued() {
        var count = new int[1];
        store.eachLive(_ -> count[0]++);
        return count[0];
    }

    @Test
    void itIsNotTriedBeforeItsTimeAndTriedThen() throws Exception {
        hold(START.plusSeconds(3600));
        assertEquals(false, isTried(Duration.ZERO));
        assertEquals(false, isTried(Duration.ofSeconds(3599)));
        assertTrue(isTried(Duration.ofSeconds(3600)));
    }

    @Test
    void aTimeThatIsPastHoldsNothingBack() throws Exception {
        hold(START.minusSeconds(60));
        assertTrue(isTried(Duration.ZERO));
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        hold(START.plusSeconds(3600));
        crash();
        assertEquals(false, isTried(Duration.ofSeconds(10)));
        crash();
        assertEquals(false, isTried(Duration.ofSeconds(3599)));
        assertTrue(isTried(Duration.ofSeconds(3600)));
    }

    /// Neither expired nor late: its time in the queue begins when it may be tried.
    @Test
    void itsTimeInTheQueueBeginsThen() throws Exception {
        hold(START.plus(WEEK));
        assertEquals(false, isTried(Duration.ZERO));
        assertEquals(false, isTried(Duration.ofDays(5)));
        assertEquals(1, queued());
        assertTrue(isTried(WEEK));
    }

    @Test
    void afterARestartItDoesNotExpireEither() throws Exception {
        hold(START.plus(WEEK));
        crash();
        assertEquals(false, isTried(Duration.ofDays(5)));
        assertEquals(1, queued());
        assertTrue(isTried(WEEK));
    }

    @Test
    void nobodyHoldsMailForEver() throws Exception {
        hold(START.plus(Duration.ofDays(4000)));
        assertEquals(false, isTried(Duration.ofDays(7)));
        assertTrue(isTried(Duration.ofDays(8)));
    }

    private long order(Selection selection) {
        long count = scheduler.orders().schedule(selection);
        scheduler.tick();
        scheduler.tick();
        return count;
    }

    private Selection theMessage() {
        var ids = new ArrayList<MessageId>();
        store.eachLive(entry -> ids.add(entry.id().message()));
        return new Selection.OfMessage(ids.getFirst());
    }

    @Test
    void theAdministratorLetsItGoByName() throws Exception {
        hold(START.plus(WEEK));
        assertEquals(false, isTried(Duration.ZERO));
        assertEquals(1, order(theMessage()));
        assertTrue(isTried(Duration.ofSeconds(1)));
    }

    @Test
    void anOrderForAllLetsNothingGo() throws Exception {
        hold(START.plus(WEEK));
        assertEquals(1, order(new Selection.All()));
        assertEquals(false, isTried(Duration.ofSeconds(1)));
        assertTrue(isTried(WEEK));
    }

    /// Once it was tried it is mail like any other, after a restart too, and has its time from then
    /// on.
    @Test
    void whatWasLetGoIsTriedFurther() throws Exception {
        hold(START.plus(WEEK));
        now = START.plus(Duration.ofDays(6));
        assertEquals(1, order(theMessage()));
        var attempt = scheduler.next(Lane.RELAY, Duration.ZERO).orElseThrow();
        var later = new Outcome.Deferred(new EnhancedStatus(4, 0, 0), "later", "");
        attempt.leased().forEach(one -> scheduler.report(attempt, one, later));
        scheduler.finish(attempt);
        store.close();
        scheduler.close();
        open();
        scheduler.tick();
        assertEquals(1, queued());
        assertTrue(isTried(Duration.ofDays(6).plusHours(12)));
    }
}
