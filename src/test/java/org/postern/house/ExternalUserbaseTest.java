package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Users who are in a database only: the machine has no such accounts.
class ExternalUserbaseTest {
    private static final int UID = 4321;

    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table people sqlite:@ROOT@/etc/people.conf
            action "home" maildir userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static Path directory;
    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        directory = Files.createTempDirectory("postern-people");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var file = directory.resolve("people.db");
        var plot = House.plot(CONFIG);
        plot.file(
                "people.conf",
                "dbpath "
                        + file
                        + "\nquery_userinfo SELECT uid, gid, home FROM users WHERE name=?\n");
        var statements = new StringBuilder("CREATE TABLE users (name, uid, gid, home);");
        for (var name : new String[] {"postern-carol", "postern-dave"}) {
            var home = Files.createDirectory(plot.root().resolve(name));
            Files.setAttribute(home, "unix:uid", UID);
            Files.setAttribute(home, "unix:gid", UID);
            statements.append(row(name, UID, home));
        }
        Files.writeString(plot.root().resolve("postern-dave/.forward"), "postern-carol\n");
        Files.setAttribute(plot.root().resolve("postern-dave/.forward"), "unix:uid", UID);
        statements.append(row("postern-root", 0, plot.root()));
        Sqlite.make(file, statements.toString());
        house = plot.start();
        house.eventually(
                "the program's answer", () -> answer("postern-carol@example.org").equals("250"));
    }

    private static String row(String name, int id, Path home) {
        return " INSERT INTO users VALUES ('%s', %d, %d, '%s');".formatted(name, id, id, home);
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
        if (directory != null) {
            Installation.remove(directory);
        }
    }

    private static void send(String recipient, String subject) throws IOException {
        try (var client = house.client().greeted()) {
            var mail = "Subject: " + subject + "\n\nHi.";
            var reply = client.send("ann@example.net", recipient, mail);
            assertTrue(reply.startsWith("250 "), reply);
        }
    }

    private static String answer(String recipient) {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<" + recipient + ">");
            return client.hear().substring(0, 3);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void awaitMail(String subject) throws InterruptedException {
        house.eventually(
                subject,
                () ->
                        house.maildir("postern-carol/Maildir").stream()
                                .anyMatch(mail -> mail.contains("\nSubject: " + subject + "\n")));
    }

    @Test
    void aUserWhoIsOnlyInADatabaseGetsMail() throws Exception {
        send("postern-carol@example.org", "direct");
        awaitMail("direct");
        var maildir = house.root().resolve("postern-carol/Maildir/new");
        assertEquals(UID, Files.getAttribute(maildir, "unix:uid"));
    }

    @Test
    void theForwardFileOfSuchAUserIsRead() throws Exception {
        send("postern-dave@example.org", "forwarded");
        awaitMail("forwarded");
    }

    @Test
    void whoIsNotInTheDatabaseIsUnknown() throws Exception {
        assertEquals("550", answer("postern-nobody@example.org"));
    }

    @Test
    void theDatabaseCannotNameRoot() throws Exception {
        assertEquals("451", answer("postern-root@example.org"), house::log);
        house.awaitLog("may only name users and groups from 1000");
    }
}
