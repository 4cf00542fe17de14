package org.postern.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A child is born confined, and its parent stays what it was.
@Timeout(60)
class SpawnTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path SHELL = Path.of("/bin/sh");
    private static final Path BASH = Path.of("/bin/bash");
    private static final Identity STRANGER = new Identity(12345, 23456, List.of(34567, 45678));
    private static final Identity ROOT = new Identity(0, 0, List.of());
    private static final Set<Path> SYSTEM =
            Set.of(Path.of("/usr"), Path.of("/bin"), Path.of("/lib"), Path.of("/lib64"));

    @TempDir Path folder;

    @BeforeEach
    void asRoot() throws IOException {
        assumeTrue(ProcessFacts.uid() == 0, "needs root to become others");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String said(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static ProcessStatus statusUnder(Confinement confinement) throws Exception {
        try (var child =
                Spawn.start(Program.of(Path.of("/bin/cat"), "/proc/self/status"), confinement)) {
            return ProcessStatus.parse(said(child.output()));
        }
    }

    private static Exit exit(Child child) throws InterruptedException {
        return child.waitFor(PATIENCE).orElseThrow();
    }

    private static Exit run(Confinement confinement, Path program, String... arguments)
            throws Exception {
        try (var child =
                Spawn.start(
                        Program.of(program, arguments)
                                .streams(
                                        new Stdio.Nothing(),
                                        new Stdio.Nothing(),
                                        new Stdio.Inherit()),
                        confinement)) {
            return exit(child);
        }
    }

    private static Confinement fenced(Landlock.Network network, Set<Path> readable) {
        return new Confinement(
                STRANGER,
                Set.of(),
                new Landlock.Fenced(
                        new Landlock.Files.Only(readable, Set.of(Path.of("/dev/null")), SYSTEM),
                        network));
    }

    private static void assumeLandlock(int abi) throws IOException {
        try (var ruleset =
                Ruleset.of(
                        new Landlock.Fenced(
                                new Landlock.Files.Every(), new Landlock.Network.Open()))) {
            assumeTrue(
                    ruleset.outcome() instanceof Landlock.Outcome.Applied(var have, _)
                            && have >= abi,
                    "needs Landlock ABI " + abi);
        }
    }

    @Test
    void aChildIsBornAsTheUser() throws Exception {
        var status = statusUnder(Confinement.as(STRANGER));
        assertEquals(List.of(12345, 12345, 12345, 12345), status.uids());
        assertEquals(List.of(23456, 23456, 23456, 23456), status.gids());
        assertEquals(List.of(34567, 45678), status.groups());
    }

    @Test
    void aChildNeverGainsRights() throws Exception {
        var status = statusUnder(Confinement.as(STRANGER));
        assertEquals(1, status.noNewPrivileges());
        assertEquals(List.of(0L, 0L, 0L, 0L, 0L), masks(status));
    }

    private static List<Long> masks(ProcessStatus status) {
        return List.of(
                status.inheritable(),
                status.permitted(),
                status.effective(),
                status.bounding(),
                status.ambient());
    }

    @Test
    void aUserKeepsExactlyTheCapabilityAskedFor() throws Exception {
        var kept = Set.of(Capability.NET_BIND_SERVICE);
        long mask = 1L << 10;
        var status = statusUnder(new Confinement(STRANGER, kept, new Landlock.Unfenced()));
        assertEquals(List.of(mask, mask, mask, mask, mask), masks(status));
    }

    @Test
    void rootKeepsExactlyTheCapabilitiesAskedFor() throws Exception {
        var kept = Set.of(Capability.SETUID, Capability.SETGID, Capability.CHOWN, Capability.KILL);
        var status = statusUnder(new Confinement(ROOT, kept, new Landlock.Unfenced()));
        assertEquals(0xe1L, status.effective());
        assertEquals(0xe1L, status.permitted());
        assertEquals(0xe1L, status.bounding());
    }

    @Test
    void theParentStaysRootInEveryThread() throws Exception {
        for (int i = 0; i < 20; i++) {
            run(fenced(new Landlock.Network.Denied(), Set.of()), Path.of("/bin/true"));
        }
        assertEquals(Set.of(List.of(0, 0, 0, 0)), UsersOfThreads.now());
    }

    @Test
    void aFencedChildCannotReadBeyondItsRules() throws Exception {
        assumeLandlock(1);
        var file = Files.writeString(folder.resolve("open-to-all"), "text");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(
                new Exit.Exited(0),
                run(Confinement.as(STRANGER), Path.of("/bin/cat"), file.toString()));
        assertEquals(
                new Exit.Exited(0),
                run(
                        fenced(new Landlock.Network.Open(), Set.of(folder)),
                        Path.of("/bin/cat"),
                        file.toString()));
        assertEquals(
                new Exit.Exited(1),
                run(
                        fenced(new Landlock.Network.Open(), Set.of()),
                        Path.of("/bin/cat"),
                        file.toString()));
    }

    @Test
    void aFencedChildCannotConnect() throws Exception {
        assumeLandlock(4);
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var line = "exec 3<>/dev/tcp/127.0.0.1/" + listener.getLocalPort();
            assertEquals(new Exit.Exited(0), run(Confinement.as(STRANGER), BASH, "-c", line));
            assertEquals(
                    new Exit.Exited(1),
                    run(fenced(new Landlock.Network.Denied(), Set.of()), BASH, "-c", line));
        }
    }

    @Test
    void aFencedChildCannotSignalItsParent() throws Exception {
        assumeLandlock(6);
        var fence = new Landlock.Fenced(new Landlock.Files.Every(), new Landlock.Network.Open());
        var line = "kill -0 " + ProcessFacts.pid();
        assertEquals(
                new Exit.Exited(0),
                run(
                        new Confinement(ROOT, Set.of(Capability.KILL), new Landlock.Unfenced()),
                        SHELL,
                        "-c",
                        line));
        assertEquals(
                new Exit.Exited(1),
                run(new Confinement(ROOT, Set.of(Capability.KILL), fence), SHELL, "-c", line));
    }

    @Test
    void theFenceSaysWhatItCouldNotDo() throws Exception {
        assumeLandlock(1);
        var missing = folder.resolve("absent");
        try (var child =
                Spawn.start(
                        Program.of(Path.of("/bin/true")),
                        fenced(new Landlock.Network.Denied(), Set.of(missing)))) {
            var applied = assertInstanceOf(Landlock.Outcome.Applied.class, child.landlock());
            assertTrue(applied.gaps().contains(missing + " does not exist"), applied::toString);
        }
    }

    @Test
    void aProgramThatIsNotThereIsAnError() {
        var problem =
                assertThrows(
                        OsException.class,
                        () ->
                                Spawn.start(
                                        Program.of(Path.of("/no/such/program")),
                                        Confinement.as(STRANGER)));
        assertEquals(
                "posix_spawn /no/such/program: ENOENT (No such file or directory)",
                problem.getMessage());
    }

    @Test
    void anExitCodeIsTold() throws Exception {
        assertEquals(new Exit.Exited(75), run(Confinement.as(STRANGER), SHELL, "-c", "exit 75"));
    }

    @Test
    void aSignalIsTold() throws Exception {
        assertEquals(
                new Exit.Killed(15), run(Confinement.as(STRANGER), SHELL, "-c", "kill -TERM $$"));
    }

    @Test
    void aChildCanBeKilledWithItsDescendants() throws Exception {
        var program = Program.of(SHELL, "-c", "sleep 1000 & sleep 1000").inNewSession();
        try (var child = Spawn.start(program, Confinement.as(STRANGER))) {
            assertEquals(Optional.empty(), child.waitFor(Duration.ofMillis(1)));
            child.kill();
            assertEquals(new Exit.Killed(9), exit(child));
            assertEquals(
                    "",
                    said(child.output()),
                    "the end of file comes when the last of them is gone");
        }
    }

    @Test
    void whatIsSaidToAChildComesBack() throws Exception {
        try (var child = Spawn.start(Program.of(Path.of("/bin/cat")), Confinement.as(STRANGER))) {
            var text = "line\n".repeat(100_000);
            var speaking = Thread.ofVirtual().start(() -> say(child, text));
            assertEquals(text, said(child.output()));
            speaking.join();
            assertEquals(new Exit.Exited(0), exit(child));
        }
    }

    private static void say(Child child, String text) {
        try (var input = child.input()) {
            input.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Test
    void silentChildrenDoNotHoldCarriers() throws Exception {
        try (var child = Spawn.start(Program.of(Path.of("/bin/cat")), Confinement.as(STRANGER))) {
            var readers = new ArrayList<Child>();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < Runtime.getRuntime().availableProcessors() + 2; i++) {
                var silent = Spawn.start(Program.of(Path.of("/bin/cat")), Confinement.as(STRANGER));
                readers.add(silent);
                threads.add(Thread.ofVirtual().start(() -> drain(silent)));
            }
            var other = Thread.ofVirtual().start(() -> say(child, "x"));
            assertTrue(other.join(PATIENCE));
            for (var reader : readers) {
                reader.input().close();
            }
            for (var thread : threads) {
                assertTrue(thread.join(PATIENCE));
            }
        }
    }

    private static void drain(Child child) {
        try {
            child.output().readAllBytes();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Test
    void theChildHasOnlyItsThreeStreams() throws Exception {
        try (var _ = Files.newBufferedReader(Path.of("/proc/self/status"));
                var child =
                        Spawn.start(
                                Program.of(Path.of("/bin/ls"), "/proc/self/fd"),
                                Confinement.as(STRANGER))) {
            assertEquals("0\n1\n2\n3\n", said(child.output()), "and the directory that ls reads");
        }
    }

    @Test
    void wordsEnvironmentAndDirectoryAreExact() throws Exception {
        var program =
                new Program(
                        SHELL,
                        List.of(
                                "-strange name",
                                "-c",
                                "echo \"$0|$1|$A\"; pwd; env | wc -l",
                                "zero",
                                "a b"),
                        Map.of("A", "x y"),
                        folder,
                        new Stdio.Nothing(),
                        new Stdio.Pipe(),
                        new Stdio.SameAsOutput(),
                        Program.Session.NEW);
        try (var child = Spawn.start(program, Confinement.as(STRANGER))) {
            var lines = said(child.output()).lines().toList();
            assertEquals("zero|a b|x y", lines.get(0));
            assertEquals(folder.toString(), lines.get(1));
        }
    }

    @Test
    void aFileNamedAsOutputIsOpenedAsTheUser() throws Exception {
        var secret = folder.resolve("not-yours");
        var program =
                Program.of(Path.of("/bin/true"))
                        .streams(
                                new Stdio.Nothing(),
                                new Stdio.File(secret, Stdio.Mode.WRITE),
                                new Stdio.Nothing());
        var problem =
                assertThrows(
                        OsException.class, () -> Spawn.start(program, Confinement.as(STRANGER)));
        assertEquals(Errno.EACCES, problem.errno());
    }

    @Test
    void aJvmStartsConfined() throws Exception {
        var home = Path.of(System.getProperty("java.home"));
        var files =
                new Landlock.Files.Only(
                        Set.of(Path.of("/proc"), Path.of("/sys"), Path.of("/etc"), Path.of("/dev")),
                        Set.of(Path.of("/dev/null")),
                        Set.of(home, Path.of("/usr"), Path.of("/lib"), Path.of("/lib64")));
        var confinement =
                new Confinement(
                        STRANGER,
                        Set.of(),
                        new Landlock.Fenced(files, new Landlock.Network.Denied()));
        var java = home.resolve("bin/java");
        try (var child =
                Spawn.start(Program.of(java, "-XX:-UsePerfData", "-version"), confinement)) {
            var said = said(child.error());
            assertEquals(new Exit.Exited(0), exit(child), said);
        }
    }

    @Test
    void aJvmOfRootHasExactlyTheCapabilitiesOfTheRoom() throws Exception {
        var kept = Set.of(Capability.SETUID, Capability.SETGID, Capability.CHOWN, Capability.KILL);
        try (var child =
                Probe.start("status", new Confinement(ROOT, kept, new Landlock.Unfenced()))) {
            var status = ProcessStatus.parse(said(child.output()));
            assertEquals(0xe1L, status.effective());
            assertEquals(0xe1L, status.permitted());
        }
    }

    @Test
    void theDeliveryRoomCanStartAUsersProgram() throws Exception {
        var kept = Set.of(Capability.SETUID, Capability.SETGID, Capability.CHOWN, Capability.KILL);
        try (var child =
                Probe.start("spawn", new Confinement(ROOT, kept, new Landlock.Unfenced()))) {
            var status = ProcessStatus.parse(said(child.output()));
            assertEquals(List.of(12345, 12345, 12345, 12345), status.uids());
            assertEquals(0L, status.effective() | status.permitted() | status.ambient());
        }
    }

    @Test
    void withoutRootTheChildIsStillFenced() throws Exception {
        assumeLandlock(1);
        try (var child = Probe.start("rootless", Confinement.as(STRANGER))) {
            assertEquals("12345 1 refused Applied", said(child.output()).strip());
        }
    }

    @Test
    void afterDenyingTheNetworkOnlyUnixSocketsWork() throws Exception {
        try (var child = Probe.start("seccomp", Confinement.as(STRANGER))) {
            assertEquals("tcp refused, unix open, 2", said(child.output()).strip());
        }
    }

    @Test
    void aChildCanDieWithItsParent() throws Exception {
        try (var parent = Probe.start("parent", Confinement.as(ROOT))) {
            var lines =
                    new BufferedReader(
                            new InputStreamReader(parent.output(), StandardCharsets.UTF_8));
            assertEquals("ready", lines.readLine());
            parent.kill();
            assertNull(lines.readLine(), "the output ends when both have");
        }
    }
}
