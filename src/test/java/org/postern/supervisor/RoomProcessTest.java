package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Leash;
import org.postern.ipc.Room;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.os.Confinement;
import org.postern.os.Landlock;
import org.postern.os.ProcessFacts;

/// How a room is held: what becomes of one that does not do as told.
@Timeout(120)
class RoomProcessTest {
    private static final Sources SOURCES =
            Sources.of("smtpd.conf", "match reject\n", new Host("mx.example.org", List.of()));

    @TempDir private Path home;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AtomicInteger starts = new AtomicInteger();
    private final AtomicInteger badStart = new AtomicInteger();
    private RoomProcess room;

    @AfterEach
    void stop() {
        room.stop(Duration.ofSeconds(5));
    }

    private final class Plan implements RoomProcess.Plan {
        @Override
        public Confinement confinement(Room of) {
            try {
                return new Confinement(ProcessFacts.identity(), Set.of(), new Landlock.Unfenced());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String footing(Room of) {
            return "";
        }

        @Override
        public Leash.Start start(Room of) {
            if (starts.incrementAndGet() == badStart.get()) {
                throw new IllegalStateException("a bug");
            }
            return new Leash.Start(
                    "smtpd.conf",
                    "spool",
                    "run",
                    List.of(),
                    SOURCES,
                    new Leash.Verbosity(Leash.Level.BRIEF, Set.of()),
                    Leash.Sink.STANDARD_ERROR,
                    Set.of(),
                    Chunk.EMPTY);
        }
    }

    private static String classPath() {
        return Stream.of(FakeRoom.class, Leash.class)
                .map(one -> one.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// Starts a room that is so many generations off.
    private void start(int off) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin/java");
        var script = Files.createDirectory(home.resolve("bin")).resolve("java");
        Files.writeString(
                script,
                "#!/bin/sh\nexec '%s' -Xmx32m -cp '%s' %s %d\n"
                        .formatted(java, classPath(), FakeRoom.class.getName(), off));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        room =
                new RoomProcess(
                        Room.QUEUE,
                        new Java(home, "", new Java.Sharing.Not()),
                        new Plan(),
                        new Deadlines(),
                        new Log((_, line) -> lines.add(line)));
        room.spawn();
        room.begin();
    }

    private String awaitLine(String part) throws InterruptedException {
        while (true) {
            var line = lines.poll(60, TimeUnit.SECONDS);
            assertTrue(line != null, () -> "waited in vain for " + part);
            if (line.contains(part)) {
                return line;
            }
        }
    }

    private static Leash.Reload reload() {
        return new Leash.Reload(SOURCES.withGeneration(7));
    }

    @Test
    void aRoomThatReloadsLivesOn() throws Exception {
        start(0);
        room.reload(reload());
        room.reload(reload());
        assertTrue(room.status().contains("restarts=0"), room.status());
    }

    @Test
    void aRoomAtAnotherGenerationThanAskedIsKilledAndStartedAgain() throws Exception {
        start(-1);
        room.reload(reload());
        assertEquals(
                "warn: queue was told to reload, but is at generation 6, not 7: it is killed",
                awaitLine("told to reload"));
        awaitLine("queue restarted");
        assertTrue(room.status().contains("restarts=1"), room.status());
    }

    @Test
    void aBugWhileARoomIsRestartedDoesNotLeaveItDown() throws Exception {
        badStart.set(2);
        start(1);
        room.reload(reload());
        awaitLine("bug: restarting queue");
        awaitLine("queue restarted");
        assertTrue(room.status().contains("restarts=2"), room.status());
    }
}
