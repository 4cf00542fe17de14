package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.postern.smtp.Smuggling;

/// Only CR LF `.` CR LF ends a message: nothing else makes a second message of what is content.
class SmugglingTest {
    private static final String BEFORE =
            "EHLO a\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<bob@example.org>\r\n";
    private static final String HIDDEN =
            "MAIL FROM:<smuggled@example.net>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nX: y\r\n\r\n";

    private static void nothingIsSmuggledBy(
            String end, FakeQueue queue, Submissions submissions, int piece) throws Exception {
        int before = queue.kept().size();
        var heard =
                Monologue.answers(
                        submissions,
                        () -> piece,
                        BEFORE,
                        "DATA\r\n",
                        "X: y\r\n\r\nbody" + end + HIDDEN + "secret\r\n.\r\n",
                        "QUIT\r\n");
        var shown = Smuggling.shown(end) + " in pieces of " + piece + "\n" + heard;
        var behind = heard.substring(heard.indexOf("354 "));
        assertEquals(3, behind.lines().count(), shown);
        assertTrue(behind.endsWith("221 2.0.0 Bye\r\n"), shown);
        for (var message : queue.kept().subList(before, queue.kept().size())) {
            assertFalse(message.facts().sender().toString().contains("smuggled"), shown);
            assertFalse(message.content().contains("\r"), shown);
            assertFalse(message.content().contains("\0"), shown);
        }
    }

    @Test
    void nothingButTheTrueEndEndsTheContent() throws Exception {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            for (var end : Smuggling.ends()) {
                nothingIsSmuggledBy(end, queue, submissions, Integer.MAX_VALUE);
                nothingIsSmuggledBy(end, queue, submissions, 1);
            }
            assertEquals(java.util.List.of(), queue.broken());
        }
    }

    @Test
    void bareLineEndsAreNeverAccepted() throws Exception {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            for (var end : Smuggling.ends()) {
                if (!end.replace("\r\n", "").matches("(?s).*[\r\n].*")) {
                    continue;
                }
                var heard =
                        Monologue.answers(
                                submissions,
                                () -> Integer.MAX_VALUE,
                                BEFORE,
                                "DATA\r\n",
                                "X: y\r\n\r\nbody" + end + "x\r\n.\r\n");
                assertTrue(heard.contains("\r\n550 5.6.0 Message refused: "), Smuggling.shown(end));
            }
            assertEquals(java.util.List.of(), queue.kept());
        }
    }
}
