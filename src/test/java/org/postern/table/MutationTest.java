package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.config.TableRef.Shape;

/// Tables, aliases and forward files with mistakes that nobody thought of: each is refused, or
/// accepted, and then writing out what was read and reading it again gives the same.
class MutationTest {
    private static final int CASES = 15_000;

    private static final List<String> TABLES =
            List.of(
                    "a\nb.example\n# comment\n  c  \n",
                    "# @list\nuser@example.org\n@example.net\n[::1]\n",
                    "root: bob\nstaff:\tann, bob\n[::1] a.example\nk  v w  # x\n",
                    "joe:user:secret\nann \"|cat >/x\"\n");

    private static final List<String> RECIPIENTS =
            List.of(
                    "bob, carol@example.org",
                    "\"|/bin/vacation -a 'b, c' bob\", \\bob",
                    "/var/mail/archive, |cat, :include:/etc/mail/staff",
                    "error:550 no such user",
                    "# comment\nbob\ncarol@example.org, \\\n  dave # later\n\n|exec x",
                    "\"|a\\\\b \", joe+list");

    private static final String BYTES = " \t\n\\\"'|,:#@/[]{}\0\r\u00e9ab5";

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void noTableChangesItsMeaning() {
        int accepted = 0;
        for (int i = 0; i < CASES; i++) {
            var text = mutant(i, TABLES);
            var table = Reading.of(text, Shape.EITHER);
            if (table.mistakes.isEmpty()) {
                accepted++;
                var again = Reading.of(String.join("\n", table.rows), table.shape);
                assertEquals(table.rows, again.rows, "case " + i + ":" + text);
                assertEquals(List.of(), again.mistakes.inOrder(), "case " + i + ":" + text);
            }
        }
        assertTrue(accepted > CASES / 20, accepted + " accepted");
    }

    /// What a text was read as; each row as it can be written again.
    private static final class Reading {
        private final List<String> rows = new ArrayList<>();
        private final Mistakes mistakes = new Mistakes(Mistakes.Showing.LINES);
        private Shape shape = Shape.EITHER;

        static Reading of(String text, Shape shape) {
            var reading = new Reading();
            var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            var table =
                    new TableText(
                            shape,
                            reading.mistakes,
                            (row, found) ->
                                    reading.rows.add(
                                            found == Shape.LIST
                                                    ? row.key()
                                                    : row.key() + ":" + row.value()));
            table.read(bytes, bytes.length);
            reading.shape = table.shape();
            return reading;
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void noRecipientsChangeTheirMeaning() {
        int accepted = 0;
        for (int i = 0; i < CASES; i++) {
            var text = mutant(i, RECIPIENTS);
            var line = AliasValues.parse(text);
            if (line instanceof Answer.Found<List<AliasValue>>(var values)) {
                accepted++;
                assertEquals(line, AliasValues.parse(written(values)), "case " + i + ":" + text);
            }
            var forward = AliasValues.parseForward(text);
            if (forward instanceof Answer.Found<List<AliasValue>>(var values)) {
                var written =
                        values.stream()
                                .map(value -> written(List.of(value)))
                                .collect(Collectors.joining("\n"));
                assertEquals(forward, AliasValues.parseForward(written), "case " + i + ":" + text);
            }
        }
        assertTrue(accepted > CASES / 20, accepted + " accepted");
    }

    /// Every byte protected, so that none has a meaning of its own on the line.
    private static String written(List<AliasValue> values) {
        return values.stream()
                .map(
                        value ->
                                switch (value) {
                                    case AliasValue.User(var name) -> name;
                                    case AliasValue.Address(var mailbox) -> mailbox.toString();
                                    case AliasValue.Command(var command) -> "\"|" + command + '"';
                                    case AliasValue.File(var path) -> path;
                                    case AliasValue.Include(var path) -> "include:" + path;
                                    case AliasValue.Refusal(int code, var text) ->
                                            "error:" + code + " " + text;
                                })
                .map(text -> text.replaceAll("(?s)(.)", "\\\\$1"))
                .collect(Collectors.joining(", "));
    }

    private static String mutant(int number, List<String> seeds) {
        RandomGenerator random = new SplittableRandom(number);
        var text = seeds.get(random.nextInt(seeds.size()));
        int mistakes = random.nextInt(4);
        for (int i = 0; i < mistakes; i++) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(4));
            char c =
                    random.nextInt(8) == 0
                            ? (char) random.nextInt(256)
                            : BYTES.charAt(random.nextInt(BYTES.length()));
            text =
                    switch (random.nextInt(4)) {
                        case 0 -> text.substring(0, at) + text.substring(end);
                        case 1 -> text.substring(0, at) + c + text.substring(at);
                        case 2 -> text.substring(0, at) + c + text.substring(end);
                        default -> text + text.substring(at, end) + c;
                    };
        }
        return text;
    }
}
