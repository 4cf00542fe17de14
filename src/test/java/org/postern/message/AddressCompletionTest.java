package org.postern.message;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which addresses get our domain.
class AddressCompletionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "alice | alice@D",
                "Alice <alice> | Alice <alice@D>",
                "Alice Smith | Alice Smith",
                "alice (Alice) | alice@D (Alice)",
                "(a, b) alice | (a, b) alice@D",
                "`\"a@b\" <joe>` | `\"a@b\" <joe@D>`",
                "`\"joe\"` | `\"joe\"@D`",
                "undisclosed-recipients:; | undisclosed-recipients:;",
                "friends: a, b; | friends: a@D, b@D;",
                "friends: a, b;, c | friends: a@D, b@D;, c@D",
                "`\"a@b\"` | `\"a@b\"@D`",
                "<@hop,@hop2:a> | <@hop,@hop2:a@D>",
                "a@[192.0.2.1] | a@[192.0.2.1]",
                "`\"a \\\"q\\\" b\" <jd>` | `\"a \\\"q\\\" b\" <jd@D>`",
                "a, b@c, Dee <dee> | a@D, b@c, Dee <dee@D>",
                "alice@example.net | alice@example.net",
                "<> | <>",
                "<alice > | <alice@D >",
                "alice (b@c) | alice@D (b@c)",
                "alice (unbalanced | alice (unbalanced",
                "`\"alice` | `\"alice`",
                "Alice <alice | Alice <alice",
                "alice> | alice>",
                "alice) | alice)",
                ">alice | >alice",
                "> | >",
                "a,,b | a@D,,b@D",
                "`\"a, b\" <c>` | `\"a, b\" <c@D>`",
                "(only a comment) | (only a comment)"
            })
    void anAddressWithoutDomainGetsOne(String value, String completed) {
        Assertions.assertEquals(completed, AddressCompletion.complete(value, "D"));
    }
}
