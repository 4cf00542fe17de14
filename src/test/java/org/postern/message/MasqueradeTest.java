package org.postern.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which characters of a From field a masquerade changes: the mailboxes, and nothing else.
class MasqueradeTest {
    private static String of(String value) {
        return Masquerade.of(value.replace("\\n", "\n").replace("\\t", "\t"), "ME")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "a@b.example; ME",
                "alice; ME",
                "Alice <alice>; Alice <ME>",
                "Alice Q. Public <a@b>; Alice Q. Public <ME>",
                "\"Public, A.\" < a@b > (at home); \"Public, A.\" < ME > (at home)",
                "a@b, \"c\" <d@e>,f.g@[192.0.2.1]; ME, \"c\" <ME>,ME",
                "\"a \\\"q\\\" b\" <ceo@other>; \"a \\\"q\\\" b\" <ME>",
                "(c (d@e) \\) ) a@b; (c (d@e) \\) ) ME",
                "a@b (Alice); ME (Alice)",
                "\"a b\"@c.example; ME",
                "\"a\" . b @ c . (x) d; ME",
                "<@r1,@r2:u@d>; <ME>",
                "x\\n <a@b>,\\n\\tc@d; x\\n <ME>,\\n\\tME",
                ",a@b,,c@d,; ,ME,,ME,",
                "=?utf-8?q?a=40b?= <c@d>; =?utf-8?q?a=40b?= <ME>",
                "\u00c3\u00a9t\u00c3\u00a9 <\u00c3\u00a9@d>; \u00c3\u00a9t\u00c3\u00a9 <ME>"
            })
    void mailboxesAreReplacedAndNothingElse(String value, String expected) {
        assertEquals(expected, of(value));
    }

    @Test
    void mailboxesInGroupsAreReplaced() {
        assertEquals("Team: ME, X <ME>;, ME", of("Team: a@b, X <c@d>;, e@f"));
        assertEquals("a: ME;, b: ME;", of("a: x;, b: y@z;"));
    }

    /// What mail programs find in these differs, so nothing of them stays.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "(nobody)",
                "nobody:;",
                "<>",
                "ceo@other <a@b>",
                "<ceo@other> <a@b>",
                "Alice Smith",
                "Alice Smith@other",
                "\"unbalanced <a@b>",
                "(unbalanced <a@b>",
                "a@b) <c@d>",
                "<a@b",
                "a@b>",
                "a@b; c@d",
                "x: y: a@b;;",
                "x: a@b",
                "a\\@b",
                "a@b@c",
                "<a@b@c>",
                "a@\"b\"",
                "a@[b",
                "a\u0001b@c",
                "a b <c d@e>",
                "a@b\rBcc: c",
                "@b",
                "a@"
            })
    void whatCannotBeUnderstoodIsReplacedAltogether(String value) {
        assertEquals(" ME", of(value));
    }

    /// Whatever the value, no mailbox but the one remains in what is understood, and the result is
    /// understood in the same way.
    @Test
    void nothingGetsThrough() {
        var random = new Random(5322);
        var alphabet = "ab@@<>()\"\\,;:. \n[]";
        for (int run = 0; run < 200_000; run++) {
            var value = new StringBuilder();
            for (int i = random.nextInt(14); i >= 0; i--) {
                value.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            var changed = Masquerade.of(value.toString(), "m@e");
            var places = places(changed);
            assertFalse(places.isEmpty(), changed);
            for (var place : places) {
                assertEquals("m@e", changed.substring(place.from(), place.to()), changed);
            }
        }
    }

    private static List<AddressList.Place> places(String value) {
        return assertInstanceOf(AddressList.Found.class, AddressList.read(value), value).places();
    }
}
