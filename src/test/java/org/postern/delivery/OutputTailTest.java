package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What is kept of a command's output.
class OutputTailTest {
    private static String lastLine(String output) {
        var tail =
                new OutputTail(
                        new ByteArrayInputStream(output.getBytes(StandardCharsets.ISO_8859_1)));
        tail.read();
        return tail.lastLine();
    }

    @Test
    void theLastLineThatIsNotBlankCounts() {
        assertEquals("quota exceeded", lastLine("hello\nquota exceeded\n\n  \n"));
    }

    @Test
    void silenceIsEmpty() {
        assertEquals("", lastLine(""));
    }

    @Test
    void muchOutputIsNotKept() {
        assertEquals("end", lastLine("x\n".repeat(1_000_000) + "end\n"));
    }

    @Test
    void anOverlongLineIsCut() {
        assertEquals(255, lastLine("y".repeat(10_000)).length());
    }
}
