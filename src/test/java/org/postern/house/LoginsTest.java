package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postern.Ports;
import org.postern.mail.Chunk;
import org.postern.smtp.ScramKeys;

/// Clients of other makes log in over STARTTLS at a real server whose rooms are users of their own:
/// with hashes, with keys for SCRAM, with an account of the system, and by a program's word. The
/// files with passwords can be read by root alone.
class LoginsTest {
    private static final int ACCOUNTS = Ports.free();
    private static final int KEYS = Ports.free();
    private static final int PROGRAM = Ports.free();
    private static final int INLINE = Ports.free();

    private static final String CONFIG =
            """
            pki ours cert "@ROOT@/keys/cert.pem"
            pki ours key "@ROOT@/keys/key.pem"
            table hashes file:@ROOT@/etc/hashes
            table keys file:@ROOT@/etc/keys
            table judge logins
            listen on 127.0.0.1 port @PORT@ tls pki ours auth <hashes>
            listen on 127.0.0.1 port %d tls pki ours auth
            listen on 127.0.0.1 port %d tls pki ours auth <keys>
            listen on 127.0.0.1 port %d tls pki ours auth <judge>
            listen on 127.0.0.1 port %d tls pki ours auth { carol = "@HASH@" }
            match from auth for any reject
            """
                    .formatted(ACCOUNTS, KEYS, PROGRAM, INLINE);

    private static final String SCRIPT =
            """
            #!/bin/sh
            while IFS= read -r line && [ "$line" != "config|ready" ]; do :; done
            printf 'register|auth\\nregister|token\\nregister|ready\\n'
            while IFS='|' read -r _ _ _ _ op service id key; do
                case "$service $key" in
                "auth carol:Sesame|1") printf '%s-result|%s|found\\n' "$op" "$id" ;;
                "token carol:right") printf '%s-result|%s|found|carol\\n' "$op" "$id" ;;
                *) printf '%s-result|%s|not-found\\n' "$op" "$id" ;;
                esac
            done
            """;

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        var hash = SystemUsers.hash();
        var plot = House.plot(CONFIG.replace("@HASH@", hash));
        Pki.make(plot.root().resolve("keys"));
        var keys = ScramKeys.of(Chunk.of(SystemUsers.PASSWORD), Chunk.of("0123456789abcdef"), 4096);
        secret(plot, "hashes", "carol: " + hash + "\n");
        secret(plot, "keys", "carol: " + keys.text() + "\n");
        var program = Files.createDirectory(plot.root().resolve("libexec")).resolve("table-logins");
        Files.writeString(program, SCRIPT);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        house = plot.start();
        house.eventually("the program's word", LoginsTest::doesTheProgramJudge);
    }

    private static boolean doesTheProgramJudge() {
        try {
            return swaks(PROGRAM, "PLAIN", "carol", SystemUsers.PASSWORD).equals("235");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void secret(House.Plot plot, String name, String text) throws IOException {
        plot.file(name, text);
        Files.setPosixFilePermissions(
                plot.root().resolve("etc").resolve(name),
                PosixFilePermissions.fromString("rw-------"));
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static String output(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        return text;
    }

    /// What the server answers swaks in the end.
    static String swaks(int port, String mechanism, String user, String password) throws Exception {
        var command = new ArrayList<>(List.of("swaks", "--server", "127.0.0.1:" + port, "--tls"));
        command.addAll(List.of("--helo", "client.test", "--quit-after", "AUTH"));
        command.addAll(List.of("--auth", mechanism));
        command.addAll(List.of("--auth-user", user, "--auth-password", password));
        var dialogue = output(command.toArray(String[]::new));
        return dialogue.contains("<~  235 ")
                ? "235"
                : dialogue.contains("<~* 535 ") ? "535" : dialogue;
    }

    /// What a client is offered, and the last reply to it.
    private static String login(int port, String mechanism, String user, String secret)
            throws Exception {
        var client = Path.of("src/test/neighbours/login").toAbsolutePath().toString();
        return output(client, Integer.toString(port), mechanism, user, secret).strip();
    }

    @Test
    void hashesFitTheirPasswordsAlone() throws Exception {
        assertEquals("235", swaks(house.port(), "PLAIN", "carol", SystemUsers.PASSWORD));
        assertEquals("235", swaks(house.port(), "LOGIN", "carol", SystemUsers.PASSWORD));
        assertEquals("535", swaks(house.port(), "PLAIN", "carol", "sesame|1"));
    }

    /// The keeper alone knows them.
    @Test
    void passwordsMayStandInTheConfiguration() throws Exception {
        assertEquals("235", swaks(INLINE, "PLAIN", "carol", SystemUsers.PASSWORD));
    }

    @Test
    void accountsLogIn() throws Exception {
        assertEquals("235", swaks(ACCOUNTS, "PLAIN", SystemUsers.ACCOUNT, SystemUsers.PASSWORD));
        assertEquals("535", swaks(ACCOUNTS, "LOGIN", SystemUsers.ACCOUNT, "Sesame|2"));
    }

    @Test
    void withKeysThePasswordNeedNotBeSent() throws Exception {
        var offer = "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN: ";
        assertEquals(offer + "235", login(KEYS, "SCRAM-SHA-256", "carol", SystemUsers.PASSWORD));
        assertEquals(
                offer + "235", login(KEYS, "SCRAM-SHA-256-PLUS", "carol", SystemUsers.PASSWORD));
        assertEquals(offer + "535", login(KEYS, "SCRAM-SHA-256", "carol", "Sesame|2"));
        assertEquals("235", swaks(KEYS, "PLAIN", "carol", SystemUsers.PASSWORD));
    }

    @Test
    void aProgramJudges() throws Exception {
        var offer = "OAUTHBEARER XOAUTH2 PLAIN LOGIN: ";
        assertEquals("235", swaks(PROGRAM, "PLAIN", "carol", SystemUsers.PASSWORD));
        assertEquals(offer + "235", login(PROGRAM, "OAUTHBEARER", "carol", "right"));
        assertEquals(offer + "235", login(PROGRAM, "XOAUTH2", "carol", "right"));
        assertEquals(offer + "535", login(PROGRAM, "XOAUTH2", "carol", "wrong"));
        assertFalse(house.log().contains("wrong"), house.log());
        assertFalse(house.log().contains("esame"), house.log());
    }
}
