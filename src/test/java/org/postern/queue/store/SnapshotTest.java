package org.postern.queue.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.Urgency;

/// What a checkpoint knows, and that those of before are understood.
class SnapshotTest {
    private static final Urgency HURRY =
            new Urgency(
                    9,
                    new Urgency.Deadline.At(
                            Instant.parse("2031-02-03T04:05:06Z"),
                            Urgency.Mode.NOTIFY,
                            Urgency.Trace.TOLD));

    /// The magic number, the position, the three counts, and two rows for messages.
    private static final int WITHOUT_HURRIES = 8 + 8 + 12 + 2 * 36;

    private static Snapshot of(Urgency... urgencies) {
        var messages = new IdMap<Live.Message>();
        for (int i = 0; i < urgencies.length; i++) {
            var message = new Live.Message(i + 1);
            message.urgency = urgencies[i];
            messages.put(message);
        }
        return Snapshot.of(new Index.At(1, 64), messages, new IdMap<>(), List.of(), Set.of());
    }

    private static List<Snapshot.Row> rows(Snapshot snapshot) throws Damaged {
        var rows = new ArrayList<Snapshot.Row>();
        assertEquals(new Index.At(1, 64), Snapshot.read(snapshot.bytes(), rows::add));
        return rows;
    }

    /// So an older server reads it, and this one reads an older server's.
    @Test
    void whereNothingIsInAHurryItIsAsItAlwaysWas() throws Exception {
        var usual = of(Urgency.USUAL, Urgency.USUAL);
        assertEquals(WITHOUT_HURRIES, usual.bytes().remaining());
        assertEquals(2, rows(usual).size());
    }

    @Test
    void hurriesAreRemembered() throws Exception {
        var rows = rows(of(Urgency.USUAL, HURRY));
        assertEquals(3, rows.size());
        assertEquals(new Snapshot.Row.OfHurry(2, HURRY), rows.getLast());
    }
}
