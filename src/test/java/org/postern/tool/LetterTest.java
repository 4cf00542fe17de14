package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.mail.Mailbox;

/// What becomes of a message on its way through `sendmail`.
class LetterTest {
    private static final String GIVEN = "From: a@b.example\nDate: now\n";

    private static Letter read(String text) throws IOException {
        return Letter.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String finished(String text) throws IOException {
        try (var letter = read(text)) {
            var out = new ByteArrayOutputStream();
            new Finishing(letter, new Mailbox("ann", "here.example"), "Ann Lee", Instant.EPOCH)
                    .writeTo(out);
            return out.toString(StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'Subject: x\n\nhi\n', 'Subject: x\n\nhi\n'",
        "'Subject: x\r\n\r\nhi\r\n', 'Subject: x\n\nhi\n'",
        "'Subject: x\n\nhi', 'Subject: x\n\nhi\n'",
        "'Subject: x\n\nhi\rho\n', 'Subject: x\n\nhi\rho\n'",
        "'Subject: x', 'Subject: x\n\n'",
        "'Subject: x\n', 'Subject: x\n\n'",
        "'Subject: a\n folded\n\nhi\n', 'Subject: a\n folded\n\nhi\n'",
        "'Bcc: x@y\nSubject: a\n\nhi\n', 'Subject: a\n\nhi\n'",
        "'Bcc: x@y,\n z@y\nSubject: a\n\nhi\n', 'Subject: a\n\nhi\n'",
        "'bcc : x@y\nSubject: a\n\nhi\n', 'Subject: a\n\nhi\n'",
        "'Return-Path: <x@y>\nSubject: a\n\nhi\n', 'Subject: a\n\nhi\n'",
        "'From x Thu Jan 1\nSubject: a\n\nhi\n', 'Subject: a\n\nhi\n'",
        "'X-Only: 1\n\nhi\n', 'X-Only: 1\n\nhi\n'",
        "'hello\nyou\n', '\nhello\nyou\n'",
        "'\nhello\n', '\nhello\n'",
        "'Subject: x\nhello\n', 'Subject: x\n\nhello\n'",
        "'Subject: x\n\n.\nhi\n', 'Subject: x\n\n.\nhi\n'",
        "'Subject: x\n\nBcc: body\n', 'Subject: x\n\nBcc: body\n'",
    })
    void messagesAreCleaned(String text, String cleaned) throws IOException {
        var generated = "From: Ann Lee <ann@here.example>\nDate: Thu, 1 Jan 1970 ";
        var result = finished(text);
        assertTrue(result.startsWith(generated), result);
        int end = result.indexOf('\n', generated.length()) + 1;
        assertEquals(cleaned, result.substring(end));
    }

    @Test
    void fromAndDateStayWhenThere() throws IOException {
        assertEquals(GIVEN + "\nhi\n", finished(GIVEN + "\nhi\n"));
    }

    @Test
    void aLongLineIsMadeShort() throws IOException {
        var result = finished(GIVEN + "\n" + "a".repeat(990) + "\n");
        assertTrue(result.contains("\nContent-Transfer-Encoding: quoted-printable\n"), result);
        assertTrue(result.contains("\nMIME-Version: 1.0\n"), result);
        assertTrue(result.lines().allMatch(line -> line.length() <= 76), result);
    }

    @Test
    void aLongLineStaysWhenTheProgramEncodedIt() throws IOException {
        var text =
                GIVEN
                        + "MIME-Version: 1.0\n"
                        + "Content-Type: text/plain\n"
                        + "Content-Disposition: inline\n"
                        + "Content-Transfer-Encoding: 8bit\n\n"
                        + "a".repeat(990)
                        + "\n";
        assertEquals(text, finished(text));
    }

    @Test
    void aLongBodyGoesThroughAFile() throws IOException {
        var body = "0123456789\n".repeat(300_000);
        assertEquals(GIVEN + "\n" + body, finished(GIVEN + "\n" + body));
    }

    @Test
    void aHeaderWithoutEndIsRefused() {
        var text = "X: " + "y\n ".repeat(Letter.LONGEST_HEADER);
        assertThrows(IOException.class, () -> read(text));
    }

    @Test
    void aLineWithoutEndIsABody() throws IOException {
        var line = "no header here " + "y".repeat(Letter.LONGEST_HEADER + 10);
        try (var letter = read(line)) {
            assertEquals(line.length(), letter.body().longestLine());
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a=b, a=3Db",
                "`x \n`, `x=20\n`",
                "`x y\n`, `x y\n`",
                "`\u00e9\u0001`, `=E9=01`",
                "`\t`, `=09`"
            })
    void quotedPrintableHidesWhatMayBeHarmed(String text, String encoded) throws IOException {
        var out = new ByteArrayOutputStream();
        QuotedPrintable.encode(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out);
        assertEquals(encoded, out.toString(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Ann Lee | Ann Lee",
                "Lee, Ann | \"Lee, Ann\"",
                "Ann \"A\" | \"Ann \\\"A\\\"\"",
                "Zo\u00eb | =?UTF-8?B?Wm/Dqw==?=",
                "`a\nBcc: x` | =?UTF-8?B?YQpCY2M6IHg=?="
            })
    void namesAreWrittenSafely(String name, String phrase) {
        assertEquals(phrase, Finishing.phrase(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"Ann Lee,Room 1,, | Ann Lee", "& Lee | Ann Lee", "`` | ``"})
    void theFullNameIsTheFirstPartOfTheComment(String gecos, String name) {
        assertEquals(name, Login.expand(gecos, "ann"));
    }
}
