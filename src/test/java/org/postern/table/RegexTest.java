package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What POSIX extended regular expressions match.
class RegexTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "abc xabcx true",
                "^abc xabc false",
                "abc$ xabc true",
                "^abc$ ABC true",
                "a.c a\u00e4c true",
                "a\\.c abc false",
                "a\\.c a.c true",
                "[abc]+$ xcab true",
                "^[^abc]+$ xyz true",
                "^[^abc]+$ xAz false",
                "[]x] ] true",
                "^[^]x]$ y true",
                "[a-f]9 D9 true",
                "[-a]1 -1 true",
                "[a-]1 -1 true",
                "[[:digit:]]{3} a123 true",
                "^[[:alpha:]_]+$ a_1 false",
                "[[.-.]] - true",
                "[[=a=]] A true",
                "[\\.] \\ true",
                "(a|b)*c$ ababc true",
                "^(a|b)*c$ abdc false",
                "a{2,3}b aab true",
                "^a{2,3}b aaaab false",
                "^a{2,}b aaaab true",
                "^a{0}b ab false",
                "^a{,2}b$ aab true",
                "^a{,2}b$ b true",
                "^a{,2}b$ aaab false",
                "^a{,}b$ aaab true",
                "^(|a)b b true",
                "(?i)Abc aBC true",
                "\\bfoo\\b a.foo.b true",
                "\\bfoo\\b afoob false",
                "\\<foo foobar true",
                "foo\\> barfoo true",
                "^\\w+@\\w+$ a_1@b true",
                "\\W ab false",
                "x* y true",
                "(a*)* b true",
                "(a*)+$ b true",
                "(^a|b$)c? xb true",
                "^@$ @ true",
                "a**b aab true",
            })
    void aPatternOccursOrNot(String pattern, String text, boolean expected) throws Exception {
        assertEquals(expected, Regex.compile(pattern).occursIn(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "a)",
                "[",
                "[a",
                "[[:x:]]",
                "[[:digit:",
                "*a",
                "+",
                "a|*",
                "a{",
                "a{2",
                "a{3,2}",
                "a{256}",
                "{1}",
                "a\\",
                "(a)\\1",
                "\\d",
                "[b-a]",
                "[a-c-e]",
                "[[=a=]-c]",
                "[[:digit:]-z]",
                "^*",
                "a$?",
                "\\b{2}",
                "((((((a{200}){200}){200}){200})))"
            })
    void malformedPatternsAreRefused(String pattern) {
        assertThrows(Regex.Malformed.class, () -> Regex.compile(pattern));
    }

    @Test
    void deepNestingIsRefused() {
        assertThrows(
                Regex.Malformed.class,
                () -> Regex.compile("(".repeat(5000) + "a" + ")".repeat(5000)));
    }

    @Test
    void anEmptyPatternIsEverywhere() throws Exception {
        assertTrue(Regex.compile("").occursIn(""));
    }

    /// A backtracking engine would need longer than the universe is old.
    @Test
    void nestedRepetitionIsNoTrap() throws Exception {
        var regex = Regex.compile("^(a+)+(a|aa)*(a?){40}b$");
        assertFalse(regex.occursIn("a".repeat(1000)));
    }

    /// Patterns whose meaning POSIX and Java agree on, put together at random.
    @Test
    void itAgreesWithAnotherEngine() throws Exception {
        var random = new Random(20251122);
        for (int i = 0; i < 20_000; i++) {
            var pattern = pattern(random, 3);
            var text = text(random);
            var other =
                    Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.DOTALL)
                            .matcher(text)
                            .find();
            assertEquals(other, Regex.compile(pattern).occursIn(text), pattern + " in " + text);
        }
    }

    private static String pattern(Random random, int depth) {
        var pattern = new StringBuilder();
        if (random.nextInt(8) == 0) {
            pattern.append('^');
        }
        int parts = 1 + random.nextInt(3);
        for (int i = 0; i < parts; i++) {
            pattern.append(atom(random, depth));
            pattern.append(
                    switch (random.nextInt(10)) {
                        case 0 -> "*";
                        case 1 -> "+";
                        case 2 -> "?";
                        case 3 -> "{1,2}";
                        case 4 -> "{2}";
                        case 5 -> "{0,}";
                        default -> "";
                    });
        }
        if (random.nextInt(8) == 0) {
            pattern.append("(?:$)".substring(3, 4));
        }
        return pattern.toString();
    }

    private static String atom(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> ".";
            case 1 -> "[ab]";
            case 2 -> "[^a]";
            case 3, 4 -> String.valueOf("abcB.".charAt(random.nextInt(4)));
            case 5 -> "(" + pattern(random, depth - 1) + ")";
            default -> "(" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
        };
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        int length = random.nextInt(8);
        for (int i = 0; i < length; i++) {
            text.append("abcAC".charAt(random.nextInt(5)));
        }
        return text.toString();
    }

    /// Patterns that make engines that backtrack, or that copy automata, need a lifetime.
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "^(a+)+$ a !",
                "^(a|aa)+$ a !",
                "(.*)(.*)(.*)(.*)(.*)[^a]b$ a a",
                "^(a?){60}a{60}$ a !",
                "((a*)*)*b a a",
                "(a|a|a|a)*b a c",
                "(x+x+)+y x x",
                "^(([a-z])+.)+[A-Z]([a-z])+$ a 1",
                "(.{0,100}){3}@ b b",
                "(\\b.)*! a- a",
                "^.*@.*@.*@.*\\.$ a@ @",
                "(|a)*(|b)*(|c)*d abc c",
            })
    void aSearchTakesAFewStepsForEachByteAndState(String pattern, String much, String end)
            throws Exception {
        var regex = Regex.compile(pattern);
        var text = much.repeat(2000 / much.length()) + end;
        var steps = regex.steps(text);
        // Each state is entered once at each place, from at most two others, and read once.
        assertTrue(steps <= 4L * regex.size() * (text.length() + 1), pattern + ": " + steps);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(((((){255}){255}){255}){255}){255}",
                "((((((()*)+){255}){255}){255}){255}){255}",
                "(((((|){255}){255}){255}){255}){255}",
                "((((a?){255}){255}){255}){255}",
            })
    void anExpressionOfTooManyPartsIsRefused(String pattern) {
        assertThrows(Regex.Malformed.class, () -> Regex.compile(pattern));
    }
}
