package org.postern.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Urgency;
import org.postern.queue.Mail;
import org.postern.queue.store.FaultyDisk;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.Store;

/// Which mail for a Maildir is tried together.
@Timeout(60)
class CompanyTest {
    private static final Duration TTL = Duration.ofDays(4);

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private SegmentStore store;
    private Scheduler scheduler;

    @BeforeEach
    void open() throws Exception {
        var options = new SegmentStore.Options(1 << 20, 1 << 20, 100_000);
        store = SegmentStore.open(new FaultyDisk(), options, Log.silent());
        var rule = new Policy.Rule(Policy.Manner.MAILDIR, TTL);
        var policy = new Policy(Map.of("home", rule), TTL, List.of(), 100);
        scheduler = new Scheduler(store, policy, () -> now, Log.silent());
    }

    @AfterEach
    void close() throws Exception {
        scheduler.close();
        store.close();
    }

    private EnvelopeId queue(String recipient, Chunk content) {
        var share = Mail.home(recipient);
        try (var draft = store.draft(store.reserve(), Mail.from("ann@example.net"), now)) {
            draft.add(share);
            draft.append(content);
            if (draft.commit(content.length()) instanceof Store.Answer.Committed(var ids)) {
                scheduler.admit(ids, List.of(share), now, Urgency.USUAL);
                return ids.getFirst();
            }
        }
        throw new AssertionError("not committed");
    }

    private EnvelopeId queue(String recipient) {
        return queue(recipient, Chunk.of("Subject: hello\n\nworld\n"));
    }

    private Attempt next() throws InterruptedException {
        scheduler.tick();
        return scheduler.next(Lane.LOCAL, Duration.ZERO).orElseThrow();
    }

    @Test
    void smallMailForOneMaildirGoesTogether() throws Exception {
        var first = queue("bob@example.org");
        var second = queue("bob@example.org");
        queue("eve@example.org");
        assertEquals(List.of(first, second), next().ids());
    }

    @Test
    void largeMailForAMaildirGoesAlone() throws Exception {
        var first = queue("bob@example.org");
        var large = queue("bob@example.org", Mail.content(1, 300_000));
        var last = queue("bob@example.org");
        assertEquals(List.of(first), next().ids());
        assertEquals(List.of(large), next().ids());
        assertEquals(List.of(last), next().ids());
    }

    /// What does not come along with its attempt is asked for, and one attempt can ask for one.
    @Test
    void mailThatDoesNotFitIntoAnAttemptGoesAlone() throws Exception {
        var first = queue("bob@example.org", Mail.content(1, 70_000));
        var second = queue("bob@example.org", Mail.content(2, 70_000));
        var third = queue("bob@example.org");
        assertEquals(List.of(first), next().ids());
        assertEquals(List.of(second), next().ids());
        assertEquals(List.of(third), next().ids());
    }

    @Test
    void aLargeMessageGoesToOneSubAddressAtATime() throws Exception {
        var shares = List.of(Mail.home("bob@example.org"), Mail.home("bob@example.org"));
        try (var draft = store.draft(store.reserve(), Mail.from("ann@example.net"), now)) {
            shares.forEach(draft::add);
            draft.append(Mail.content(1, 300_000));
            if (draft.commit(300_000) instanceof Store.Answer.Committed(var ids)) {
                scheduler.admit(ids, shares, now, Urgency.USUAL);
            }
        }
        assertEquals(1, next().ids().size());
        assertEquals(1, next().ids().size());
    }

    /// The worker knew it before the queue did, and gave all of it back.
    @Test
    void mailForWhatIsACommandByNowGoesOneByOneAsFarAsTheUsersCapAllows() throws Exception {
        for (int i = 0; i < 9; i++) {
            queue("bob@example.org");
        }
        var attempt = next();
        assertEquals(9, attempt.ids().size());
        attempt.leased().forEach(scheduler::notYet);
        scheduler.finish(attempt);
        var rule = new Policy.Rule(Policy.Manner.LOCAL, TTL);
        scheduler.reload(new Policy(Map.of("home", rule), TTL, List.of(), 100));
        now = now.plusSeconds(1);
        for (int i = 0; i < 7; i++) {
            assertEquals(1, next().ids().size());
        }
        assertEquals(Optional.empty(), scheduler.next(Lane.LOCAL, Duration.ZERO));
    }

    @Test
    void mailThatWentTogetherWhenTheWorkerHungUpIsTriedAlone() throws Exception {
        queue("bob@example.org");
        queue("bob@example.org");
        var attempt = next();
        scheduler.hungUp(attempt, attempt.leased());
        scheduler.finish(attempt);
        now = now.plusSeconds(10);
        assertEquals(1, next().ids().size());
        assertEquals(1, next().ids().size());
    }
}
