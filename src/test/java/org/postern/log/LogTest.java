package org.postern.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// One event, one line; nothing a stranger sent breaks it.
class LogTest {
    private final ArrayList<String> lines = new ArrayList<>();
    private final Log log = new Log((level, line) -> lines.add(level + " " + line));

    @Test
    void whatAStrangerSentStaysOnItsLine() {
        log.info("command=\"" + Log.quoted("a\"b\\c\r\nd\377") + "\"");
        assertEquals("INFO command=\"a\\\"b\\\\c\\r\\nd\\377\"", lines.getFirst());
    }

    @Test
    void aLineThatSlippedThroughIsEscapedWhole() {
        log.info("one\ntwo");
        assertEquals("INFO one\\ntwo", lines.getFirst());
    }

    @Test
    void debuggingIsSilentUntilAskedFor() {
        log.debug("no");
        log.speak(Log.Level.DEBUG, Set.of());
        log.debug("yes");
        assertEquals("[DEBUG debug: yes]", lines.toString());
    }

    @Test
    void onlyTheTracedSubsystemIsTraced() {
        log.speak(Log.Level.INFO, Set.of("smtp"));
        log.trace("smtp", "a");
        log.trace("queue", "b");
        assertEquals("[DEBUG smtp: a]", lines.toString());
    }

    @Test
    void aBugIsOneLineWithItsTrace() {
        log.bug("session 1", new IllegalStateException("x"));
        assertEquals(1, lines.size());
        assertEquals(-1, lines.getFirst().indexOf('\n'));
    }

    @Test
    void theStreamGetsEveryLineInOrder() {
        var out = new ByteArrayOutputStream();
        var expected = new StringBuilder();
        try (var sink = new StreamSink(out)) {
            var toStream = new Log(sink);
            for (int i = 0; i < 10_000; i++) {
                toStream.info("line " + i);
                expected.append("line ").append(i).append('\n');
            }
        }
        assertEquals(expected.toString(), out.toString(StandardCharsets.UTF_8));
    }

    @org.junit.jupiter.api.Test
    void whatMakesOtherTextLookDifferentIsEscaped() {
        org.junit.jupiter.api.Assertions.assertEquals(
                "\u0436\\342\\200\\250\\342\\200\\256\\356\\216\\200?\ud83d\ude00",
                Log.visible("\u0436\u2028\u202e\ue380\ud800\ud83d\ude00"));
    }
}
