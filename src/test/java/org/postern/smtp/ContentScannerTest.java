package org.postern.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.smtp.ContentScanner.LineEnds;

/// Where content ends, and what is left of it: whatever the pieces in which it comes.
class ContentScannerTest {
    /// What a scanner makes of some bytes.
    record Seen(String content, int taken, boolean over, boolean bare, boolean nul) {}

    private static Seen scan(String text, LineEnds lineEnds, int... cuts) throws IOException {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        var scanner = new ContentScanner(lineEnds);
        var content = new ByteArrayOutputStream();
        int from = 0;
        int taken = 0;
        for (int i = 0; i <= cuts.length && !scanner.isOver(); i++) {
            int to = i == cuts.length ? bytes.length : cuts[i];
            // Another offset each time, as in a buffer that is used again.
            var buffer = new byte[to - from + i];
            System.arraycopy(bytes, from, buffer, i, to - from);
            taken +=
                    scanner.scan(
                                    buffer,
                                    i,
                                    i + to - from,
                                    (run, begin, end) -> content.write(run, begin, end - begin))
                            - i;
            from = to;
        }
        Assertions.assertEquals(content.size(), scanner.octets());
        return new Seen(
                content.toString(StandardCharsets.ISO_8859_1),
                taken,
                scanner.isOver(),
                scanner.hasBareLineEnd(),
                scanner.hasNul());
    }

    @Test
    void dotsAreUnstuffedAndCarriageReturnsDropped() throws IOException {
        var seen = scan("a\r\n..b\r\n.c\r\n\r\n.\r\nQUIT\r\n", LineEnds.CRLF);
        Assertions.assertEquals(new Seen("a\n.b\nc\n\n", 17, true, false, false), seen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\n..b\r\n.c\r\n.\r\nQUIT\r\n",
                ".\r\nMAIL\r\n",
                "a\n.\nb\r\n.\r\n",
                "a\n.\r\nb\r\n.\r\n",
                "a\r\n.\nb\r\n.\r\n",
                "a\r.\rb\r\n.\r\n",
                "a\r\n.\rb\r\n.\r\n",
                "a\r\n.\r\rb\r\n.\r\n",
                "a\r\n.\r\r\n.\r\n",
                "a\r\r\nb\r\n..\r\n.\r\n",
                "\0a\r\n.\0\r\n\0.\r\n.\r\n",
                "....\r\n.\r.\r\n\n\n\r\r\n.\r\nx"
            })
    void anyPiecesGiveTheSame(String text) throws IOException {
        for (var lineEnds : LineEnds.values()) {
            var whole = scan(text, lineEnds);
            for (int first = 0; first <= text.length(); first++) {
                for (int second = first; second <= text.length(); second++) {
                    Assertions.assertEquals(
                            whole, scan(text, lineEnds, first, second), first + ", " + second);
                }
            }
        }
    }

    @Test
    void randomPiecesOfRandomContentGiveTheSame() throws IOException {
        for (int seed = 0; seed < 2000; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                text.append("\r\n..\r\nab\0".charAt(random.nextInt(9)));
            }
            text.append("\r\n.\r\n");
            var cuts = random.ints(5, 0, text.length()).sorted().toArray();
            for (var lineEnds : LineEnds.values()) {
                Assertions.assertEquals(
                        scan(text.toString(), lineEnds),
                        scan(text.toString(), lineEnds, cuts),
                        "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a\\r\\n.\\r\\n, true",
        "a\\n.\\n, false",
        "a\\n.\\r\\n, false",
        "a\\r\\n.\\n, false",
        "a\\r.\\r, false",
        "a\\r\\n.\\r, false",
        "a\\r\\n.\\0\\r\\n, false",
        "a\\r\\n.\\r\\r\\n, false",
        ".\\r\\n, true"
    })
    void onlyCrLfDotCrLfEndsTheContent(String written, boolean ends) throws IOException {
        var text = written.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
        var seen = scan(text, LineEnds.CRLF);
        Assertions.assertEquals(ends, seen.over());
    }

    @Test
    void bareLineEndsAreNoted() throws IOException {
        Assertions.assertTrue(scan("a\nb\r\n.\r\n", LineEnds.CRLF).bare());
        Assertions.assertTrue(scan("a\rb\r\n.\r\n", LineEnds.CRLF).bare());
        Assertions.assertFalse(scan("a\r\nb\r\n.\r\n", LineEnds.CRLF).bare());
    }

    @Test
    void localProgramsMayUseLineFeeds() throws IOException {
        var seen = scan("a\n..b\r\n.\nQUIT\n", LineEnds.LF_TOO);
        Assertions.assertEquals(new Seen("a\n.b\n", 9, true, false, false), seen);
    }

    @Test
    void aCarriageReturnOfALocalProgramIsContent() throws IOException {
        var seen = scan("a\rb\r\r\n.\n", LineEnds.LF_TOO);
        Assertions.assertEquals(new Seen("a\rb\r\n", 8, true, false, false), seen);
    }
}
