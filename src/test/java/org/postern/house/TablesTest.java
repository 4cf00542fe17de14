package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tables of a running server: its rooms have their own users and fences.
class TablesTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table domains %s
            table accounts getpwnam
            action "home" maildir "@ROOT@/Maildir" userbase <accounts>
            match from any for domain <domains> action "home"
            """;

    @BeforeEach
    void accounts() throws Exception {
        SystemUsers.needsRoot();
        SystemUsers.exist();
        SystemUsers.make("posterntest", "/nonexistent");
    }

    private static void makemap(Path text) throws Exception {
        makemap(text, "set");
    }

    static void makemap(Path text, String kind) throws Exception {
        var process =
                new ProcessBuilder(Installation.command("makemap", "-t", kind, text.toString()))
                        .redirectErrorStream(true)
                        .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals("", output);
    }

    private static String answer(House house, String recipient) throws IOException {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<" + recipient + ">");
            return client.hear().substring(0, 3);
        }
    }

    @Test
    void aDatabaseIsAskedReplacedAndDamaged() throws Exception {
        var plot = House.plot(CONFIG.formatted("db:@ROOT@/etc/domains.db"));
        plot.file("domains", "example.org\n");
        var text = plot.root().resolve("etc/domains");
        var database = plot.root().resolve("etc/domains.db");
        makemap(text);
        try (var house = plot.start()) {
            long front = house.pid("front");
            assertEquals("250", answer(house, "posterntest@example.org"));
            assertEquals("550", answer(house, "posterntest@example.com"));
            plot.file("domains", "example.org\nexample.com\n");
            makemap(text);
            assertEquals("command succeeded\n", house.smtpctl("update", "table", "domains"));
            assertEquals("250", answer(house, "posterntest@example.com"));
            try (var file = new RandomAccessFile(database.toFile(), "rw")) {
                file.setLength(100);
            }
            assertEquals("451", answer(house, "posterntest@example.com"));
            assertTrue(
                    house.smtpctl("update", "table", "domains")
                            .contains("only a piece of one; the table keeps its entries"),
                    house.log());
            makemap(text);
            house.eventually(
                    "the new database",
                    () -> {
                        try {
                            return answer(house, "posterntest@example.com").equals("250");
                        } catch (IOException e) {
                            return false;
                        }
                    });
            assertEquals(front, house.pid("front"));
        }
    }

    @Test
    void aFileWithAMistakeLeavesTheTableAsItWas() throws Exception {
        var plot = House.plot(CONFIG.formatted("file:@ROOT@/etc/domains"));
        plot.file("domains", "example.org\n");
        try (var house = plot.start()) {
            plot.file("domains", "example.com\n[x\n");
            var domains = plot.root().resolve("etc/domains");
            assertEquals(
                    "command failed: "
                            + domains
                            + ":2:1: a '[' without ']'; the table keeps its entries\n",
                    house.smtpctl("update", "table", "domains"));
            assertEquals("250", answer(house, "posterntest@example.org"));
            plot.file("fresh", "example.com\n");
            Files.move(
                    plot.root().resolve("etc/fresh"), domains, StandardCopyOption.REPLACE_EXISTING);
            house.eventually(
                    "the new file",
                    () -> {
                        try {
                            return answer(house, "posterntest@example.com").equals("250");
                        } catch (IOException e) {
                            return false;
                        }
                    });
            assertEquals(
                    "command failed: no table is called \"nothing\"\n",
                    house.smtpctl("update", "table", "nothing"));
        }
    }

    @Test
    void aMillionRowsFitIntoTheRooms() throws Exception {
        var plot = House.plot(CONFIG.formatted("file:@ROOT@/etc/domains"));
        plot.file("domains", "");
        var lines = new StringBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            lines.append("*.a-domain-with-a-rather-long-name-").append(i).append(".example\n");
        }
        Files.writeString(plot.root().resolve("etc/domains"), lines);
        try (var house = plot.start()) {
            long front = house.pid("front");
            var name = "posterntest@mx.a-domain-with-a-rather-long-name-";
            assertEquals("250", answer(house, name + "999999.example"));
            assertEquals("550", answer(house, name + "1000000.example"));
            for (int i = 0; i < 3; i++) {
                assertEquals("command succeeded\n", house.smtpctl("update", "table", "domains"));
            }
            assertEquals(front, house.pid("front"));
        }
    }

    @Test
    void theAccountsOfTheSystemAreAUserbase() throws Exception {
        var plot = House.plot(CONFIG.formatted("{ \"example.org\" }"));
        var maildir = Files.createDirectory(plot.root().resolve("Maildir"));
        Files.setAttribute(maildir, "unix:uid", uid("posterntest"));
        try (var house = plot.start();
                var client = house.client().greeted()) {
            client.send("ann@example.net", "posterntest@example.org", "Subject: x\n\ny");
            assertEquals(1, house.awaitMail("Maildir", 1).size());
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.ask("RCPT TO:<PosternTest@example.org>", "250");
            client.ask("RSET", "250");
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.ask("RCPT TO:<nobody-of-this-name@example.org>", "550");
        }
    }

    private static int uid(String name) throws Exception {
        var process = new ProcessBuilder(List.of("id", "-u", name)).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        return Integer.parseInt(output.strip());
    }
}
