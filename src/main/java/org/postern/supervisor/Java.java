package org.postern.supervisor;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postern.ipc.Room;

/// The Java machine that the rooms run on: the one that runs us, and the module path it was given.
///
/// @param home where the JDK lies
/// @param modules the module path
record Java(Path home, String modules) {
    private static final List<String> FOR_ALL =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xshare:auto",
                    "-XX:-UsePerfData",
                    "-XX:+DisableAttachMechanism",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:+ErrorFileToStderr",
                    // Standard output is the leash: not even SIGQUIT may write there.
                    "-XX:+DisplayVMOutputToStderr",
                    "-XX:-CreateCoredumpOnCrash",
                    "--enable-native-access=org.postern");

    /// The machine that runs this process.
    static Java running() {
        return new Java(
                Path.of(System.getProperty("java.home")),
                System.getProperty("jdk.module.path", ""));
    }

    /// The launcher.
    Path executable() {
        return home.resolve("bin/java");
    }

    /// What every room has to read in order to run.
    Set<Path> reads() {
        var reads = new HashSet<Path>(Set.of(home));
        for (var entry : modules.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                reads.add(Path.of(entry).toAbsolutePath());
            }
        }
        return reads;
    }

    /// What every room has to execute in order to run: Java itself, and what the kernel loads it
    /// by.
    Set<Path> executes() {
        return Set.of(
                executable(),
                Path.of("/lib64/ld-linux-x86-64.so.2"),
                Path.of("/lib/ld-linux-aarch64.so.1"));
    }

    /// The command line of `room`. Small heaps for all; the just-in-time compiler's best only where
    /// mail flows.
    List<String> commandLine(Room room) {
        var words = new ArrayList<String>(List.of("smtpd: " + room.word()));
        words.addAll(FOR_ALL);
        words.addAll(
                switch (room) {
                    case FRONT -> List.of("-Xms24m", "-Xmx384m", "-Xss512k");
                    case QUEUE -> List.of("-Xms24m", "-Xmx768m", "-Xss512k");
                    case DELIVERY -> List.of("-Xms16m", "-Xmx128m", "-Xss512k");
                    case KEEPER ->
                            List.of("-Xms8m", "-Xmx48m", "-Xss512k", "-XX:TieredStopAtLevel=1");
                });
        words.addAll(
                List.of(
                        "-p",
                        modules,
                        "-m",
                        "org.postern/org.postern.Postern",
                        "room",
                        room.word()));
        return words;
    }
}
