package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which matches no recipient ever comes to.
class ReachTest {
    private static long complaints(String first, String second) throws ConfigException {
        var text =
                "table t file:/t\ntable u file:/u\nmatch %s reject\nmatch %s reject\n"
                        .formatted(first, second);
        return Config.parse(Sources.of("c", text, LexerTest.HOST)).warnings().size();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from any for any|for domain a",
                "from any for any|from any for any",
                "for domain { a, B }|for domain b",
                "for domain <t>|for domain <t> from local",
                "from any for any tls|from any for any tls auth",
                "from local for any|from socket for any",
                "from any for any auth|from any for any auth joe",
                "from any for any !helo a|from any for any !helo { a, b }"
            })
    void aMatchIsHiddenByAWiderOne(String first, String second) throws Exception {
        assertEquals(1, complaints(first, second));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for any|from any for any",
                "for domain a|for domain { a, b }",
                "for domain <t>|for domain <u>",
                "for domain a|for domain regex a",
                "from socket for any|from local for any",
                "from any for any tls|from any for any",
                "from any for any tls|from any for any !tls",
                "from any for any !helo { a, b }|from any for any !helo a",
                "from any for any auth { a, b }|from any for any auth a",
                "from rdns for any|from rdns local for any"
            })
    void aMatchThatSomeRecipientMayReachIsNot(String first, String second) throws Exception {
        assertEquals(
                0,
                complaints(
                        first.replace("rdns local", "rdns \"local\""),
                        second.replace("rdns local", "rdns \"local\"")));
    }

    @ParameterizedTest
    @CsvSource({"!from any", "!for any"})
    void aMatchThatAsksForNobodyIsNamed(String criterion) throws Exception {
        assertEquals(1, complaints(criterion, "for any"));
    }
}
