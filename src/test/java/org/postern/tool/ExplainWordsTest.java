package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.control.Order;

/// The question after `explain rcpt`.
class ExplainWordsTest {
    private static ExplainWords parse(String words) {
        return ExplainWords.parse(List.of(words.split(" ", -1)));
    }

    @Test
    void whatIsUnsaidIsTheLocalSocketAndTheNullSender() {
        assertEquals(
                new ExplainWords.Question(
                        new Order.Explain(
                                "bob",
                                new Order.Client(
                                        "local", "", "", "", "", "", Order.Channel.CLEAR))),
                parse("bob"));
    }

    @Test
    void theWordsComeInAnyOrder() {
        assertEquals(
                new ExplainWords.Question(
                        new Order.Explain(
                                "bob@b.c",
                                new Order.Client(
                                        "192.0.2.1",
                                        "a.example",
                                        "h",
                                        "in",
                                        "ann@d.e",
                                        "joe",
                                        Order.Channel.TLS))),
                parse(
                        "bob@b.c tls auth joe mail-from ann@d.e tag in helo h rdns a.example from"
                                + " 192.0.2.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bob for x       | "for": expected from, rdns, helo, tag, mail-from, auth or tls
                    bob from        | from needs an address, or local after it
                    bob tls mail-from | mail-from needs a sender, or <> after it
                    bob tls tls     | tls is said twice
                    """)
    void aMistakeIsNamed(String words, String why) {
        assertEquals(new ExplainWords.Wrong(why), parse(words));
    }
}
