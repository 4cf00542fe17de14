package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postern.Ports;

/// Tables that real servers answer for, behind a real server: found, not found, and away.
class ServersTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table people { carol = "4321:4321:@ROOT@/home" }
            table domains TYPE:@ROOT@/etc/small.conf
            table devs TYPE:@ROOT@/etc/small.conf
            action "home" maildir "@ROOT@/home/Maildir" userbase <people> virtual <devs>
            match from any for domain <domains> action "home"
            """;

    private static final String QUERIES =
            """
            query_alias SELECT destination FROM virtuals WHERE email=KEY
            query_domain SELECT domain FROM domains WHERE domain=KEY
            """;

    private static final List<Path> LEFT = new ArrayList<>();

    private static String tables;

    @BeforeAll
    static void usersExist() throws Exception {
        SystemUsers.exist();
        tables = Files.readString(Path.of("src/test/neighbours/tables.sql"));
    }

    @AfterAll
    static void nothingIsLeft() {
        LEFT.forEach(Installation::remove);
    }

    /// A server that can go away and come back.
    private interface Server {
        AutoCloseable start() throws Exception;
    }

    private static House house(String type, String small) throws Exception {
        var plot = House.plot(CONFIG.replace("TYPE", type));
        plot.file("small.conf", small);
        // With a password in it, it is nobody else's business.
        Files.setPosixFilePermissions(
                plot.root().resolve("etc/small.conf"),
                PosixFilePermissions.fromString("rw-------"));
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        return plot.start();
    }

    private static String rcpt(House house, String mailbox) {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<" + mailbox + ">");
            return client.hear();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void isFoundAwayAndBack(String type, String small, Server server)
            throws Exception {
        var running = server.start();
        try (var house = house(type, small)) {
            assertEquals("250", answer(house, "ann@example.org"), house::log);
            assertEquals("250", answer(house, "two@example.org"), house::log);
            assertEquals("550", answer(house, "nobody@example.org"), house::log);
            assertEquals("550", answer(house, "ann@example.com"), house::log);
            assertEquals("550", answer(house, "a'or'1'='1@example.org"), house::log);
            assertEquals("550", answer(house, "*@example.org"), house::log);
            assertEquals("451", code(rcpt(house, "null@example.org")), house::log);
            try (var client = house.client().greeted()) {
                client.send("ann@example.net", "ann@example.org", "Subject: hi\n\nHi.");
            }
            house.awaitMail("home/Maildir", 1);
            running.close();
            assertEquals("451", code(rcpt(house, "ann@example.org")), house::log);
            running = server.start();
            house.eventually(
                    "the server's return", () -> rcpt(house, "ann@example.org").startsWith("250"));
            assertFalse(house.log().contains("lost its program"), house::log);
            assertFalse(house.log().contains("sesame"), house::log);
        } finally {
            running.close();
        }
    }

    /// The answer of the table, which may come late while its program starts.
    private static String answer(House house, String mailbox) throws InterruptedException {
        var reply = new AtomicReference<String>("");
        house.eventually(
                "an answer about " + mailbox,
                () -> {
                    reply.set(code(rcpt(house, mailbox)));
                    return !reply.get().startsWith("4");
                });
        return reply.get();
    }

    private static String code(String reply) {
        return reply.length() < 3 ? reply : reply.substring(0, 3);
    }

    @Test
    void redis() throws Exception {
        int port = Ports.free();
        isFoundAwayAndBack(
                "redis",
                """
                master 127.0.0.1
                master_port %d
                password sesame
                database 2
                query_alias LRANGE alias:%%s 0 -1
                query_domain SISMEMBER domains %%s
                """
                        .formatted(port),
                () -> Neighbour.start("redis", Integer.toString(port)));
    }

    /// One that finds what it had when it comes back.
    private static Server neighbour(String script, int port) throws IOException {
        var directory = Neighbour.freshDirectory();
        LEFT.add(directory);
        return () -> Neighbour.startIn(directory, script, Integer.toString(port));
    }

    @Test
    void postgres() throws Exception {
        int port = Ports.free();
        isFoundAwayAndBack(
                "postgres",
                "conninfo host='127.0.0.1' port=%d user='mail' password='sesame' dbname='mail'\n"
                                .formatted(port)
                        + QUERIES.replace("KEY", "$1"),
                neighbour("postgres", port));
    }

    @Test
    void mysql() throws Exception {
        int port = Ports.free();
        isFoundAwayAndBack(
                "mysql",
                """
                host 127.0.0.1
                port %d
                username mail
                password sesame
                database mail
                """
                                .formatted(port)
                        + QUERIES.replace("KEY", "?"),
                neighbour("mariadb", port));
    }

    @Test
    void ldap() throws Exception {
        int port = Ports.free();
        isFoundAwayAndBack(
                "ldap",
                "url: ldap://127.0.0.1:" + port + "\n" + TestDirectory.SETTINGS,
                () ->
                        TestDirectory.start(
                                InMemoryListenerConfig.createLDAPConfig(
                                        "plain", InetAddress.getLoopbackAddress(), port, null)));
    }

    @Test
    void sqlite() throws Exception {
        var directory = Files.createTempDirectory("postern-sqlite");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        var file = directory.resolve("mail.db");
        var aside = directory.resolve("aside.db");
        Sqlite.make(aside, tables);
        try {
            isFoundAwayAndBack(
                    "sqlite",
                    "dbpath " + file + "\n" + QUERIES.replace("KEY", "?"),
                    () -> {
                        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
                        return () -> putAway(file, aside);
                    });
        } finally {
            Installation.remove(directory);
        }
    }

    /// Makes of the database something that is none; whoever has it open notices.
    private static void putAway(Path file, Path aside) throws IOException {
        if (Files.notExists(file)) {
            return;
        }
        Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
        Files.write(file, "This is not a database, it is a text.".repeat(1000).getBytes());
    }

    @Test
    void aMistakeInTheSmallFileIsToldWhenTheServerStarts() throws Exception {
        var plot = House.plot(CONFIG.replace("TYPE", "sqlite"));
        plot.file("small.conf", "dbpath mail.db\nquery_alais SELECT 1\n");
        var process =
                new ProcessBuilder(
                                Installation.command("smtpd", "-n", "-R", plot.root().toString()))
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes());
        assertEquals(1, process.waitFor(), said);
        var file = plot.root().resolve("etc/small.conf");
        assertTrue(said.contains(file + ":1:8: expected an absolute path\ndbpath mail.db\n"), said);
        assertTrue(said.contains(file + ":2:1: unknown key query_alais\n"), said);
        assertTrue(said.contains("did you mean query_alias?"), said);
        Installation.remove(plot.root());
    }

    @Test
    void aMissingProgramIsToldWhenTheServerStarts() throws Exception {
        var plot = House.plot(CONFIG.replace("TYPE", "sqlyte"));
        var process =
                new ProcessBuilder(
                                Installation.command("smtpd", "-n", "-R", plot.root().toString()))
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes());
        assertEquals(1, process.waitFor(), said);
        assertTrue(said.contains("smtpd.conf:3:"), said);
        assertTrue(said.contains("no program table-sqlyte is installed"), said);
        assertTrue(said.contains(plot.root().resolve("libexec").toString()), said);
        Installation.remove(plot.root());
    }

    @Test
    void aNewSmallFileCountsAfterAReload() throws Exception {
        var directory = Files.createTempDirectory("postern-sqlite");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var file = directory.resolve("mail.db");
        Sqlite.make(file, tables);
        var none = "dbpath " + file + "\n" + QUERIES.replace("KEY", "? AND 1=0");
        try (var house = house("sqlite", none)) {
            assertEquals("550", answer(house, "ann@example.org"));
            Files.writeString(house.root().resolve("etc/small.conf"), none.replace("AND 1=0", ""));
            house.smtpctl("reload");
            house.eventually(
                    "the new file", () -> rcpt(house, "ann@example.org").startsWith("250"));
        } finally {
            Installation.remove(directory);
        }
    }

    @Test
    void aDatabaseInWalModeIsReadWhileAnotherProgramWrites() throws Exception {
        var directory = Files.createTempDirectory("postern-sqlite");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        var file = directory.resolve("mail.db");
        Sqlite.make(file, tables);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        var small = "dbpath " + file + "\n" + QUERIES.replace("KEY", "?");
        try (var writer = Sqlite.open(file)) {
            writer.execute("PRAGMA journal_mode=WAL");
            try (var house = house("sqlite", small)) {
                writer.execute("BEGIN IMMEDIATE");
                writer.execute("INSERT INTO virtuals VALUES ('new@example.org', 'carol')");
                assertEquals("250", answer(house, "ann@example.org"), house::log);
                assertEquals("550", answer(house, "new@example.org"), house::log);
                writer.execute("COMMIT");
                assertEquals("250", answer(house, "new@example.org"), house::log);
                writer.close();
                assertEquals("250", answer(house, "ann@example.org"), house::log);
            }
        } finally {
            Installation.remove(directory);
        }
    }
}
