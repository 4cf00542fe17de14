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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Tables of a running server: its rooms have their own users and fences.
class TablesTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table indb db:@ROOT@/etc/indb.db
            table infile file:@ROOT@/etc/infile
            table accounts getpwnam
            action "home" maildir "@ROOT@/Maildir" userbase <accounts>
            match from any for domain <infile> action "home"
            match from any for domain "accounts.example" action "home"
            match from any for domain <indb> action "home"
            """;

    private static final String MILLION =
            """
            listen on 127.0.0.1 port @PORT@
            table domains file:@ROOT@/etc/domains
            table accounts getpwnam
            action "home" maildir userbase <accounts>
            match from any for domain <domains> action "home"
            """;

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        var plot = House.plot(CONFIG);
        plot.file("indb", "one.db.example\n");
        plot.file("infile", "one.file.example\n");
        makemap(plot.root().resolve("etc/indb"));
        var maildir = Files.createDirectory(plot.root().resolve("Maildir"));
        Files.setAttribute(maildir, "unix:uid", uid("posterntest"));
        house = plot.start();
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static Path file(String name) {
        return house.root().resolve("etc").resolve(name);
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

    private static String answer(House house, String domain) throws IOException {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<posterntest@" + domain + ">");
            return client.hear().substring(0, 3);
        }
    }

    private static boolean isAccepted(String domain) {
        try {
            return answer(house, domain).equals("250");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aDatabaseIsAskedReplacedAndDamaged() throws Exception {
        long front = house.pid("front");
        assertEquals("250", answer(house, "one.db.example"));
        assertEquals("550", answer(house, "two.db.example"));
        Files.writeString(file("indb"), "one.db.example\ntwo.db.example\n");
        makemap(file("indb"));
        assertEquals("command succeeded\n", house.smtpctl("update", "table", "indb"));
        assertEquals("250", answer(house, "two.db.example"));
        try (var file = new RandomAccessFile(file("indb.db").toFile(), "rw")) {
            file.setLength(100);
        }
        assertEquals("451", answer(house, "two.db.example"));
        assertTrue(
                house.smtpctl("update", "table", "indb")
                        .contains("only a piece of one; the table keeps its entries"),
                house.log());
        makemap(file("indb"));
        house.eventually("the new database", () -> isAccepted("two.db.example"));
        assertEquals(front, house.pid("front"));
    }

    @Test
    void aFileWithAMistakeLeavesTheTableAsItWas() throws Exception {
        var table = file("infile");
        Files.writeString(table, "two.file.example\n[x\n");
        assertEquals(
                "command failed: "
                        + table
                        + ":2:1: a '[' without ']'; the table keeps its entries\n",
                house.smtpctl("update", "table", "infile"));
        assertEquals("250", answer(house, "one.file.example"));
        Files.writeString(file("fresh"), "two.file.example\n");
        Files.move(file("fresh"), table, StandardCopyOption.REPLACE_EXISTING);
        house.eventually("the new file", () -> isAccepted("two.file.example"));
        assertEquals(
                "command failed: no table is called \"nothing\"\n",
                house.smtpctl("update", "table", "nothing"));
    }

    @Test
    void aMillionRowsFitIntoTheRooms() throws Exception {
        var plot = House.plot(MILLION);
        var lines = new StringBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            lines.append("*.a-domain-with-a-rather-long-name-").append(i).append(".example\n");
        }
        Files.writeString(plot.root().resolve("etc/domains"), lines);
        try (var house = plot.start()) {
            long front = house.pid("front");
            var name = "mx.a-domain-with-a-rather-long-name-";
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
        try (var client = house.client().greeted()) {
            client.send("ann@example.net", "posterntest@accounts.example", "Subject: x\n\ny");
            assertEquals(1, house.awaitMail("Maildir", 1).size());
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.ask("RCPT TO:<PosternTest@accounts.example>", "250");
            client.ask("RCPT TO:<nobody-of-this-name@accounts.example>", "550");
        }
    }

    private static int uid(String name) throws Exception {
        var process = new ProcessBuilder(List.of("id", "-u", name)).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        return Integer.parseInt(output.strip());
    }
}
