package org.postern.os;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a test does in a JVM of its own.
final class Probe {
    private static final Path CAT = Path.of("/bin/cat");

    private Probe() {}

    /// Starts a JVM that does what the word says and prints what it found.
    static Child start(String word, Confinement confinement) throws IOException {
        return start(word, confinement, new Stdio.Pipe());
    }

    private static Child start(String word, Confinement confinement, Stdio output)
            throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var classes =
                Stream.of(Probe.class, Spawn.class)
                        .map(Probe::place)
                        .distinct()
                        .collect(Collectors.joining(":"));
        var program =
                Program.of(
                        java,
                        "-Xmx64m",
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes,
                        Probe.class.getName(),
                        word);
        return Spawn.start(
                program.streams(new Stdio.Nothing(), output, new Stdio.Inherit()), confinement);
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException odd) {
            throw new IllegalStateException(odd);
        }
    }

    public static void main(String[] words) throws Exception {
        System.out.println(
                switch (words[0]) {
                    case "status" -> Files.readString(Path.of("/proc/self/status"));
                    case "spawn" -> spawn();
                    case "rootless" -> rootless();
                    case "seccomp" -> seccomp();
                    case "parent" -> parent();
                    case "orphan" -> orphan();
                    case "adopts" -> adopts();
                    case "adopted" -> adopted();
                    default -> throw new IllegalArgumentException(words[0]);
                });
    }

    private static String spawn() throws IOException {
        var user = Confinement.as(new Identity(12345, 23456, List.of()));
        try (var child = Spawn.start(Program.of(CAT, "/proc/self/status"), user)) {
            return new String(child.output().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String rootless() throws IOException {
        var fence =
                new Landlock.Fenced(
                        new Landlock.Files.Only(
                                Set.of(Path.of("/proc")),
                                Set.of(),
                                Set.of(Path.of("/usr"), Path.of("/lib"), Path.of("/lib64"))),
                        new Landlock.Network.Denied());
        var own = new Confinement(ProcessFacts.identity(), Set.of(Capability.CHOWN), fence);
        try (var child = Spawn.start(Program.of(CAT, "/proc/self/status"), own)) {
            var status =
                    ProcessStatus.parse(
                            new String(child.output().readAllBytes(), StandardCharsets.UTF_8));
            return status.uid()
                    + " "
                    + status.noNewPrivileges()
                    + " "
                    + becoming()
                    + " "
                    + child.landlock().getClass().getSimpleName();
        }
    }

    private static String becoming() {
        try (var child =
                Spawn.start(Program.of(CAT), Confinement.as(new Identity(54321, 1, List.of())))) {
            return "became " + child;
        } catch (IOException refused) {
            return "refused";
        }
    }

    // Starts a JVM that shares our output, and is killed by the test while both wait.
    private static String parent() throws Exception {
        try (var child =
                start("orphan", Confinement.as(ProcessFacts.identity()), new Stdio.Inherit())) {
            return "ended " + child.waitFor(Duration.ofSeconds(50));
        }
    }

    private static String orphan() throws Exception {
        ProcessFacts.dieWithParent(15);
        System.out.println("ready");
        Thread.sleep(Duration.ofSeconds(50));
        return "survived";
    }

    // The child of our child outlives it, and ends: then there is nothing left of it.
    private static String adopts() throws Exception {
        var broods = new Broods();
        broods.adoptOrphans();
        int orphan = orphan(broods);
        boolean ours = isOurs(orphan);
        ProcessFacts.kill(orphan, 9);
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (Files.exists(Path.of("/proc/" + orphan)) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        return (ours ? "ours " : "lost ")
                + (Files.exists(Path.of("/proc/" + orphan)) ? "stays" : "collected");
    }

    private static String adopted() throws Exception {
        var broods = new Broods();
        var orphanage = broods.adoptOrphans();
        boolean during = wasOurs(orphan(broods));
        orphanage.interrupt();
        orphanage.join(Duration.ofSeconds(40));
        boolean after = wasOurs(orphan(broods));
        return (during ? "ours, " : "lost, ") + (after ? "ours" : "lost");
    }

    // The child of a child that has ended; it lives until it is killed.
    private static int orphan(Broods broods) throws Exception {
        var line = "setsid sleep 600 >/dev/null & echo $!";
        var program =
                Program.of(Path.of("/bin/sh"), "-c", line).with(Map.of("PATH", "/usr/bin:/bin"));
        var brood = broods.start(program, Confinement.as(ProcessFacts.identity()));
        try (var child = brood.child()) {
            var lines = new BufferedReader(new InputStreamReader(child.output(), US_ASCII));
            int orphan = Integer.parseInt(lines.readLine());
            child.waitFor(Duration.ofSeconds(40));
            return orphan;
        }
    }

    private static boolean wasOurs(int orphan) throws IOException {
        boolean ours = isOurs(orphan);
        ProcessFacts.kill(orphan, 9);
        return ours;
    }

    private static boolean isOurs(int orphan) throws IOException {
        var status = Files.readString(Path.of("/proc/" + orphan + "/status"));
        return status.contains("PPid:\t" + ProcessFacts.pid() + "\n");
    }

    private static String seccomp() throws Exception {
        Seccomp.denyNetwork();
        return tcp() + ", " + unix() + ", " + ProcessFacts.status().seccomp();
    }

    private static String tcp() throws InterruptedException {
        var said = new String[1];
        Thread.ofPlatform().start(() -> said[0] = connect()).join();
        return said[0];
    }

    private static String connect() {
        try (var socket = SocketChannel.open(StandardProtocolFamily.INET)) {
            return "tcp open " + socket.isOpen();
        } catch (IOException | UnsupportedOperationException refused) {
            return "tcp refused";
        }
    }

    private static String unix() throws IOException {
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            return socket.isOpen() ? "unix open" : "unix refused";
        }
    }
}
