package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postern.Ports;

/// Mail to and from real servers of other makes: Debian's Postfix and Dovecot, and swaks.
class NeighboursTest {
    private static final String INTO_OUR_MAILDIR =
            """
            listen on 127.0.0.1 port @PORT@
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    @BeforeAll
    static void usersExist() throws Exception {
        SystemUsers.exist();
    }

    private static House withHome(String config) throws Exception {
        var plot = House.plot(config);
        var home = java.nio.file.Files.createDirectory(plot.root().resolve("home"));
        java.nio.file.Files.setAttribute(home, "unix:uid", 4321);
        java.nio.file.Files.setAttribute(home, "unix:gid", 4321);
        return plot.start();
    }

    private static String run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    private static String swaks(int port, String to, String... more) throws Exception {
        var command =
                new ArrayList<String>(
                        List.of(
                                "swaks",
                                "--server",
                                "127.0.0.1:" + port,
                                "--helo",
                                "client.test",
                                "--from",
                                "ann@example.net",
                                "--to",
                                to));
        command.addAll(List.of(more));
        return run(command.toArray(String[]::new));
    }

    @Test
    void swaksReachesAMaildir() throws Exception {
        try (var house = withHome(INTO_OUR_MAILDIR)) {
            var dialogue = swaks(house.port(), "carol@example.org", "--pipeline");
            assertTrue(dialogue.contains("250-PIPELINING"), dialogue);
            var mail = house.awaitMail("home/Maildir", 1).getFirst();
            assertTrue(mail.contains("This is a test mailing"), mail);
        }
    }

    @Test
    void ourMailReachesPostfix() throws Exception {
        int next = Ports.free();
        try (var postfix = Neighbour.start("postfix-sink", Integer.toString(next));
                var house = withHome(relayTo(next));
                var client = house.client().greeted()) {
            for (int i = 0; i < 5; i++) {
                client.send("ann@example.net", "bob@example.org", "Subject: mail " + i + "\n\n..");
            }
            house.eventually("five messages", () -> postfix.mail("Maildir").size() == 5);
            house.eventually("an empty queue", () -> house.queue().isBlank());
            house.awaitLog("result=\"Ok\" stat=\"250 ");
        }
    }

    private static String relayTo(int port) {
        return """
        listen on 127.0.0.1 port @PORT@
        action "out" relay host "smtp://127.0.0.1:%d"
        match from any for any action "out"
        """
                .formatted(port);
    }

    @Test
    void whatPostfixRefusesComesBackAsAReport() throws Exception {
        int next = Ports.free();
        var config =
                """
                listen on 127.0.0.1 port @PORT@
                table people { ann = "4321:4321:@ROOT@/home" }
                action "home" maildir "@ROOT@/home/Maildir" userbase <people>
                action "out" relay host "smtp://127.0.0.1:%d"
                match from any for domain "example.net" action "home"
                match from any for any action "out"
                """
                        .formatted(next);
        try (var postfix = Neighbour.start("postfix-sink", Integer.toString(next));
                var house = withHome(config);
                var client = house.client().greeted()) {
            client.send("ann@example.net", "refused@example.org", "Subject: no\n\nx");
            var report = house.awaitMail("home/Maildir", 1).getFirst();
            assertTrue(report.contains("Content-Type: multipart/report"), report);
            assertTrue(report.contains("Final-Recipient: rfc822; refused@example.org"), report);
            assertTrue(report.contains("Action: failed"), report);
            assertTrue(report.contains("Auto-Submitted: auto-replied"), report);
            assertEquals(List.of(), postfix.mail("Maildir"));
        }
    }

    @Test
    void postfixIsGreetedFromTheAddressAndByTheNameOfTheAction() throws Exception {
        int next = Ports.free();
        var config =
                """
                listen on 127.0.0.1 port @PORT@
                action "out" relay host "smtp://127.0.0.1:%d" src 127.0.0.2 helo "other.example.org"
                match from any for any action "out"
                """
                        .formatted(next);
        try (var postfix = Neighbour.start("postfix-sink", Integer.toString(next));
                var house = withHome(config);
                var client = house.client().greeted()) {
            client.send("ann@example.net", "bob@example.org", "Subject: hello\n\nx");
            house.eventually("a message", () -> postfix.mail("Maildir").size() == 1);
            var mail = postfix.mail("Maildir").getFirst();
            assertTrue(
                    Pattern.compile(
                                    "from other\\.example\\.org \\(\\S+ \\[127\\.0\\.0\\.2\\]\\)",
                                    Pattern.UNICODE_CASE)
                            .matcher(mail)
                            .find(),
                    mail);
        }
    }

    @Test
    void tlsIsUsedWherePostfixOffersIt() throws Exception {
        int next = Ports.free();
        try (var postfix = Neighbour.start("postfix-sink", Integer.toString(next), "tls-only");
                var house = withHome(relayTo(next));
                var client = house.client().greeted()) {
            client.send("ann@example.net", "bob@example.org", "Subject: hello\n\nx");
            house.eventually("a message", () -> postfix.mail("Maildir").size() == 1);
            var mail = postfix.mail("Maildir").getFirst();
            assertTrue(mail.contains("using TLSv1.3 with cipher "), mail);
            house.awaitLog("cert-check result=\"unverified\"");
        }
    }

    /// The house lives in a mount namespace where the system's authorities are the one that signed.
    @Test
    void demandedTlsIsVerifiedByTheSystemsAuthorities() throws Exception {
        int next = Ports.free();
        try (var postfix = Neighbour.start("postfix-sink", Integer.toString(next), "tls")) {
            var trusting = demanding(next).start(inWorldThatTrusts(postfix));
            try (var house = trusting;
                    var client = house.client().greeted()) {
                client.send("ann@example.net", "bob@example.org", "Subject: hello\n\nx");
                house.eventually("a message", () -> postfix.mail("Maildir").size() == 1);
                house.awaitLog("cert-check result=\"valid\"");
            }
        }
    }

    @Test
    void whoCannotProveItsNameGetsNoMailWhereTlsIsDemanded() throws Exception {
        int next = Ports.free();
        try (var postfix = Neighbour.start("postfix-sink", Integer.toString(next), "tls");
                var house = demanding(next).start();
                var client = house.client().greeted()) {
            client.send("ann@example.net", "bob@example.org", "Subject: hello\n\nx");
            house.awaitLog("result=\"TempFail\"");
            assertEquals(List.of(), postfix.mail("Maildir"));
            assertTrue(house.queue().contains("|bob@example.org|"), house::queue);
        }
    }

    private static House.Plot demanding(int port) throws Exception {
        var config =
                """
                listen on 127.0.0.1 port @PORT@
                action "out" relay host "smtp+tls://mx.example.org:%d"
                match from any for any action "out"
                """
                        .formatted(port);
        return House.plot(config).file("hosts", "127.0.0.1 mx.example.org\n");
    }

    private static List<String> inWorldThatTrusts(Neighbour neighbour) {
        var certificate = neighbour.directory().resolve("cert.pem");
        var bind = "mount --bind " + certificate + " /etc/ssl/certs/ca-certificates.crt && ";
        return List.of("unshare", "--mount", "sh", "-c", bind + "exec \"$@\"", "sh");
    }

    @Test
    void theSenderHearsOfASuccessThatItAskedFor() throws Exception {
        var config =
                """
                listen on 127.0.0.1 port @PORT@
                table people { ann = "4321:4321:@ROOT@/home", carol = "4321:4321:@ROOT@/home" }
                action "home" maildir "@ROOT@/home/%{user.username}" userbase <people>
                match from any for domain "example.org" action "home"
                """;
        try (var house = withHome(config)) {
            try (var client = house.client().greeted()) {
                client.ask("MAIL FROM:<ann@example.org>", "250");
                client.ask(
                        "RCPT TO:<carol@example.org> NOTIFY=SUCCESS ORCPT=rfc822;carol@example.org",
                        "250");
                client.ask("DATA", "354");
                client.ask("Subject: hello\r\n\r\nx\r\n.", "250");
            }
            var report = house.awaitMail("home/ann", 1).getFirst();
            assertTrue(report.contains("Action: delivered"), report);
            assertTrue(report.contains("Original-Recipient: rfc822; carol@example.org"), report);
            assertEquals(1, house.maildir("home/carol").size());
        }
    }

    @Test
    void postfixDeliversToUs() throws Exception {
        try (var house = withHome(INTO_OUR_MAILDIR)) {
            int between = Ports.free();
            try (var postfix =
                    Neighbour.start(
                            "postfix-relay",
                            Integer.toString(between),
                            Integer.toString(house.port()))) {
                swaks(between, "carol@example.org");
                var mail = house.awaitMail("home/Maildir", 1).getFirst();
                assertTrue(mail.contains("This is a test mailing"), mail + postfix.words());
            }
        }
    }

    @Test
    void ourMailReachesDovecotByLmtp() throws Exception {
        try (var dovecot = Neighbour.start("dovecot-lmtp")) {
            var config =
                    """
                    listen on 127.0.0.1 port @PORT@
                    table people { carol = "4321:4321:@ROOT@/home" }
                    action "home" lmtp "%s/lmtp" userbase <people>
                    match from any for domain "example.org" action "home"
                    """
                            .formatted(dovecot.directory());
            try (var house = withHome(config);
                    var client = house.client().greeted()) {
                client.send("ann@example.net", "carol@example.org", "Subject: lmtp\n\nx");
                house.eventually("a message", () -> dovecot.mail("home/carol/Maildir").size() == 1);
                var mail = dovecot.mail("home/carol/Maildir").getFirst();
                assertTrue(mail.contains("Subject: lmtp"), mail);
            }
        }
    }
}
