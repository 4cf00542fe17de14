package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Reloads of a real server: what they change, and what they leave alone.
@Timeout(300)
class ReloadTest {
    private House.Plot plot;

    /// A configuration of which everything has `name` in it.
    private static String config(String name) {
        return """
        listen on 127.0.0.1 port @PORT@ hostname "NAME.example.org" tag "NAME"
        smtp limit max-mails 100000
        table people { carol = "4321:4321:@ROOT@/home" }
        table domains-NAME { "example.org" }
        action "NAME" maildir "@ROOT@/home/NAME" userbase <people>
        match tag "NAME" from any for domain <domains-NAME> action "NAME"
        """
                .replace("NAME", name);
    }

    @BeforeEach
    void plot() throws Exception {
        SystemUsers.exist();
        plot = House.plot(config("one"));
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
    }

    /// Puts another configuration in the place of the present one.
    private void write(String config) throws IOException {
        plot.file("smtpd.conf.new", config);
        var etc = plot.root().resolve("etc");
        Files.move(
                etc.resolve("smtpd.conf.new"),
                etc.resolve("smtpd.conf"),
                StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aBadFileChangesNothingAndAllThatIsWrongIsShown() throws Exception {
        try (var house = plot.start()) {
            write(config("two") + "match fro any action \"one\"\naction \"x\" maildirr\n");
            var shown = house.smtpctl("reload");
            assertTrue(shown.contains("smtpd.conf:7:7: "), shown);
            assertTrue(shown.contains("\nmatch fro any action \"one\"\n      ^"), shown);
            assertTrue(shown.contains("smtpd.conf:8:12: "), shown);
            assertTrue(shown.contains("command failed: "), shown);
            try (var client = house.client()) {
                assertTrue(client.hear().startsWith("220 one.example.org"));
            }
        }
    }

    @Test
    void mailWhoseActionIsGoneIsHeldAndFindsItsWayAgain() throws Exception {
        try (var house = plot.start()) {
            house.smtpctl("pause", "mda");
            try (var client = house.client().greeted()) {
                var reply = client.send("a@example.net", "carol@example.org", "Subject: a\n\nb");
                assertTrue(reply.startsWith("250"), reply);
            }
            write(config("two"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            var listing = house.smtpctl("show", "queue");
            assertTrue(listing.contains("|held|"), listing);
            assertTrue(listing.contains("there is no action \"one\" any more"), listing);
            house.smtpctl("resume", "mda");
            assertTrue(house.smtpctl("reroute", "all").contains("1 envelope to be routed again"));
            house.eventually(
                    "a refusal",
                    () -> list(house).contains("routing it again failed: Invalid recipient"));
            write(config("two").replace("match tag \"two\"", "match"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            house.smtpctl("reroute", "all");
            assertEquals(1, house.awaitMail("home/two", 1).size());
            assertEquals(List.of(), house.maildir("home/one"));
            house.eventually("an empty queue", () -> list(house).isEmpty());
        }
    }

    private static String list(House house) {
        try {
            return house.smtpctl("show", "queue");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSessionOutlivesTheFrontThatHoldsItAndANewListenerIsOpen() throws Exception {
        int port = House.freePort();
        try (var house = plot.start();
                var old = house.client().greeted()) {
            long before = house.pid("front");
            old.ask("MAIL FROM:<ann@example.net>", "250");
            write(config("one") + "listen on 127.0.0.1 port " + port + " tag \"one\"\n");
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            assertNotEquals(before, house.pid("front"));
            try (var client = new Client(port)) {
                assertTrue(client.hear().startsWith("220"));
            }
            try (var client = house.client().greeted()) {
                client.send("a@example.net", "carol@example.org", "Subject: new\n\nb");
            }
            old.ask("RCPT TO:<carol@example.org>", "250");
            old.ask("DATA", "354");
            old.say("Subject: old\r\n\r\nhello\r\n.");
            assertTrue(old.hear().startsWith("250"));
            old.ask("QUIT", "221");
            assertEquals(2, house.awaitMail("home/one", 2).size());
            house.eventually(
                    "the end of the old one",
                    () -> !ProcessHandle.of(before).map(ProcessHandle::isAlive).orElse(false));
            write(config("one"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            house.eventually("a closed port", () -> isClosed(port));
        }
    }

    private static boolean isClosed(int port) {
        try {
            new Client(port).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aListenerThatCannotBeBoundChangesNothing() throws Exception {
        try (var house = plot.start();
                var taken =
                        new java.net.ServerSocket(
                                0, 1, java.net.InetAddress.getLoopbackAddress())) {
            write(config("two") + "listen on 127.0.0.1 port " + taken.getLocalPort() + "\n");
            var shown = house.smtpctl("reload");
            assertTrue(shown.contains("cannot listen on /127.0.0.1:"), shown);
            try (var client = house.client().greeted()) {
                var reply = client.send("a@example.net", "carol@example.org", "Subject: a\n\nb");
                assertTrue(reply.startsWith("250"), reply);
            }
            house.awaitMail("home/one", 1);
        }
    }
}
