package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What an administrator does with a running server, by the tools.
class ToolsTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table people { me = "%d:%d:@ROOT@" }
            action "home" maildir "@ROOT@/Maildir" userbase <people>
            action "out" relay host "smtp://127.0.0.1:1"
            match from any for domain "example.org" action "home"
            match from any for any action "out"
            """;

    private static House.Plot plot() throws Exception {
        SystemUsers.needsRoot();
        SystemUsers.exist();
        var plot = House.plot(CONFIG.formatted(4321, 4321));
        Files.setAttribute(plot.root(), "unix:uid", 4321);
        return plot;
    }

    private static void send(House house, String recipient) throws Exception {
        try (var client = house.client().greeted()) {
            client.send("ann@example.net", recipient, "Subject: x\n\ny");
        }
    }

    @Test
    void mailThatIsPausedWaitsUntilItIsResumed() throws Exception {
        try (var house = plot().option("-P", "mda").start()) {
            send(house, "me@example.org");
            var queue = house.smtpctl("show", "queue");
            assertTrue(queue.contains("|inet4|mda|"), queue);
            assertTrue(queue.contains("|ann@example.net|me@example.org|me@example.org|"), queue);
            assertTrue(house.smtpctlProgram("show", "status").startsWith("MDA paused\n"));
            assertEquals("command succeeded\n", house.smtpctl("resume", "mda"));
            house.awaitMail("Maildir", 1);
        }
    }

    @Test
    void aMessageCanBeLookedAtAndRemoved() throws Exception {
        try (var house = plot().option("-P", "mta").start()) {
            send(house, "bob@example.com");
            var id = house.smtpctl("show", "queue").substring(0, 16);
            assertTrue(house.smtpctl("show", "envelope", id).contains("bob@example.com"));
            assertTrue(house.smtpctl("sh", "me", id.substring(0, 8)).contains("Subject: x\n\ny"));
            assertEquals("1 envelope removed\n", house.smtpctl("remove", id));
            assertEquals("", house.smtpctl("show", "queue"));
            house.awaitLog("relay: Remove for " + id);
        }
    }

    @Test
    void aReloadTakesUpANewRuleAndABadFileChangesNothing() throws Exception {
        var plot = plot();
        try (var house = plot.start();
                var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            plot.file("smtpd.conf", "this is no configuration\n");
            assertTrue(house.smtpctl("reload").contains("smtpd.conf:1:"), house.log());
            client.ask("RCPT TO:<me@example.org>", "250");
            plot.file(
                    "smtpd.conf",
                    CONFIG.formatted(4321, 4321)
                            .replaceFirst(
                                    "match", "match from any mail-from \"x@y\" reject\nmatch"));
            assertEquals("command succeeded\n", house.smtpctl("reload"));
            client.ask("DATA", "354");
            client.ask("Subject: across\r\n\r\nx\r\n.", "250");
            house.awaitMail("Maildir", 1);
        }
    }

    @Test
    void withoutAServerTheToolSaysSo() throws Exception {
        var house = plot().start();
        house.stop();
        try (house) {
            assertTrue(house.smtpctlProgram("show", "queue").contains("not running"));
        }
    }

    @Test
    void mailOfTheUsersOfThisMachineGoesThroughTheSocket() throws Exception {
        try (var house = plot().start()) {
            var builder =
                    new ProcessBuilder(Installation.command("sendmail", "-t"))
                            .redirectErrorStream(true);
            builder.environment().put("POSTERN_ROOT", house.root().toString());
            var process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write(
                        "To: me@example.org\nBcc: hidden@example.org\nSubject: local\n\nhi\n"
                                .getBytes(StandardCharsets.US_ASCII));
            }
            var output = new String(process.getInputStream().readAllBytes());
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            // The hidden recipient does not exist, so all is refused: nothing is sent by halves.
            assertFalse(process.exitValue() == 0, output);
            assertTrue(output.contains("hidden@example.org"), output);
        }
    }

    @Test
    void whatIsQueuedSurvivesARestart() throws Exception {
        var plot = plot().option("-P", "mda");
        try (var house = plot.start()) {
            send(house, "me@example.org");
            house.stop();
            try (var again = plot.start()) {
                again.smtpctl("resume", "mda");
                again.awaitMail("Maildir", 1);
            }
        }
    }
}
