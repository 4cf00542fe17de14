package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.postern.Eventually;
import org.postern.Standstill;

/// Tables that a program answers for: a shell script, as an administrator would write it, behind a
/// real server.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TableProgramsTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            table people { carol = "4321:4321:@ROOT@/home" }
            table devs script:@ROOT@/etc/devs
            action "home" maildir "@ROOT@/home/Maildir" userbase <people> virtual <devs>
            match from any for domain "example.org" action "home"
            """;

    /// Answers lookups from the file it is given; `crash` ends it, `hang` makes it silent.
    private static final String SCRIPT =
            """
            #!/bin/sh
            while IFS= read -r line && [ "$line" != "config|ready" ]; do :; done
            printf 'register|alias\\nregister|ready\\n'
            while IFS='|' read -r _ _ _ _ op service id key; do
                case $key in
                crash*) exit 3 ;;
                whoami*) printf '%s-result|%s|error|%s\\n' "$op" "$id" "$(id -u)" ; continue ;;
                esac
                value=$(sed -n "s/^$key //p" "$1")
                if [ -n "$value" ]; then
                    printf '%s-result|%s|found|%s\\n' "$op" "$id" "$value"
                else
                    printf '%s-result|%s|not-found\\n' "$op" "$id"
                fi
            done
            """;

    /// A program that stands still is waited for, and meanwhile the other tests are done.
    private static final FutureTask<Void> STANDING =
            new FutureTask<>(TableProgramsTest::standStill);

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        Thread.ofPlatform().daemon().start(STANDING);
        house = house();
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    /// Whatever another test has done to the program.
    @BeforeEach
    void theProgramAnswers() throws Exception {
        house.eventually("an answer", () -> isAccepted(house));
    }

    /// Puts the program where the server looks for it.
    static void install(House.Plot plot) throws Exception {
        var program = Files.createDirectory(plot.root().resolve("libexec")).resolve("table-script");
        Files.writeString(program, SCRIPT);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static House house() throws Exception {
        var plot = House.plot(CONFIG);
        plot.file("devs", "ann carol\nevil |touch @ROOT@/evil\n");
        install(plot);
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        return plot.start();
    }

    private static String rcpt(House house, String mailbox) throws Exception {
        try (var client = house.client().greeted()) {
            client.ask("MAIL FROM:<ann@example.net>", "250");
            client.say("RCPT TO:<" + mailbox + ">");
            return client.hear();
        }
    }

    private static long pid(House house) throws Exception {
        return house.tablePid("devs");
    }

    @Test
    void whatTheProgramFindsIsDeliveredAndWhatItDoesNotIsRefused() throws Exception {
        try (var client = house.client().greeted()) {
            var reply = client.send("ann@example.net", "ann@example.org", "Subject: hi\n\nHi.");
            assertTrue(reply.startsWith("250 2.0.0 "), reply);
            house.awaitMail("home/Maildir", 1);
            assertTrue(rcpt(house, "bob@example.org").startsWith("550 "));
        }
    }

    @Test
    void theProgramIsItsOwnUserWithoutAnyRights() throws Exception {
        rcpt(house, "ann@example.org");
        var status = Files.readString(Path.of("/proc/" + pid(house) + "/status"));
        var uid = Files.getAttribute(Path.of("/proc/" + pid(house)), "unix:uid");
        var process = new ProcessBuilder("id", "-u", "smtpt").start();
        var smtpt = new String(process.getInputStream().readAllBytes()).strip();
        assertEquals(smtpt, uid.toString());
        assertTrue(status.contains("NoNewPrivs:\t1"), status);
        assertTrue(status.contains("CapEff:\t0000000000000000"), status);
    }

    @Test
    void aProgramThatDiesIsRestartedAndMeanwhileMailIsRefusedForNow() throws Exception {
        long front = house.pid("front");
        var reply = rcpt(house, "crash@example.org");
        assertTrue(reply.startsWith("451 "), reply);
        house.awaitLog("table devs: lost its program: Exited[code=3]");
        house.eventually("an answer", () -> isAccepted(house));
        assertEquals(front, house.pid("front"));
    }

    private static boolean isAccepted(House house) {
        try {
            return rcpt(house, "ann@example.org").startsWith("250 ");
        } catch (Exception e) {
            return false;
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aProgramThatStandsStillIsKilledAndReplaced() throws Exception {
        STANDING.get();
    }

    private static Void standStill() throws Exception {
        try (var another = house()) {
            another.eventually("an answer", () -> isAccepted(another));
            long before = pid(another);
            Standstill.of(before);
            // Each of these waits until the patience with the program ends.
            var clients = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                clients.add(Thread.ofVirtual().start(() -> isAccepted(another)));
            }
            for (var client : clients) {
                client.join();
            }
            another.eventually("an answer", () -> isAccepted(another));
            assertTrue(pid(another) != before);
            another.eventually("its end", () -> ProcessHandle.of(before).isEmpty());
            return null;
        }
    }

    @Test
    void aProgramMayNotNameCommands() throws Exception {
        var reply = rcpt(house, "evil@example.org");
        assertTrue(reply.startsWith("451 "), reply);
        house.awaitLog("leads to a command or a file");
    }

    @Test
    void theProgramsEndWithTheServer() throws Exception {
        long pid;
        try (var another = house()) {
            another.eventually("an answer", () -> isAccepted(another));
            pid = pid(another);
        }
        Eventually.holds("its end", () -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void theProgramOutlivesARestartOfFrontOnlyByAMoment() throws Exception {
        assertTrue(isAccepted(house));
        long before = pid(house);
        ProcessHandle.of(house.pid("front")).orElseThrow().destroyForcibly();
        house.awaitLog("front restarted");
        house.eventually("an answer", () -> isAccepted(house));
        house.eventually("its end", () -> ProcessHandle.of(before).isEmpty());
    }
}
