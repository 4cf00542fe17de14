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
import org.postern.Eventually;
import org.postern.Standstill;
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
@Timeout(240)
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

    private Life life(Room of) throws IOException {
        if (starts.incrementAndGet() == badStart.get()) {
            throw new IllegalStateException("a bug");
        }
        var first =
                new Leash.Start(
                        "smtpd.conf",
                        "spool",
                        "run",
                        List.of(),
                        SOURCES,
                        new Leash.Verbosity(Log.Form.TEXT, Leash.Level.BRIEF, Set.of()),
                        Leash.Sink.STANDARD_ERROR,
                        Set.of(),
                        Leash.Arrival.ALONE,
                        Chunk.EMPTY);
        return new Life(
                new Confinement(ProcessFacts.identity(), Set.of(), new Landlock.Unfenced()),
                "",
                0,
                first);
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
                        this::life,
                        new Deadlines(),
                        new Log((_, line) -> lines.add(line)));
        room.spawn(life(Room.QUEUE));
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

    private static Sources generation(long number) {
        return SOURCES.withGeneration(number);
    }

    private static Patience patience() {
        return Patience.of(Duration.ofSeconds(100));
    }

    private void reload(long number) {
        room.prepare(generation(number), patience());
        assertEquals(new RoomProcess.Readiness.Ready(), room.readiness(number, patience()));
        room.adopt(generation(number), patience());
        room.adopted(generation(number), patience());
    }

    @Test
    void aRoomThatReloadsLivesOn() throws Exception {
        start(0);
        reload(7);
        reload(8);
        assertTrue(room.status().contains("restarts=0"), room.status());
    }

    @Test
    void aRoomAtAnotherGenerationThanAskedIsKilledAndStartedAgain() throws Exception {
        start(-1);
        reload(7);
        assertEquals(
                "warn: queue was told to reload, but is at generation 6, not 7: it is killed",
                awaitLine("told to reload"));
        awaitLine("queue restarted");
        assertTrue(room.status().contains("restarts=1"), room.status());
    }

    @Test
    void aRoomThatIsDroppedStaysAsItWas() throws Exception {
        start(0);
        room.prepare(generation(7), patience());
        assertEquals(new RoomProcess.Readiness.Ready(), room.readiness(7, patience()));
        room.drop();
        reload(8);
        assertTrue(room.status().contains("restarts=0"), room.status());
    }

    /// Otherwise a configuration of which it dies would be adopted.
    @Test
    void aRoomThatEndsWhileItPreparesIsNotReady() throws Exception {
        start(FakeRoom.DIES);
        room.prepare(generation(7), patience());
        awaitLine("lost child");
        awaitLine("queue restarted");
        assertEquals(
                new RoomProcess.Readiness.Not("queue ended while it prepared"),
                room.readiness(7, patience()));
        assertTrue(room.status().contains("restarts=1"), room.status());
    }

    /// It is stopped by a signal, so that it neither hears nor ends.
    @Test
    void aRoomThatHangsIsNamedAndKilledAndComesBack() throws Exception {
        start(0);
        Standstill.of(pid());
        room.prepare(generation(7), patience());
        var not = room.readiness(7, Patience.of(Duration.ofSeconds(1)));
        assertEquals(
                new RoomProcess.Readiness.Not("queue did not prepare: no answer within 1 seconds"),
                not);
        awaitLine("lost child");
        awaitLine("queue restarted");
        reload(8);
    }

    /// It does not take in what is longer than the pipe is.
    @Test
    void aRoomThatHangsIsNotWaitedForWithALongConfigurationEither() throws Exception {
        start(0);
        Standstill.of(pid());
        var text = "#" + "x".repeat(1 << 20) + "\nmatch reject\n";
        var host = new Host("mx.example.org", List.of());
        var large = Sources.of("smtpd.conf", text, host).withGeneration(7);
        var patience = Patience.of(Duration.ofSeconds(1));
        room.prepare(large, patience);
        assertEquals(
                new RoomProcess.Readiness.Not("queue did not prepare: no answer within 1 seconds"),
                room.readiness(7, patience));
        awaitLine("queue restarted");
    }

    @Test
    void howARoomStandsIsToldWhileItIsWaitedFor() throws Exception {
        start(0);
        Standstill.of(pid());
        var patience = Patience.of(Duration.ofSeconds(100));
        room.prepare(generation(7), patience);
        var waiting = Thread.ofPlatform().start(() -> room.readiness(7, patience));
        while (waiting.isAlive()
                && Stream.of(waiting.getStackTrace()).noneMatch(RoomProcessTest::isHearing)) {
            Thread.onSpinWait();
        }
        assertTrue(room.status().contains("running"), room.status());
        assertTrue(waiting.isAlive());
        Standstill.end(pid());
        waiting.join();
    }

    private static boolean isHearing(StackTraceElement frame) {
        return frame.getMethodName().equals("hear");
    }

    private long pid() {
        return Long.parseLong(room.status().replaceAll(".* pid=(\\d+) .*", "$1"));
    }

    @Test
    void aRoomThatNeverPreparedIsHandedTheConfigurationWhenTheOthersAdoptIt() throws Exception {
        start(0);
        room.adopt(generation(7), patience());
        room.adopted(generation(7), patience());
        room.adopted(generation(7), patience()); // it has it
        assertTrue(room.status().contains("restarts=0"), room.status());
    }

    @Test
    void aRoomThatRetiresIsNotStartedAgain() throws Exception {
        start(0);
        room.retire(Duration.ofSeconds(30));
        Eventually.holds("its end", room::isGone);
        assertEquals(1, starts.get());
    }

    @Test
    void aBugWhileARoomIsRestartedDoesNotLeaveItDown() throws Exception {
        badStart.set(2);
        start(1);
        reload(7);
        awaitLine("bug: restarting queue");
        awaitLine("queue restarted");
        assertTrue(room.status().contains("restarts=2"), room.status());
    }
}
