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
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.mail.Urgency.Deadline;
import org.postern.mail.Urgency.Mode;
import org.postern.mail.Urgency.Trace;
import org.postern.queue.Mail;
import org.postern.queue.store.FaultyDisk;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.Store;

/// Mail that is to be delivered by a time, RFC 2852 section 4, by a clock that the test owns.
@Timeout(60)
class DeadlineTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Outcome LATER =
            new Outcome.Deferred(new EnhancedStatus(4, 5, 0), "come again", "");

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
        var four = Duration.ofDays(4);
        scheduler =
                new Scheduler(
                        store,
                        new Policy(
                                Map.of("out", new Policy.Rule(Policy.Manner.RELAY, four)),
                                four,
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

    private void restart() throws Exception {
        close(); // writes a checkpoint
        open();
    }

    private void crash() throws Exception {
        scheduler.close();
        disk = disk.after(FaultyDisk.Crash.LOSES_ALL);
        open();
    }

    private void queue(Duration by, Mode mode, Trace trace, Share.Notify... notify)
            throws Exception {
        var plain = Mail.from("ann@example.net");
        var urgency = new Urgency(7, new Deadline.At(START.plus(by), mode, trace));
        var facts =
                new MessageFacts(
                        plain.origin(),
                        plain.sender(),
                        plain.dsnReturn(),
                        "",
                        Carriage.PLAIN.with(urgency));
        var bob = Mail.box("bob@example.com");
        var share = new Share(bob, bob, "out", new Share.Destination.Remote(), Set.of(notify), "");
        try (var draft = store.draft(store.reserve(), facts, now)) {
            draft.add(share);
            draft.append(Chunk.of("Subject: x\n\nbody\n"));
            if (draft.commit(17) instanceof Store.Answer.Committed(var ids)) {
                scheduler.admit(ids, List.of(share), now, urgency);
                return;
            }
        }
        throw new AssertionError("not committed");
    }

    private Attempt attempt() throws Exception {
        scheduler.tick();
        return scheduler.next(Lane.RELAY, Duration.ZERO).orElseThrow();
    }

    private void came(Attempt attempt, Outcome outcome) {
        attempt.leased().forEach(one -> scheduler.report(attempt, one, outcome));
        scheduler.finish(attempt);
    }

    private boolean isTriedAfter(Duration time) throws Exception {
        now = START.plus(time);
        scheduler.tick();
        var attempt = scheduler.next(Lane.RELAY, Duration.ZERO);
        attempt.ifPresent(one -> came(one, LATER));
        return attempt.isPresent();
    }

    /// The report that is made by now, awaited.
    private String report() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() - end < 0) {
            scheduler.tick();
            now = now.plusSeconds(1); // they are gathered for one
            var attempt = scheduler.next(Lane.ROUTE, Duration.ofMillis(10));
            if (attempt.isPresent()) {
                var envelope = attempt.get().leased().getFirst().envelope();
                assertEquals(
                        new Urgency(7, new Deadline.Never()),
                        envelope.message().carriage().urgency());
                var lines = new ArrayList<String>();
                scheduler.orders().showMessage(envelope.id().message(), lines::add);
                return String.join("\n", lines);
            }
        }
        throw new AssertionError("no report");
    }

    private void afterAnother(Duration time) {
        now = START.plus(time);
        scheduler.tick();
        now = now.plusSeconds(2);
        scheduler.tick();
    }

    private int queued() {
        var count = new int[1];
        store.eachLive(_ -> count[0]++);
        return count[0];
    }

    @Test
    void itIsReturnedWhenItsTimeIsOver() throws Exception {
        queue(Duration.ofMinutes(30), Mode.RETURN, Trace.SILENT);
        came(attempt(), LATER);
        isTriedAfter(Duration.ofMinutes(29));
        assertEquals(false, isTriedAfter(Duration.ofMinutes(30)));
        var report = report();
        assertTrue(report.contains("Action: failed"), report);
        assertTrue(report.contains("Status: 5.4.7"), report);
        assertTrue(report.contains("Deliver-by time expired; last: come again"), report);
        assertTrue(report.contains("Deliver-By-Date: Thu, 1 Jan 2026 00:30:00 +0000"), report);
    }

    /// The schedule knows of it though it was never tried since: from the checkpoint or the log.
    @Test
    void itIsReturnedAfterARestartToo() throws Exception {
        queue(Duration.ofMinutes(30), Mode.RETURN, Trace.SILENT);
        came(attempt(), LATER);
        restart();
        now = START.plus(Duration.ofMinutes(30));
        assertTrue(report().contains("Action: failed"));
    }

    @Test
    void itIsReturnedAfterACrashToo() throws Exception {
        queue(Duration.ofMinutes(30), Mode.RETURN, Trace.SILENT);
        crash();
        now = START.plus(Duration.ofMinutes(30));
        assertTrue(report().contains("Action: failed"));
    }

    @Test
    void itsSenderIsToldOnceAndItIsTriedFurther() throws Exception {
        queue(Duration.ofMinutes(30), Mode.NOTIFY, Trace.SILENT);
        came(attempt(), LATER);
        isTriedAfter(Duration.ofMinutes(30));
        var report = report();
        assertTrue(report.contains("Action: delayed"), report);
        assertTrue(report.contains("Status: 4.4.7"), report);
        restart();
        afterAnother(Duration.ofHours(1));
        assertEquals(2, queued());
        assertTrue(isTriedAfter(Duration.ofHours(3)));
    }

    /// The warning of the policy comes all the same, in its time.
    @Test
    void itIsOneMoreWarning() throws Exception {
        queue(Duration.ofMinutes(30), Mode.NOTIFY, Trace.SILENT);
        came(attempt(), LATER);
        now = START.plus(Duration.ofMinutes(31));
        assertTrue(report().contains("Action: delayed"));
        isTriedAfter(Duration.ofHours(3));
        now = START.plus(Duration.ofHours(4));
        assertTrue(report().contains("Action: delayed"));
    }

    @Test
    void whoWantsNoReportGetsNone() throws Exception {
        queue(Duration.ofMinutes(30), Mode.NOTIFY, Trace.TOLD, Share.Notify.NEVER);
        came(attempt(), LATER);
        afterAnother(Duration.ofMinutes(30));
        assertEquals(1, queued());
    }

    @Test
    void whatWasLateWhenItCameIsNotReportedAgain() throws Exception {
        queue(Duration.ofMinutes(-5), Mode.NOTIFY, Trace.SILENT);
        came(attempt(), LATER);
        afterAnother(Duration.ofMinutes(30));
        assertEquals(1, queued());
    }

    @Test
    void whereItWentIsReported() throws Exception {
        queue(Duration.ofMinutes(30), Mode.NOTIFY, Trace.TOLD);
        came(
                attempt(),
                new Outcome.Delivered(new EnhancedStatus(2, 0, 0), "taken", Outcome.Onward.TRACED));
        var report = report();
        assertTrue(report.contains("Action: relayed"), report);
        assertEquals(1, queued());
    }

    @Test
    void theAdministratorSeesIt() throws Exception {
        queue(Duration.ofMinutes(30), Mode.RETURN, Trace.TOLD);
        var lines = new ArrayList<String>();
        var ids = new ArrayList<org.postern.mail.EnvelopeId>();
        store.eachLive(entry -> ids.add(entry.id()));
        scheduler.orders().showEnvelope(ids.getFirst(), lines::add);
        assertTrue(lines.contains("priority: 7"), lines.toString());
        assertTrue(lines.contains("deliver-by: 1767227400 return,trace"), lines.toString());
        lines.clear();
        scheduler.orders().showQueue(new Selection.All(), lines::add);
        assertEquals("1767227400", lines.getFirst().split("\\|", -1)[8]);
    }
}
