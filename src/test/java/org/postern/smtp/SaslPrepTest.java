package org.postern.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// SASLprep as RFC 4013 has it; the first rows are the examples of its section 3.
class SaslPrepTest {
    @ParameterizedTest
    @CsvSource({
        "I\u00adX, IX",
        "user, user",
        "USER, USER",
        "\u00aa, a",
        "\u2168, IX",
        "a\u00a0b, a b",
        "a\u200bb, a b",
        "\u0627\ufe0f\u0628, \u0627\u0628",
        "e\u0301, \u00e9",
        "\ud83d\ude00, \ud83d\ude00"
    })
    void oneTextIsWrittenInOneWay(String text, String prepared) {
        assertEquals(Optional.of(prepared), SaslPrep.prepare(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0007",
                "\u06271",
                "a\u0085b",
                "\ue000",
                "\ufffd",
                "\ud800",
                "\u200e",
                "\u0627a",
                "\ufdd0",
                "\u2ff0",
                "\udb40\udc41",
                "\u0378"
            })
    void whatNobodyCanReadIsRefused(String text) {
        assertEquals(Optional.empty(), SaslPrep.prepare(text));
    }

    @Test
    void nothingStaysNothing() {
        assertEquals(Optional.of(""), SaslPrep.prepare("\u00ad"));
    }
}
