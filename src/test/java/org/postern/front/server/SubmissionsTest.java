package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postern.mail.MessageId;

/// The ids that messages have before they are on their way.
class SubmissionsTest {
    private static final int MANY = 200;

    private static Set<MessageId> named(Submissions submissions) throws Exception {
        var names = new ArrayList<Submissions.Name>();
        var ids = new HashSet<MessageId>();
        for (int i = 0; i < MANY; i++) {
            var name = submissions.name();
            names.add(name);
            ids.add(name.id());
        }
        names.forEach(Submissions.Name::close);
        return ids;
    }

    @Test
    void manyMessagesMayHaveIdsBeforeOneIsOnItsWay() throws Exception {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 1, queue.deadlines())) {
            assertEquals(MANY, named(submissions).size());
            assertEquals(1, queue.conversations());
        }
    }

    @Test
    void anIdThatWasNotUsedIsGoodForAnother() throws Exception {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 1, queue.deadlines())) {
            var first = named(submissions);
            var second = named(submissions);
            second.retainAll(first);
            // The queue gives ids in batches: those left over of the last one come first.
            assertTrue(second.size() > MANY - 10, second.size() + " of " + MANY);
        }
    }
}
