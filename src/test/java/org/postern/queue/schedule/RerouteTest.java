package org.postern.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.queue.Mail;
import org.postern.queue.store.FaultyDisk;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.Store;

/// Mail whose action is gone: kept, shown, released when the action is back, or routed again.
@Timeout(60)
class RerouteTest {
    private static final Outcome.Failed NO_RULE =
            new Outcome.Failed(
                    new EnhancedStatus(5, 1, 1), "Invalid recipient (no rule matches)", "");
    private static final Outcome.Deferred LATER =
            new Outcome.Deferred(new EnhancedStatus(4, 3, 0), "Temporary failure", "");

    private final FaultyDisk disk = new FaultyDisk();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;
    private SegmentStore store;
    private Scheduler scheduler;
    private Orders orders;

    private static Policy policy(String... actions) {
        var rules = new HashMap<String, Policy.Rule>();
        for (var action : actions) {
            var manner = action.startsWith("home") ? Policy.Manner.LOCAL : Policy.Manner.RELAY;
            rules.put(action, new Policy.Rule(manner, Duration.ofDays(4)));
        }
        return new Policy(rules, Duration.ofDays(4), List.of(), 100);
    }

    @BeforeEach
    void open() throws Exception {
        store =
                SegmentStore.open(
                        disk, new SegmentStore.Options(1 << 20, 1 << 20, 100_000), Log.silent());
        scheduler = new Scheduler(store, policy("home", "out"), clock, Log.silent());
        orders = scheduler.orders();
    }

    @AfterEach
    void close() throws Exception {
        scheduler.close();
        store.close();
    }

    private List<EnvelopeId> queue(Share... shares) {
        try (var draft = store.draft(store.reserve(), Mail.from("ann@example.net"), now)) {
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

    private Optional<Attempt> next(Lane lane) throws InterruptedException {
        scheduler.tick();
        return scheduler.next(lane, Duration.ZERO);
    }

    private Attempt mustTry(Lane lane) throws InterruptedException {
        return next(lane).orElseThrow(() -> new AssertionError("nothing to try"));
    }

    private void routed(Attempt attempt, Share... shares) {
        scheduler.routed(attempt.leased().getFirst(), List.of(shares));
        scheduler.finish(attempt);
    }

    private void end(Attempt attempt, Outcome outcome) {
        scheduler.report(attempt, attempt.leased().getFirst(), outcome);
        scheduler.finish(attempt);
    }

    private String listing() throws Exception {
        var listed = new ArrayList<String>();
        orders.showQueue(new Selection.All(), listed::add);
        return String.join("\n", listed);
    }

    private Set<String> ways() throws Exception {
        var ways = new TreeSet<String>();
        var entries = new ArrayList<Store.Entry>();
        store.eachLive(entries::add);
        for (var entry : entries) {
            var share = store.look(entry.id()).orElseThrow().envelope().share();
            ways.add(share.action() + " " + share.recipient());
        }
        return ways;
    }

    @Test
    void mailWhoseActionIsBackIsDueAtOnceThoughItWasDeferredBefore() throws Exception {
        queue(Mail.out("bob@example.com"));
        var attempt = mustTry(Lane.RELAY);
        end(attempt, LATER);
        scheduler.reload(policy("home"));
        assertTrue(next(Lane.RELAY).isEmpty());
        assertTrue(listing().contains("there is no action \"out\" any more"), listing());
        scheduler.reload(policy("home", "out"));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void whatIsRoutedAgainIsReplacedByWhereTheRulesLead() throws Exception {
        queue(Mail.out("bob@example.com"));
        scheduler.reload(policy("home", "out2"));
        assertEquals(1, orders.reroute(new Selection.All()));
        assertEquals(0, orders.reroute(new Selection.All()));
        var box = new Share.Destination.Remote();
        routed(mustTry(Lane.ROUTE), Mail.share("bob@example.com", "out2", box));
        assertEquals(Set.of("out2 bob@example.com"), ways());
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void allMeansThoseWhoseActionIsGone() throws Exception {
        queue(Mail.out("bob@example.com"), Mail.home("carol@example.org"));
        scheduler.reload(policy("home"));
        assertEquals(1, orders.reroute(new Selection.All()));
        assertEquals(
                "bob@example.com",
                mustTry(Lane.ROUTE).leased().getFirst().envelope().share().recipient().toString());
    }

    @Test
    void whatIsHeldByTheAdministratorIsRoutedAgainWhenItIsNamed() throws Exception {
        var ids = queue(Mail.out("bob@example.com"));
        assertEquals(1, orders.hold(new Selection.All()));
        assertEquals(0, orders.reroute(new Selection.All()));
        assertEquals(1, orders.reroute(new Selection.One(ids.getFirst())));
        assertTrue(next(Lane.ROUTE).isPresent());
    }

    @Test
    void whatTheRulesRefuseStaysAndSaysWhyAndIsReleasedWhenItsActionIsBack() throws Exception {
        queue(Mail.out("bob@example.com"));
        scheduler.reload(policy("home"));
        orders.reroute(new Selection.All());
        end(mustTry(Lane.ROUTE), NO_RULE);
        assertTrue(next(Lane.ROUTE).isEmpty());
        assertTrue(listing().contains("|held|"), listing());
        assertTrue(
                listing().contains("routing it again failed: Invalid recipient (no rule matches)"),
                listing());
        scheduler.reload(policy("home", "out"));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void whatTheRulesRefuseThoughItsActionIsThereIsHeld() throws Exception {
        var ids = queue(Mail.out("bob@example.com"));
        orders.reroute(new Selection.One(ids.getFirst()));
        end(mustTry(Lane.ROUTE), NO_RULE);
        assertTrue(next(Lane.RELAY).isEmpty());
        assertTrue(listing().contains("it could not be routed again"), listing());
        assertEquals(1, orders.release(new Selection.All()));
        assertTrue(next(Lane.RELAY).isPresent());
    }

    @Test
    void whatCannotBeDecidedNowIsAskedAgainLater() throws Exception {
        queue(Mail.out("bob@example.com"));
        scheduler.reload(policy("home"));
        orders.reroute(new Selection.All());
        end(mustTry(Lane.ROUTE), LATER);
        assertTrue(next(Lane.ROUTE).isEmpty());
        now = now.plus(Duration.ofHours(1));
        assertTrue(next(Lane.ROUTE).isPresent());
    }

    @Test
    void twoThatLeadToTheSameRecipientBecomeOne() throws Exception {
        var list = Mail.box("list@example.org");
        var to = Mail.box("ann@example.com");
        var joe = new Share.Destination.Account("joe", "");
        var bob = new Share.Destination.Account("bob", "");
        queue(
                new Share(list, list, "home", joe, Set.of(), ""),
                new Share(list, list, "home", bob, Set.of(), ""));
        scheduler.reload(policy("out"));
        assertEquals(2, orders.reroute(new Selection.All()));
        var ann = new Share(list, to, "out", new Share.Destination.Remote(), Set.of(), "");
        var first = mustTry(Lane.ROUTE);
        var second = mustTry(Lane.ROUTE);
        routed(first, ann);
        routed(second, ann);
        assertEquals(Set.of("out ann@example.com"), ways());
        assertTrue(next(Lane.RELAY).isPresent());
        assertTrue(next(Lane.RELAY).isEmpty());
    }

    @Test
    void whatWasRemovedWhileItWasRoutedIsNotThereAgain() throws Exception {
        queue(Mail.out("bob@example.com"), Mail.out("carol@example.com"));
        scheduler.reload(policy("home", "out2"));
        orders.reroute(new Selection.All());
        var attempt = mustTry(Lane.ROUTE);
        orders.remove(new Selection.One(attempt.ids().getFirst()));
        var remote = new Share.Destination.Remote();
        var recipient = attempt.leased().getFirst().envelope().share().recipient().toString();
        routed(attempt, Mail.share(recipient, "out2", remote));
        assertEquals(1, ways().size());
    }

    @Test
    void aCrashLeavesTheOldOneOrTheNewOnes() throws Exception {
        queue(Mail.out("bob@example.com"));
        scheduler.reload(policy("home", "out2"));
        orders.reroute(new Selection.All());
        var attempt = mustTry(Lane.ROUTE);
        crash();
        assertEquals(Set.of("out bob@example.com"), ways());
        orders.reroute(new Selection.All());
        attempt = mustTry(Lane.ROUTE);
        var remote = new Share.Destination.Remote();
        routed(attempt, Mail.share("bob@example.com", "out2", remote));
        crash();
        assertEquals(Set.of("out2 bob@example.com"), ways());
    }

    private void crash() throws Exception {
        scheduler.close();
        store.close();
        store =
                SegmentStore.open(
                        disk, new SegmentStore.Options(1 << 20, 1 << 20, 100_000), Log.silent());
        scheduler = new Scheduler(store, policy("home", "out2"), clock, Log.silent());
        orders = scheduler.orders();
    }

    @Test
    void whatAWorkerDoesNotKnowYetIsTriedAgainInAMomentAndCountsAsNoTry() throws Exception {
        queue(Mail.home("carol@example.org"));
        var attempt = mustTry(Lane.LOCAL);
        scheduler.notYet(attempt.leased().getFirst());
        scheduler.finish(attempt);
        assertTrue(next(Lane.LOCAL).isEmpty());
        now = now.plus(Duration.ofSeconds(1));
        assertEquals(0, mustTry(Lane.LOCAL).leased().getFirst().envelope().tries());
    }

    @Test
    void aReloadThatChangesNothingForTheQueueTouchesNothing() throws Exception {
        queue(Mail.home("carol@example.org"));
        scheduler.tick();
        scheduler.reload(policy("home", "out"));
        assertTrue(scheduler.next(Lane.LOCAL, Duration.ZERO).isPresent());
    }

    @Test
    void aReloadThatAddsAnActionLeavesWhatIsReadyReady() throws Exception {
        queue(Mail.home("carol@example.org"));
        scheduler.tick();
        scheduler.reload(policy("home", "out", "out2"));
        assertTrue(scheduler.next(Lane.LOCAL, Duration.ZERO).isPresent());
    }
}
