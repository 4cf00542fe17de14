package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.Eventually;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.log.Log;
import org.postern.mail.Chunk;

/// A room is never alive and deaf: it ends with the threads that it cannot do without.
@Timeout(120)
class VitalTest {
    @TempDir private Path dir;

    private static String classPath() {
        var jspecify = System.getProperty("java.class.path", "");
        var own =
                Stream.of(DyingRoom.class, RoomLife.class)
                        .map(one -> one.getProtectionDomain().getCodeSource().getLocation())
                        .map(location -> location.getPath())
                        .distinct()
                        .collect(Collectors.joining(File.pathSeparator));
        return own + File.pathSeparator + jspecify;
    }

    private Process room(String kind) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin/java");
        return new ProcessBuilder(
                        java.toString(),
                        "-Xmx48m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath(),
                        DyingRoom.class.getName(),
                        kind)
                .redirectError(dir.resolve("log").toFile())
                .start();
    }

    private Conversation<Leash, Leash.Answer> start(Process process) throws IOException {
        var leash =
                new Conversation<>(
                        new StreamChannel(process.getInputStream(), process.getOutputStream()),
                        Leash.frames(),
                        Leash.answers(),
                        new Deadlines());
        var user = System.getProperty("user.name");
        var users = Collections.nCopies(Room.values().length + 1, user);
        leash.say(
                new Leash.Start(
                        "smtpd.conf",
                        "spool",
                        "run",
                        users,
                        Sources.of(
                                "smtpd.conf",
                                "match reject\n",
                                new Host("mx.example.org", List.of())),
                        new Leash.Verbosity(Log.Form.TEXT, Leash.Level.BRIEF, Set.of()),
                        Leash.Sink.STANDARD_ERROR,
                        Set.of(),
                        Leash.Arrival.ALONE,
                        Chunk.EMPTY));
        leash.flush();
        return leash;
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRoomThatLosesAVitalThreadEndsAndSaysWhy() throws Exception {
        var process = room(DyingRoom.VITAL);
        try {
            start(process);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the room lives on");
            assertEquals(70, process.exitValue(), log());
            assertTrue(log().contains("IllegalStateException: planted"), log());
            assertTrue(log().contains("the room ends"), log());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aRoomThatCannotStartForWantOfAClassSaysSo() throws Exception {
        var process = room(DyingRoom.INCOMPLETE);
        try {
            var leash = start(process);
            assertEquals(
                    new Leash.Answer.Failed("java.lang.NoClassDefFoundError: planted"),
                    leash.hear(Duration.ofSeconds(60)),
                    log());
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the room lives on");
            assertTrue(log().contains("bug: start: java.lang.NoClassDefFoundError"), log());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aRoomThatLosesAnotherThreadLivesOn() throws Exception {
        var process = room("one of many");
        try {
            var leash = start(process);
            assertEquals(new Leash.Answer.Started(), leash.hear(Duration.ofSeconds(60)), log());
            Eventually.holds("its death", () -> log().contains("planted"));
            leash.say(new Leash.Stop(Duration.ZERO));
            leash.flush();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the room does not stop");
            assertEquals(0, process.exitValue(), log());
        } finally {
            process.destroyForcibly();
        }
    }
}
