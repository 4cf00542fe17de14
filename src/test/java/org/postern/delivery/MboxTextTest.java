package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.postern.mail.Chunk;

/// A letter in a mailbox file.
class MboxTextTest {
    private static final String TOP =
            """
            From carol@example.net Wed Mar  4 05:06:07 2026
            Return-Path: <carol@example.net>
            Delivered-To: list@example.org
            """;

    private static String mbox(String content) throws Exception {
        var letter =
                Letter.of(LetterTest.envelope(), new Source.Inline(Chunk.of(content), () -> true));
        var text = new StringBuilder();
        MboxText.pour(
                letter,
                "carol@example.net",
                Instant.parse("2026-03-04T05:06:07Z"),
                bytes -> text.append(StandardCharsets.ISO_8859_1.decode(bytes)));
        return text.toString();
    }

    @Test
    void aLetterHasALineBeforeAndAnEmptyLineAfter() throws Exception {
        assertEquals(TOP + "A: b\n\nbody\n\n", mbox("A: b\n\nbody\n"));
    }

    @Test
    void linesThatLookLikeTheFirstAreQuoted() throws Exception {
        assertEquals(
                TOP + "\n>From me\n>From From \nFromage\n From x\n>From ok\n\n",
                mbox("\nFrom me\nFrom From \nFromage\n From x\n>From ok\n"));
    }

    @Test
    void aMissingLastLineEndIsMade() throws Exception {
        assertEquals(TOP + "\nFro\n\n", mbox("\nFro"));
    }

    @Test
    void aLongLineStaysOneLine() throws Exception {
        assertEquals(TOP + "\n" + "x".repeat(200_000) + "\n\n", mbox("\n" + "x".repeat(200_000)));
    }
}
