package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.ipc.Place;

/// `sendmail` with a server that follows a script.
class SendmailTest {
    private static final String MESSAGE =
            """
            From: Ann <ann@example.org>
            To: bob@example.net, Carol <carol>
            Bcc: dave@example.net
            Date: Thu, 1 Jan 2026 00:00:00 +0000

            .dot
            hi
            """;

    private static final String ACCEPTED =
            """
            S: 220 here.example ESMTP Postern
            C: EHLO localhost
            S: 250-here.example Hello
            S: 250-8BITMIME
            S: 250 DSN
            C: MAIL FROM:<ann@example.org>
            S: 250 2.0.0 Ok
            C: RCPT TO:<bob@example.net>
            S: 250 2.1.5 Ok
            C: DATA
            S: 354 go on
            C: From: Ann <ann@example.org>
            C: To: bob@example.net, Carol <carol>
            C: Date: Thu, 1 Jan 2026 00:00:00 +0000
            C:
            C: ..dot
            C: hi
            C: .
            S: 250 2.0.0 5c8e01d2 Message accepted for delivery
            C: QUIT
            S: 221 2.0.0 Bye
            """;

    @TempDir Path directory;

    private Place place;
    private Console console = new Console("sendmail", MESSAGE);

    @BeforeEach
    void directories() throws IOException {
        place = Place.below(directory);
        Files.createDirectories(place.run());
    }

    private int sendmail(String... arguments) throws IOException {
        return new Sendmail(
                        console.terminal,
                        place,
                        new Login("ann-who-is-not-there", directory),
                        () -> Instant.EPOCH)
                .run(List.of(arguments));
    }

    private void plays(String script, int exit, String... arguments) throws Exception {
        try (var server = ScriptedServer.on(place.wellKnownSocket(), script)) {
            int status = sendmail(arguments);
            assertEquals(script, server.transcript());
            assertEquals(exit, status, console.err());
        }
    }

    @Test
    void aMessageIsAccepted() throws Exception {
        plays(ACCEPTED, 0, "bob@example.net");
        assertEquals("", console.err());
        assertFalse(Files.exists(directory.resolve("dead.letter")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-i",
                "-oi",
                "-odb",
                "-oem",
                "-bm",
                "-n",
                "-G",
                "-U",
                "-om",
                "-m",
                "-x",
                "-d0.1",
                "-im",
                "-h5",
                "-p smtp",
                "-O DeliveryMode=b",
                "-B 8BITMIME",
                "-L tag",
                "-e m",
                "--"
            })
    void historicFlagsChangeNothing(String flags) throws Exception {
        var arguments = new ArrayList<>(List.of(flags.split(" ", -1)));
        arguments.add("bob@example.net");
        plays(ACCEPTED, 0, arguments.toArray(String[]::new));
    }

    @Test
    void recipientsComeFromTheHeaderToo() throws Exception {
        plays(
                ACCEPTED.replace(
                        "C: DATA\n",
                        """
                        C: RCPT TO:<carol@here.example>
                        S: 250 2.1.5 Ok
                        C: RCPT TO:<dave@example.net>
                        S: 250 2.1.5 Ok
                        C: DATA
                        """),
                0,
                "-t");
    }

    @Test
    void theSenderIsWhoIsNamed() throws Exception {
        plays(
                ACCEPTED.replace("MAIL FROM:<ann@example.org>", "MAIL FROM:<eve@here.example>"),
                0,
                "-f",
                "<eve>",
                "bob@example.net");
    }

    @Test
    void theSenderMayBeNobody() throws Exception {
        plays(
                ACCEPTED.replace("MAIL FROM:<ann@example.org>", "MAIL FROM:<>"),
                0,
                "-f",
                "<>",
                "bob@example.net");
    }

    @Test
    void notificationsAreAskedFor() throws Exception {
        plays(
                ACCEPTED.replace(
                                "MAIL FROM:<ann@example.org>",
                                "MAIL FROM:<ann@example.org> RET=HDRS ENVID=a+3Db")
                        .replace(
                                "RCPT TO:<bob@example.net>",
                                "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY"),
                0,
                "-N",
                "success,delay",
                "-R",
                "hdrs",
                "-Va=b",
                "bob@example.net");
    }

    @Test
    void theDialogueIsShown() throws Exception {
        plays(ACCEPTED, 0, "-v", "bob@example.net");
        assertTrue(console.err().startsWith("<<< 220 here.example ESMTP Postern\n>>> EHLO "));
    }

    @Test
    void aTextWithoutHeaderGetsOne() throws Exception {
        console = new Console("sendmail", "job failed\n");
        var date = org.postern.message.MailDate.of(Instant.EPOCH);
        plays(
                """
                S: 220 here.example ESMTP Postern
                C: EHLO localhost
                S: 250 here.example Hello
                C: MAIL FROM:<ann-who-is-not-there@here.example>
                S: 250 2.0.0 Ok
                C: RCPT TO:<root@here.example>
                S: 250 2.1.5 Ok
                C: DATA
                S: 354 go on
                C: From: Cron Daemon <ann-who-is-not-there@here.example>
                C: Date: %s
                C:
                C: job failed
                C: .
                S: 250 2.0.0 Ok
                C: QUIT
                S: 221 2.0.0 Bye
                """
                        .formatted(date),
                0,
                "-FCron Daemon",
                "-i",
                "root");
    }

    @ParameterizedTest
    @CsvSource({
        "550 5.1.1 no such user, 67",
        "451 4.3.0 later, 75",
    })
    void aRefusedRecipientEndsIt(String reply, int exit) throws Exception {
        plays(
                """
                S: 220 here.example ESMTP Postern
                C: EHLO localhost
                S: 250 here.example Hello
                C: MAIL FROM:<ann@example.org>
                S: 250 2.0.0 Ok
                C: RCPT TO:<bob@example.net>
                S: %s
                C: QUIT
                S: 221 2.0.0 Bye
                """
                        .formatted(reply),
                exit,
                "bob@example.net");
        assertTrue(console.err().startsWith("sendmail: bob@example.net: " + reply), console.err());
    }

    @ParameterizedTest
    @CsvSource({"554 5.6.0 no, 70", "452 4.3.1 full, 75"})
    void aRefusedMessageIsKept(String reply, int exit) throws Exception {
        Files.writeString(directory.resolve("dead.letter"), "older");
        plays(
                ACCEPTED.substring(0, ACCEPTED.indexOf("S: 250 2.0.0 5c8e01d2"))
                        + "S: "
                        + reply
                        + "\n",
                exit,
                "bob@example.net");
        var kept = directory.resolve("dead.letter");
        assertEquals(MESSAGE.replace("Bcc: dave@example.net\n", ""), Files.readString(kept));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)));
        assertTrue(console.err().contains("NOT queued"), console.err());
    }

    @Test
    void aServerThatHangsUpHasNotAccepted() throws Exception {
        plays(
                """
                S: 220 here.example ESMTP Postern
                C: EHLO localhost
                """,
                75,
                "bob@example.net");
        assertTrue(console.err().contains("NOT queued"), console.err());
    }

    @Test
    void aPausedServerIsTemporary() throws Exception {
        plays("S: 421 4.3.2 paused\n", 75, "bob@example.net");
    }

    @Test
    void withoutAServerNothingIsLostInSilence() throws Exception {
        assertEquals(75, sendmail("bob@example.net"));
        assertTrue(console.err().contains("smtpd is not running"), console.err());
        assertTrue(console.err().contains("NOT queued"), console.err());
        assertTrue(Files.exists(directory.resolve("dead.letter")));
    }

    @Test
    void aServerThatIsStartingIsWaitedFor() throws Exception {
        var running = place.run().resolve("smtpd.pid");
        Files.writeString(running, ProcessHandle.current().pid() + "\n");
        var sent = new FutureTask<>(() -> sendmail("bob@example.net"));
        Thread.ofPlatform().daemon().start(sent);
        try (var server = ScriptedServer.on(place.wellKnownSocket(), ACCEPTED)) {
            assertEquals(0, sent.get(60, TimeUnit.SECONDS), console.err());
            assertEquals(ACCEPTED, server.transcript());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-f <eve bob, 1",
        "-N sometimes bob, 1",
        "-R some bob, 1",
        "-Z bob, 1",
        "-f, 1",
        "-bd, 1",
        "-bv bob, 1",
        "-bi, 1",
        "-q, 0",
        "-q30m, 0",
        "-i, 70",
        "a<b, 1"
    })
    void otherCommandLinesEndWithoutAServer(String arguments, int exit) throws Exception {
        assertEquals(exit, sendmail(arguments.split(" ", -1)), console.err());
    }

    @Test
    void anAddressCannotCarryACommand() throws Exception {
        assertEquals(1, sendmail("bob@example.net\r\nRSET"));
    }

    @Test
    void smtpIsPassedOn() throws Exception {
        console = new Console("sendmail", "HELO x\nQUIT\n");
        plays(
                """
                S: 220 here.example ESMTP Postern
                C: HELO x
                S: 250 hi
                C: QUIT
                S: 221 bye
                """,
                0,
                "-bs");
        assertEquals("220 here.example ESMTP Postern\r\n250 hi\r\n221 bye\r\n", console.out());
    }
}
