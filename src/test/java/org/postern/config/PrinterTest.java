package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.config.Printer.Secrets;

/// A configuration that is printed and read again means what it meant.
class PrinterTest {
    static final List<String> CONFIGURATIONS = Samples.WHOLE_LANGUAGE;

    private static Config parse(String text) throws ConfigException {
        return Config.parse(Sources.of("c", text, LexerTest.HOST), Config.Scope.WHOLE_LANGUAGE);
    }

    @ParameterizedTest
    @FieldSource("CONFIGURATIONS")
    void whatIsPrintedMeansTheSame(String text) throws Exception {
        var config = parse(text);
        var printed = Printer.text(config, Secrets.CLEAR);
        assertEquals(withSocket(Meaning.of(config)), withSocket(Meaning.of(parse(printed))));
    }

    /// The socket is there without a directive; printed, it is there with one.
    static String withSocket(String meaning) {
        return meaning.replaceFirst("(, )?\\QSocket()25[][]\\E", "");
    }

    @ParameterizedTest
    @FieldSource("CONFIGURATIONS")
    void printingAgainChangesNothing(String text) throws Exception {
        var printed = Printer.text(parse(text), Secrets.CLEAR);
        assertEquals(printed, Printer.text(parse(printed), Secrets.CLEAR));
    }

    @Test
    void defaultsAreShown() throws Exception {
        var printed = Printer.text(parse("match reject\n"), Secrets.MASKED);
        assertTrue(printed.contains("queue ttl 4d\n"), printed);
        assertTrue(printed.contains("smtp max-message-size 36700160\n"), printed);
        assertTrue(printed.contains("listen on socket\n"), printed);
        assertTrue(printed.contains("match from local for local reject\n"), printed);
    }

    @Test
    void whatIsPrintedOfASupportedConfigurationIsSupported() throws Exception {
        var config = Config.parse(Sources.of("c", "match reject\n", LexerTest.HOST));
        Config.parse(Sources.of("c", Printer.text(config, Secrets.MASKED), LexerTest.HOST));
    }

    @Test
    void secretsAreMaskedForPeople() throws Exception {
        var config =
                parse(
                        "srs key hushhushhushhush\n"
                                + "queue encryption \"0123456789abcdef0123456789abcdef\"\n"
                                + "match reject\n");
        var printed = Printer.text(config, Secrets.MASKED);
        assertFalse(printed.contains("hush"), printed);
        assertFalse(printed.contains("0123456789abcdef"), printed);
        assertNotEquals(printed, Printer.text(config, Secrets.CLEAR));
        parse(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "two words",
                "\"",
                "'",
                "\\.",
                "a\\ b",
                "a\\\\ \tb",
                "\\\"",
                "\\\\\"",
                "25",
                "mbox",
                "$x",
                "#",
                "é"
            })
    void anyStringCanBeQuoted(String text) throws Exception {
        var config = parse("match tag " + Printer.quoted(text) + " reject\n");
        var table = (TableDefinition.Origin.Inline) config.tables().get("<dynamic:0>").origin();
        assertEquals(text, table.entries().getFirst().key());
    }
}
