package org.postern.queue.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postern.ipc.Work.Lane;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.mail.Urgency;
import org.postern.queue.Mail;
import org.postern.queue.store.Key;
import org.postern.queue.store.Store;

/// What is first of all that is due (RFC 6710 section 5), and that nothing starves.
class PriorityTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Schedule schedule =
            new Schedule(
                    new Policy(
                            Map.of("out", new Policy.Rule(Policy.Manner.RELAY, Duration.ofDays(4))),
                            Duration.ofDays(4),
                            List.of(),
                            100));
    private int messages;

    private void add(String domain, int priority) {
        messages++;
        schedule.addReady(
                Store.Entry.fresh(
                        EnvelopeId.of(new MessageId(messages), 1),
                        Key.of(Mail.out("bob@" + domain)),
                        NOW,
                        new Urgency(priority, new Urgency.Deadline.Never())),
                NOW.toEpochMilli());
    }

    /// Takes the next one, which is done at once: its priority.
    private int next() {
        var batch = schedule.take(Lane.RELAY);
        assertEquals(1, batch.size());
        var task = batch.getFirst();
        schedule.remove(task);
        schedule.finish(task.group);
        return task.urgency.priority();
    }

    @Test
    void theMoreUrgentGoesFirst() {
        for (int priority : new int[] {0, -9, 3, 9}) {
            add("example.com", priority);
        }
        assertEquals(List.of(9, 3, 0, -9), List.of(next(), next(), next(), next()));
    }

    @Test
    void theMoreUrgentGoesFirstWhereverItGoes() {
        add("a.example", 0);
        add("b.example", -1);
        add("c.example", 5);
        add("d.example", 9);
        assertEquals(List.of(9, 5, 0, -1), List.of(next(), next(), next(), next()));
    }

    @Test
    void ofOnePriorityTheFirstGoesFirst() {
        add("example.com", 4);
        add("example.com", 4);
        var first = schedule.take(Lane.RELAY).getFirst();
        assertEquals(1, first.message());
    }

    /// More urgent mail keeps coming, for the same destination and for others, and there is always
    /// some: all the same each of the others has its share.
    @Test
    void nothingStarves() {
        for (int i = 0; i < 100; i++) {
            add("example.com", -9);
            add("example.com", 0);
            add("example.net", -9);
        }
        var counts = new HashMap<Integer, Integer>();
        for (int i = 0; i < 300; i++) {
            add("example.com", 9);
            add("example.net", 9);
            counts.merge(next(), 1, Integer::sum);
        }
        assertEquals(260, counts.get(9));
        assertEquals(20, counts.get(0));
        assertEquals(20, counts.get(-9));
    }

    /// What waits for a destination that takes no more is not forgotten, and keeps nobody waiting.
    @Test
    void aDestinationThatIsFullHasNoTurn() {
        for (int i = 0; i < 30; i++) {
            add("example.com", 9);
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(9, schedule.take(Lane.RELAY).getFirst().urgency.priority());
        }
        add("example.net", -9);
        assertEquals(-9, next());
        assertTrue(schedule.take(Lane.RELAY).isEmpty());
        assertEquals(false, schedule.hasWork(Lane.RELAY));
    }
}
