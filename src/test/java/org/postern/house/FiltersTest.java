package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Filter programs behind a real server: those of `contrib`, and Debian's.
class FiltersTest {
    private static final String CONFIG =
            """
            %s
            listen on 127.0.0.1 port @PORT@ filter "it"
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static final String CONTRIB =
            """
            filter "log" proc-exec "@ROOT@/libexec/filter-log"
            filter "subject" proc-exec "filter-subject [OUT]"
            filter "pass" proc-exec "@JAVA@ -Xmx64m @ROOT@/libexec/FilterPass.java" user nobody
            filter "it" chain { "log", "subject", "pass" }
            """;

    private static final Path DEBIAN = Path.of("/usr/libexec/opensmtpd");

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        var java = ProcessHandle.current().info().command().orElseThrow();
        house = house(CONTRIB.replace("@JAVA@", java));
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static House house(String filters) throws Exception {
        var plot = House.plot(CONFIG.formatted(filters));
        var programs = Files.createDirectory(plot.root().resolve("libexec"));
        try (var contrib = Files.list(Path.of("contrib"))) {
            for (var file : contrib.toList()) {
                var copy = Files.copy(file, programs.resolve(file.getFileName()));
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        return plot.start();
    }

    private static String send(House to, String content) throws Exception {
        try (var client = to.client().greeted()) {
            return client.send("ann@example.net", "carol@example.org", content);
        }
    }

    @Test
    void eachFilterOfTheChainDoesItsPart() throws Exception {
        var content = "Subject: hello\n\n.dot\nSubject: of the body\n" + "x".repeat(70_000);
        int before = house.maildir("home/Maildir").size();
        var reply = send(house, content.substring(0, 3000));
        assertTrue(reply.startsWith("250 2.0.0 "), reply);
        house.awaitMail("home/Maildir", before + 1);
        var mails = house.maildir("home/Maildir");
        assertTrue(
                mails.stream()
                        .anyMatch(
                                mail ->
                                        mail.contains("\nSubject: [OUT] hello\n")
                                                && mail.contains("\nSubject: of the body\n")),
                mails.toString());
        var id = reply.split(" ")[2];
        house.awaitLog("message=" + id + " size=");
    }

    @Test
    void aProgramIsTheUserThatItsLineNames() throws Exception {
        var uid = Files.getAttribute(Path.of("/proc/" + house.filterPid("pass")), "unix:uid");
        assertEquals(65534, uid);
        var status = Files.readString(Path.of("/proc/" + house.filterPid("pass") + "/status"));
        assertTrue(status.contains("NoNewPrivs:\t1"), status);
        assertTrue(status.contains("CapEff:\t0000000000000000"), status);
    }

    /// A shell, its libraries, and this: nothing else is to be seen from inside.
    private static final String PRISONER =
            """
            while IFS='|' read -r kind word _ _ _ session token _; do
                case $kind/$word in
                config/ready) printf 'register|%s\\n' 'filter|smtp-in|mail-from' ready ;;
                filter/*) echo "filter-result|$session|$token|reject|550 5.7.1 I see" /* ;;
                esac
            done
            """;

    private static void build(Path jail) throws Exception {
        var shell = Path.of("/bin/sh").toRealPath();
        var ldd = new ProcessBuilder("ldd", shell.toString()).start();
        var libraries = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        copy(shell, jail.resolve("bin/sh"));
        for (var word : libraries.split("\\s+")) {
            if (word.startsWith("/")) {
                copy(Path.of(word), jail.resolve(word.substring(1)));
            }
        }
        Files.writeString(jail.resolve("prisoner"), PRISONER);
    }

    private static void copy(Path file, Path place) throws Exception {
        Files.createDirectories(place.getParent());
        Files.copy(file.toRealPath(), place);
    }

    @Test
    void aProgramMayBeLockedUp() throws Exception {
        var line = "filter it proc-exec \"/bin/sh /prisoner\" chroot \"@ROOT@/jail\"";
        var plot = House.plot(CONFIG.formatted(line));
        var jail = Files.createDirectory(plot.root().resolve("jail"));
        build(jail);
        try (var files = Files.list(jail);
                var locked = plot.start();
                var client = locked.client().greeted()) {
            var seen = files.map(file -> " /" + file.getFileName()).sorted().toList();
            client.say("MAIL FROM:<ann@example.net>");
            assertEquals("550 5.7.1 I see" + String.join("", seen), client.hear(), locked::log);
        }
    }

    @Test
    void aProgramThatIsKilledIsStartedAgain() throws Exception {
        try (var another = house("filter it proc-exec \"filter-subject\"")) {
            long first = another.filterPid("it");
            long front = another.pid("front");
            try (var client = another.client().greeted()) {
                ProcessHandle.of(first).orElseThrow().destroyForcibly();
                another.eventually("its end", () -> ProcessHandle.of(first).isEmpty());
                client.ask("MAIL FROM:<ann@example.net>", "250");
                client.ask("RCPT TO:<carol@example.org>", "250");
                client.say("DATA");
                assertEquals("451 4.3.0 Temporary failure", client.hear());
            }
            another.eventually(
                    "an answer",
                    () -> {
                        try {
                            return send(another, "Subject: hi\n\nHi.").startsWith("250 ");
                        } catch (Exception | AssertionError e) {
                            return false;
                        }
                    });
            assertEquals(front, another.pid("front"));
            assertTrue(another.filterPid("it") != first);
        }
    }

    @Test
    void aReloadGivesNewSessionsOtherFiltersAndEndsTheOld() throws Exception {
        try (var another = house("filter it proc-exec \"filter-subject [ONE]\"")) {
            long first = another.filterPid("it");
            try (var old = another.client().greeted()) {
                var config = another.root().resolve("etc/smtpd.conf");
                Files.writeString(config, Files.readString(config).replace("[ONE]", "[TWO]"));
                another.smtpctl("reload");
                assertTrue(send(another, "Subject: new\n\nHi.").startsWith("250 "));
                var reply = old.send("ann@example.net", "carol@example.org", "Subject: old\n\nHi.");
                assertTrue(reply.startsWith("250 "), reply);
                assertTrue(ProcessHandle.of(first).isPresent());
            }
            var mails = String.join("", another.awaitMail("home/Maildir", 2));
            assertTrue(mails.contains("Subject: [TWO] new\n"), mails);
            assertTrue(mails.contains("Subject: [ONE] old\n"), mails);
            another.eventually("its end", () -> ProcessHandle.of(first).isEmpty());
        }
    }

    @Test
    void aProgramIsLockedUpWhereItsLineSays() throws Exception {
        var jail = Files.createTempDirectory("postern-jail");
        try {
            Files.setPosixFilePermissions(jail, PosixFilePermissions.fromString("rwxr-xr-x"));
            for (var path : new String[] {"bin", "usr", "lib", "lib64"}) {
                Files.createSymbolicLink(jail.resolve(path), Path.of("/nowhere"));
            }
            try (var another =
                    house("filter it proc-exec \"/bin/x\" chroot \"" + jail + "\" bypass")) {
                another.awaitLog("filter it: cannot start: ");
            }
        } finally {
            Installation.remove(jail);
        }
    }

    private static void needs(String program) {
        assumeTrue(
                Files.isExecutable(DEBIAN.resolve(program)),
                "skipped: opensmtpd-" + program + " is not installed");
    }

    @Test
    void debiansRspamdFilterMarksJunk() throws Exception {
        needs("filter-rspamd");
        var rspamd =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        rspamd.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    var answer =
                            """
                            {"score": 7.5, "required_score": 15.0, "action": "add header",
                             "symbols": {"TEST": {"score": 7.5}}}
                            """
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        rspamd.start();
        var url = "http://127.0.0.1:" + rspamd.getAddress().getPort();
        try (var another =
                house("filter it proc-exec \"filter-rspamd -url " + url + "\" user nobody")) {
            var reply = send(another, "Subject: hello\n\nHi.");
            assertTrue(reply.startsWith("250 2.0.0 "), reply);
            var mail = another.awaitMail("home/Maildir", 1).getFirst();
            assertTrue(mail.contains("\nX-Spam: yes\n"), mail);
            assertTrue(mail.contains("\nX-Spam-Score: 7.5 / 15\n"), mail);
        } finally {
            rspamd.stop(0);
        }
    }

    @Test
    void debiansDkimFilterSigns() throws Exception {
        needs("filter-dkimsign");
        var key = Files.createTempFile("dkim", ".key");
        try {
            assertEquals(0, SystemUsers.run("openssl", "genrsa", "-out", key.toString(), "2048"));
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
            var command = "filter-dkimsign -d example.net -s sel -k " + key;
            try (var another = house("filter it proc-exec \"" + command + "\" user nobody")) {
                var reply = send(another, "From: <ann@example.net>\nSubject: hello\n\nHi.");
                assertTrue(reply.startsWith("250 2.0.0 "), reply);
                var mail = another.awaitMail("home/Maildir", 1).getFirst();
                assertTrue(mail.contains("DKIM-Signature: "), mail);
            }
        } finally {
            Files.delete(key);
        }
    }

    @Test
    void debiansScoreFilterLetsThisMachinePass() throws Exception {
        needs("filter-senderscore");
        try (var another =
                house("filter it proc-exec \"filter-senderscore -blockBelow 10\" user nobody")) {
            var reply = send(another, "Subject: hello\n\nHi.");
            assertTrue(reply.startsWith("250 2.0.0 "), reply);
            assertFalse(another.log().contains("lost its program"), another.log());
        }
    }
}
