package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Sources;

/// Whatever text comes in, it is understood or refused, and nothing else happens.
class FuzzTest {
    private static final int ROUNDS = 20_000;

    private static final List<String> PIECES =
            List.of(
                    "match",
                    "from",
                    "any",
                    "for",
                    "domain",
                    "action",
                    "\"a\"",
                    "relay",
                    "maildir",
                    "table",
                    "{",
                    "}",
                    ",",
                    "=",
                    "<",
                    ">",
                    "<t>",
                    "t",
                    "\n",
                    "\\\n",
                    " ",
                    "!",
                    "regex",
                    "reject",
                    "listen",
                    "on",
                    "lo",
                    "port",
                    "25",
                    "$m",
                    "m = \"x\"\n",
                    "'",
                    "#",
                    "4d",
                    "host",
                    "alias",
                    "smtp",
                    "limit",
                    "max-rcpt",
                    "-1",
                    "pki",
                    "cert",
                    "key",
                    "\t",
                    "\r",
                    "\0",
                    "\u00ff",
                    "[",
                    "(",
                    "*",
                    "%{",
                    "include",
                    "\"f\"",
                    "mda",
                    "wrapper");

    private static final String BYTES = "ab@.[]()*+?{}|^$\\-:,/\"'#= 12\t\n\u00e9\0%";

    private static String pieces(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())))
                    .append(random.nextBoolean() ? " " : "");
        }
        return text.toString();
    }

    private static String bytes(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append(BYTES.charAt(random.nextInt(BYTES.length())));
        }
        return text.toString();
    }

    @Test
    void aConfigurationIsUnderstoodOrRefused() {
        var random = new Random(1);
        var host = new Host("mx.example.org", List.of("127.0.0.1"));
        for (int i = 0; i < ROUNDS; i++) {
            var text = pieces(random);
            try {
                TableSet.open(Config.parse(Sources.of("c", text, host)), _ -> {});
            } catch (ConfigException e) {
                assertFalse(e.problems().isEmpty(), text);
            }
        }
    }

    @Test
    void aPatternIsUnderstoodOrRefused() {
        var random = new Random(2);
        for (int i = 0; i < ROUNDS; i++) {
            var pattern = bytes(random);
            try {
                Regex.compile(pattern).occursIn(bytes(random));
            } catch (Regex.Malformed _) {
                continue;
            }
        }
    }

    @Test
    void valuesAreUnderstoodOrRefused() {
        var random = new Random(3);
        for (int i = 0; i < ROUNDS; i++) {
            var text = bytes(random);
            assertDoesNotThrow(() -> AliasValues.parse(text), text);
            assertDoesNotThrow(() -> AliasValues.parseForward(text), text);
            assertDoesNotThrow(() -> RelayUrl.parse(text), text);
            assertDoesNotThrow(() -> RelayUrl.parse("smtps://" + text), text);
            assertDoesNotThrow(() -> Network.parse(text), text);
            assertDoesNotThrow(() -> Network.parse("[" + text), text);
            assertDoesNotThrow(() -> SourceAddress.parse(text), text);
            assertDoesNotThrow(() -> UserEntry.parse(text), text);
            assertDoesNotThrow(() -> PackedRowsTest.read(text), text);
        }
    }
}
