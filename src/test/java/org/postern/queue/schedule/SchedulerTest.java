package org.postern.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.control.Order.Selection;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.Outcome;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.queue.Mail;
import org.postern.queue.store.FaultyDisk;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.Store;

/// When what is tried, by a clock that the test owns.
@Timeout(60)
class SchedulerTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Outcome.Deferred LATER =
            new Outcome.Deferred(new EnhancedStatus(4, 2, 0), "450 later", "mx.example.com");
    private static final Outcome.Deferred AWAY =
            new Outcome.Deferred(new EnhancedStatus(4, 4, 1), "no answer", "");
    private static final Outcome.Failed NEVER =
            new Outcome.Failed(new EnhancedStatus(5, 1, 1), "550 no such user", "mx.example.com");
    private static final Outcome.Delivered DONE =
            new Outcome.Delivered(
                    new EnhancedStatus(2, 0, 0), "250 ok", Outcome.Onward.WITHOUT_DSN);

    private final FaultyDisk disk = new FaultyDisk();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Log log = new Log((_, line) -> lines.add(line));
    private volatile Instant now = START;
    private final InstantSource clock = () -> now;
    private SegmentStore store;
    private Scheduler scheduler;
    private Orders orders;

    private static Policy policy(String... actions) {
        var rules = new java.util.HashMap<String, Policy.Rule>();
        for (var action : actions) {
            rules.put(
                    action,
                    new Policy.Rule(
                            action.equals("home") ? Policy.Manner.LOCAL : Policy.Manner.RELAY,
                            Duration.ofDays(4)));
        }
        return new Policy(rules, Duration.ofDays(4), List.of(Duration.ofHours(4)), 100);
    }

    @BeforeEach
    void open() throws Exception {
        store =
                SegmentStore.open(
                        disk, new SegmentStore.Options(1 << 20, 1 << 20, 100_000), Log.silent());
        begin(policy("home", "out"));
    }

    private void begin(Policy policy) {
        scheduler = new Scheduler(store, policy, clock, log);
        orders = scheduler.orders();
    }

    @AfterEach
    void close() throws Exception {
        scheduler.close();
        store.close();
    }

    private List<EnvelopeId> queue(MessageFacts facts, Share... shares) {
        var id = store.reserve();
        try (var draft = store.draft(id, facts, now)) {
            Arrays.stream(shares).forEach(draft::add);
            var content = Chunk.of("Subject: hello\n\nworld\n");
            draft.append(content);
            if (draft.commit(content.length()) instanceof Store.Answer.Committed(var ids)) {
                scheduler.admit(ids, List.of(shares), now, Urgency.USUAL);
                return ids;
            }
        }
        throw new AssertionError("not committed");
    }

    private EnvelopeId queue(Share share) {
        return queue(Mail.from("ann@example.net"), share).getFirst();
    }

    private java.util.Optional<Attempt> next(Lane lane) throws InterruptedException {
        scheduler.tick();
        return scheduler.next(lane, Duration.ZERO);
    }

    private Attempt mustTry(Lane lane) throws InterruptedException {
        return next(lane).orElseThrow(() -> new AssertionError("nothing to try"));
    }

    private void end(Attempt attempt, Outcome outcome) {
        attempt.leased().forEach(one -> scheduler.report(attempt, one, outcome));
        scheduler.finish(attempt);
    }

    private void after(Duration time) {
        now = now.plus(time);
    }

    /// Waits for what a thread of the scheduler's own is doing.
    private Attempt eventually(Lane lane) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            var attempt = next(lane);
            if (attempt.isPresent()) {
                return attempt.get();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("nothing came");
    }

    private List<String> listing() throws Exception {
        var listed = new ArrayList<String>();
        orders.showQueue(new Selection.All(), listed::add);
        return listed;
    }

    @Test
    void newMailIsDueAtOnce() throws Exception {
        var id = queue(Mail.out("bob@example.com"));
        assertEquals(List.of(id), mustTry(Lane.RELAY).ids());
    }

    @Test
    void mailOutIsTriedOnTheGridWithATenthOfJitter() throws Exception {
        queue(Mail.out("bob@example.com"));
        long step = 0;
        for (int n = 1; n <= 10; n++) {
            end(mustTry(Lane.RELAY), LATER);
            long before = 400L * n * n - (400L * (2 * n - 1) / 10) - 1;
            now = START.plusSeconds(before);
            assertTrue(next(Lane.RELAY).isEmpty(), "try " + n + " is too early");
            step = 400L * n * n + (400L * (2 * n - 1) / 10) + 1;
            now = START.plusSeconds(step);
        }
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void mailHomeIsTriedAgainAfterTenSeconds() throws Exception {
        queue(Mail.home("bob@example.org"));
        end(mustTry(Lane.LOCAL), LATER);
        after(Duration.ofSeconds(8));
        assertTrue(next(Lane.LOCAL).isEmpty());
        after(Duration.ofSeconds(4));
        assertTrue(next(Lane.LOCAL).isPresent());
    }

    @Test
    void aRestartKeepsTheTriesAndTheirTimes() throws Exception {
        queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), LATER);
        begin(policy("home", "out"));
        assertTrue(next(Lane.RELAY).isEmpty());
        after(Duration.ofSeconds(450));
        assertEquals(1, mustTry(Lane.RELAY).leased().getFirst().envelope().tries());
    }

    @Test
    void recipientsOfOneMessageAtOneHostGoTogether() throws Exception {
        var ids =
                queue(
                        Mail.from("ann@example.net"),
                        Mail.out("a@example.com"),
                        Mail.out("b@example.com"),
                        Mail.out("c@example.net"));
        assertEquals(Set.of(ids.get(0), ids.get(1)), Set.copyOf(mustTry(Lane.RELAY).ids()));
        assertEquals(List.of(ids.get(2)), mustTry(Lane.RELAY).ids());
    }

    @Test
    void localRecipientsAreTriedOneByOne() throws Exception {
        queue(Mail.from("ann@example.net"), Mail.home("a@example.org"), Mail.home("a@example.org"));
        assertEquals(1, mustTry(Lane.LOCAL).ids().size());
    }

    @Test
    void aBusyDestinationDoesNotKeepTheOthersWaiting() throws Exception {
        for (int i = 0; i < 100; i++) {
            queue(Mail.out("a@busy.example"));
        }
        var quiet = queue(Mail.out("b@quiet.example"));
        mustTry(Lane.RELAY);
        assertEquals(List.of(quiet), mustTry(Lane.RELAY).ids());
    }

    @Test
    void aDestinationHasAtMostTwentyAttemptsAtATime() throws Exception {
        for (int i = 0; i < 30; i++) {
            queue(Mail.out("a@busy.example"));
        }
        var attempts = new ArrayList<Attempt>();
        for (var one = next(Lane.RELAY); one.isPresent(); one = next(Lane.RELAY)) {
            attempts.add(one.get());
        }
        assertEquals(20, attempts.size());
        end(attempts.getFirst(), DONE);
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void aUserHasAtMostSevenDeliveriesAtATime() throws Exception {
        for (int i = 0; i < 9; i++) {
            queue(Mail.home("bob@example.org"));
        }
        int attempts = 0;
        while (next(Lane.LOCAL).isPresent()) {
            attempts++;
        }
        assertEquals(7, attempts);
    }

    @Test
    void afterASuccessThoseThatWaitedForTheHostAreDue() throws Exception {
        var first = queue(Mail.out("a@example.com"));
        end(mustTry(Lane.RELAY), AWAY);
        queue(Mail.out("b@example.com"));
        end(mustTry(Lane.RELAY), DONE);
        assertEquals(List.of(first), mustTry(Lane.RELAY).ids());
    }

    @Test
    void onlySoManyThatWaitedForTheHostAreDue() throws Exception {
        begin(
                new Policy(
                        policy("home", "out").actions(),
                        Duration.ofDays(4),
                        List.of(Duration.ofHours(4)),
                        2));
        queue(Mail.out("first@example.com"));
        end(mustTry(Lane.RELAY), AWAY);
        var second = queue(Mail.out("second@example.com"));
        end(mustTry(Lane.RELAY), AWAY);
        var third = queue(Mail.out("third@example.com"));
        end(mustTry(Lane.RELAY), AWAY);
        queue(Mail.out("last@example.com"));
        end(mustTry(Lane.RELAY), DONE);
        assertEquals(
                Set.of(second, third),
                Set.of(mustTry(Lane.RELAY).ids().getFirst(), mustTry(Lane.RELAY).ids().getFirst()));
        assertTrue(next(Lane.RELAY).isEmpty());
    }

    @Test
    void aSuccessSaysNothingOfAMessageAtWhichTheHostHangsUp() throws Exception {
        queue(Mail.out("a@example.com"));
        end(
                mustTry(Lane.RELAY),
                new Outcome.Deferred(
                        new EnhancedStatus(4, 4, 2), "Connection closed unexpectedly", "mx"));
        queue(Mail.out("b@example.com"));
        end(mustTry(Lane.RELAY), DONE);
        assertTrue(next(Lane.RELAY).isEmpty());
    }

    @Test
    void aSuccessSaysNothingOfAMessageThatTheHostItselfPutOff() throws Exception {
        queue(Mail.out("a@example.com"));
        end(
                mustTry(Lane.RELAY),
                new Outcome.Deferred(
                        new EnhancedStatus(4, 4, 1), "451 4.4.1 reply: read error", "mx"));
        queue(Mail.out("b@example.com"));
        end(mustTry(Lane.RELAY), DONE);
        assertTrue(next(Lane.RELAY).isEmpty());
    }

    @Test
    void aFailureIsReportedToTheSenderAndDone() throws Exception {
        var failed = queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), NEVER);
        after(Duration.ofSeconds(2));
        var report = eventually(Lane.ROUTE);
        var envelope = report.leased().getFirst().envelope();
        assertEquals(new ReversePath.Null(), envelope.message().sender());
        assertEquals(Mail.box("ann@example.net"), envelope.share().recipient());
        assertTrue(store.look(failed).isEmpty());
        try (var content = store.content(envelope.id().message()).orElseThrow()) {
            var text = content.next(100_000).text();
            assertTrue(text.contains("Status: 5.1.1\n"), text);
            assertTrue(text.contains("Diagnostic-Code: smtp; 550 no such user\n"), text);
        }
    }

    @Test
    void tracesShowWhatGoesOutAndComesBackAndWhatIsReported() throws Exception {
        log.speak(Log.Level.INFO, java.util.Set.of("scheduler", "bounce"));
        var failed = queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), NEVER);
        after(Duration.ofSeconds(2));
        var report = eventually(Lane.ROUTE).leased().getFirst().envelope().id();
        assertEquals(
                List.of(
                        "scheduler: " + failed + " goes out by RELAY",
                        "scheduler: " + failed + " came back: Failed",
                        "bounce: " + report + " reports " + failed,
                        "scheduler: " + report + " goes out by ROUTE"),
                lines.stream().filter(line -> line.matches("(scheduler|bounce): .*")).toList());
    }

    @Test
    void failuresOfOneMessageShareAReport() throws Exception {
        queue(Mail.from("ann@example.net"), Mail.out("a@example.com"), Mail.out("b@example.net"));
        end(mustTry(Lane.RELAY), NEVER);
        end(mustTry(Lane.RELAY), NEVER);
        after(Duration.ofSeconds(2));
        var report = eventually(Lane.ROUTE);
        assertEquals(1, listing().size());
        try (var content = store.content(report.ids().getFirst().message()).orElseThrow()) {
            var text = content.next(100_000).text();
            assertTrue(text.contains("a@example.com") && text.contains("b@example.net"), text);
        }
    }

    @Test
    void whoWantsNoNotificationGetsNone() throws Exception {
        var share = Mail.out("bob@example.com");
        queue(
                new Share(
                        share.originalRecipient(),
                        share.recipient(),
                        share.action(),
                        share.destination(),
                        Set.of(Share.Notify.NEVER),
                        ""));
        end(mustTry(Lane.RELAY), NEVER);
        assertEquals(List.of(), listing());
        assertEquals(0, store.figures().envelopes());
    }

    @Test
    void aNotificationThatFailsIsKeptForThePostmaster() throws Exception {
        queue(Mail.from(""), Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), NEVER);
        after(Duration.ofHours(1));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertTrue(listing().getFirst().contains("|held||"), listing()::getFirst);
        begin(policy("home", "out"));
        assertTrue(next(Lane.RELAY).isEmpty());
        after(Duration.ofDays(5));
        scheduler.tick();
        assertEquals(0, store.figures().envelopes());
        assertTrue(
                lines.toString().contains("is dropped; nobody could be told: "), lines::toString);
    }

    @Test
    void anEnvelopeWhoseTimeIsOverFailsWithItsOwnCode() throws Exception {
        var id = queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), LATER);
        after(Duration.ofDays(4));
        scheduler.tick();
        after(Duration.ofSeconds(2));
        eventually(Lane.ROUTE);
        assertTrue(
                lines.contains(
                        "relay: Expire for "
                                + id
                                + ": from=<ann@example.net>, to=<bob@example.com>, rcpt=-,"
                                + " delay=345600s, stat=Envelope expired"),
                lines::toString);
    }

    @Test
    void whoseTimeIsOverHearsWhatTheLastAttemptCameTo() throws Exception {
        queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), LATER);
        after(Duration.ofDays(4));
        scheduler.tick();
        after(Duration.ofSeconds(2));
        var report = eventually(Lane.ROUTE);
        try (var content = store.content(report.ids().getFirst().message()).orElseThrow()) {
            var text = content.next(100_000).text();
            assertTrue(
                    text.contains("<bob@example.com>: Envelope expired; last: 450 later\n"), text);
            assertTrue(text.contains("Last-Attempt-Date: Thu, 1 Jan 2026 00:00:00 +0000\n"), text);
        }
    }

    @Test
    void heldMailExpiresToo() throws Exception {
        queue(Mail.from(""), Mail.out("bob@example.com"));
        orders.hold(new Selection.All());
        after(Duration.ofDays(4));
        scheduler.tick();
        assertTrue(lines.getFirst().contains("Envelope expired"), lines::toString);
    }

    @Test
    void theSenderIsWarnedOnceAfterFourHours() throws Exception {
        queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), LATER);
        after(Duration.ofHours(4).minusSeconds(1));
        scheduler.tick();
        assertEquals(1, listing().size());
        after(Duration.ofSeconds(1));
        scheduler.tick();
        after(Duration.ofSeconds(2));
        var report = eventually(Lane.ROUTE);
        try (var content = store.content(report.ids().getFirst().message()).orElseThrow()) {
            var text = content.next(100_000).text();
            assertTrue(text.contains("Action: delayed\n"), text);
            assertTrue(text.contains("Will-Retry-Until: Mon, 5 Jan 2026 00:00:00 +0000\n"), text);
        }
        end(report, DONE);
        begin(policy("home", "out"));
        after(Duration.ofHours(1));
        scheduler.tick();
        after(Duration.ofSeconds(2));
        assertTrue(next(Lane.ROUTE).isEmpty());
    }

    @Test
    void anActionThatIsGoneKeepsItsMailVisibleUntilItIsBack() throws Exception {
        queue(Mail.out("bob@example.com"));
        scheduler.reload(policy("home"));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertTrue(listing().getFirst().contains("|held|"), listing()::getFirst);
        scheduler.reload(policy("home", "out"));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void heldMailIsNotTriedUntilItIsReleased() throws Exception {
        queue(Mail.out("bob@example.com"));
        assertEquals(1, orders.hold(new Selection.All()));
        begin(policy("home", "out"));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertEquals(1, orders.release(new Selection.All()));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void mailHeldInFlightIsHeldWhenItIsDeferred() throws Exception {
        queue(Mail.out("bob@example.com"));
        var attempt = mustTry(Lane.RELAY);
        orders.hold(new Selection.All());
        end(attempt, LATER);
        after(Duration.ofHours(1));
        assertTrue(next(Lane.RELAY).isEmpty());
    }

    @Test
    void removalDoesNotWaitForAnAttempt() throws Exception {
        queue(Mail.out("bob@example.com"));
        var attempt = mustTry(Lane.RELAY);
        assertEquals(1, orders.remove(new Selection.All()));
        assertEquals(List.of(), listing());
        end(attempt, LATER);
        after(Duration.ofHours(1));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertEquals(0, scheduler.inFlight());
    }

    @Test
    void scheduledMailIsDueNow() throws Exception {
        queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), LATER);
        assertEquals(1, orders.schedule(new Selection.All()));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void pausedTrafficWaits() throws Exception {
        queue(Mail.out("bob@example.com"));
        assertTrue(orders.pause(Lane.RELAY));
        assertFalse(orders.pause(Lane.RELAY));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertTrue(orders.resume(Lane.RELAY));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void aWorkerThatHangsUpHasDeferredForAShortWhile() throws Exception {
        queue(Mail.out("bob@example.com"));
        var attempt = mustTry(Lane.RELAY);
        scheduler.hungUp(attempt, attempt.leased());
        scheduler.finish(attempt);
        assertTrue(next(Lane.RELAY).isEmpty());
        after(Duration.ofSeconds(10));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void mailThatBringsARoomDownTwiceIsHeld() throws Exception {
        var poison = queue(Mail.home("bob@example.org"));
        var other = queue(Mail.home("eve@example.org"));
        die(mustTry(Lane.LOCAL), mustTry(Lane.LOCAL));
        after(Duration.ofSeconds(10));
        var alone = mustTry(Lane.LOCAL);
        assertTrue(next(Lane.LOCAL).isEmpty(), "suspects are tried one at a time");
        die(alone);
        after(Duration.ofSeconds(10));
        assertTrue(listing().toString().contains("held: a room died 2 times"), listing()::toString);
        var left = mustTry(Lane.LOCAL);
        assertEquals(Set.of(poison, other), Set.of(alone.ids().getFirst(), left.ids().getFirst()));
    }

    private void die(Attempt... attempts) {
        for (var attempt : attempts) {
            scheduler.hungUp(attempt, attempt.leased());
            scheduler.finish(attempt);
        }
        scheduler.suspect(
                Arrays.stream(attempts).flatMap(attempt -> attempt.ids().stream()).toList());
    }

    @Test
    void aRoutedEnvelopeIsReplaced() throws Exception {
        queue(Mail.from(""), Mail.share("ann@example.net", "", new Share.Destination.Unrouted()));
        var attempt = mustTry(Lane.ROUTE);
        scheduler.routed(attempt.leased().getFirst(), List.of(Mail.out("ann@example.net")));
        scheduler.finish(attempt);
        assertTrue(next(Lane.ROUTE).isEmpty());
        assertEquals(
                Mail.out("ann@example.net"),
                mustTry(Lane.RELAY).leased().getFirst().envelope().share());
    }

    @Test
    void theListingHasFourteenFields() throws Exception {
        var id = queue(Mail.out("bob@example.com"));
        end(mustTry(Lane.RELAY), LATER);
        after(Duration.ofSeconds(60));
        var fields = listing().getFirst().split("\\|", -1);
        assertEquals(14, fields.length);
        assertEquals(
                List.of(
                        id.toString(),
                        "inet4",
                        "mta",
                        "",
                        "ann@example.net",
                        "bob@example.com",
                        "bob@example.com",
                        "1767225600",
                        "1767571200",
                        "1767225600",
                        "1",
                        "pending"),
                List.of(fields).subList(0, 12));
        assertEquals("450 later", fields[13]);
    }

    @Test
    void theEnvelopeIsShownAsKeysAndValues() throws Exception {
        var id = queue(Mail.home("bob@example.org"));
        var shown = new ArrayList<String>();
        assertEquals(1, orders.showEnvelope(id, shown::add));
        assertTrue(shown.containsAll(List.of("evpid: " + id, "mda-user: bob", "state: pending")));
    }

    @Test
    void theContentIsShownLineByLine() throws Exception {
        var id = queue(Mail.home("bob@example.org"));
        var shown = new ArrayList<String>();
        assertEquals(1, orders.showMessage(id.message(), shown::add));
        assertEquals(List.of("Subject: hello", "", "world"), shown);
    }

    @Test
    void anUnknownActionIsNoReasonToLoseMail() throws Exception {
        queue(Mail.share("bob@example.com", "nowhere", new Share.Destination.Remote()));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertTrue(listing().getFirst().contains("\"nowhere\""), listing()::getFirst);
    }
}
