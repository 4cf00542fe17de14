package org.postern.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// One event in both forms: the same keys, and nothing that a stranger sent breaks either.
class EntryTest {
    private static final Instant NOW = Instant.parse("2025-03-04T10:11:12Z");

    private final ArrayList<String> lines = new ArrayList<>();
    private final Log log = new Log((level, line) -> lines.add(level + " " + line), () -> NOW);

    private void logs(String expected) {
        assertEquals(expected, String.join("\n", lines));
    }

    private void json() {
        log.write(Log.Form.JSON);
        log.speak(Log.Level.INFO, Set.of("smtp"));
    }

    private void delivery() {
        log.entry()
                .id("4304482c2f2320ac")
                .subsystem("mda")
                .event("delivery")
                .mailbox("to", "dave@example.org")
                .number("attempt", 3)
                .duration("delay", Duration.ofSeconds(90_061))
                .quoted("result", "Ok")
                .rest("stat", "Delivered to you")
                .write();
    }

    @Test
    void inTextItIsALineOfWordsKeysAndValues() {
        delivery();
        logs(
                "INFO 4304482c2f2320ac mda delivery to=<dave@example.org> attempt=3 delay=1d1h1m1s"
                        + " result=\"Ok\" stat=Delivered to you");
    }

    @Test
    void inJsonItHasTheSameKeys() {
        json();
        delivery();
        logs(
                "INFO {\"time\":\"2025-03-04T10:11:12Z\",\"level\":\"info\","
                        + "\"id\":\"4304482c2f2320ac\",\"subsystem\":\"mda\",\"event\":\"delivery\","
                        + "\"to\":\"dave@example.org\",\"attempt\":3,\"delay\":90061,"
                        + "\"result\":\"Ok\",\"stat\":\"Delivered to you\"}");
    }

    private void nasty() {
        var sent = "a b\"c\\d\r\n\0<>\377";
        log.entry().word("w", sent).quoted("q", sent).mailbox("m", sent).rest("r", sent).write();
    }

    @Test
    void whatAStrangerSentIsEscapedInText() {
        nasty();
        logs(
                "INFO w=a\\040b\"c\\\\d\\r\\n\\0<>\\377 q=\"a b\\\"c\\\\d\\r\\n\\0<>\\377\""
                        + " m=<a b\"c\\\\d\\r\\n\\0<>\\377> r=a b\"c\\\\d\\r\\n\\0<>\\377");
    }

    @Test
    void whatAStrangerSentIsEscapedInJson() {
        json();
        nasty();
        var value = "\"a b\\\"c\\\\d\\r\\n\\u0000<>\\u00ff\"";
        logs(
                "INFO {\"time\":\"2025-03-04T10:11:12Z\",\"level\":\"info\",\"w\":%s,\"q\":%s,\"m\":%s,\"r\":%s}"
                        .replace("%s", value));
    }

    @Test
    void bytesThatAreUtf8AreTheirTextInJson() {
        json();
        log.entry().word("to", "j\303\251@example.org").word("host", "\u03b1").write();
        logs(
                "INFO {\"time\":\"2025-03-04T10:11:12Z\",\"level\":\"info\","
                        + "\"to\":\"j\\u00e9@example.org\",\"host\":\"\\u03b1\"}");
    }

    @Test
    void whatIsButTextIsOneMember() {
        json();
        log.warn("\"odd\"");
        log.trace("smtp", "<<< EHLO x");
        logs(
                "WARN {\"time\":\"2025-03-04T10:11:12Z\",\"level\":\"warn\",\"text\":\"warn: \\\"odd\\\"\"}\n"
                        + "DEBUG {\"time\":\"2025-03-04T10:11:12Z\",\"level\":\"debug\","
                        + "\"text\":\"smtp: <<< EHLO x\"}");
    }

    @Test
    void lessThanASecondIsNoTime() {
        log.entry().duration("delay", Duration.ofMillis(-5)).write();
        log.entry().duration("delay", Duration.ofMinutes(60)).write();
        logs("INFO delay=0s\nINFO delay=1h");
    }
}
