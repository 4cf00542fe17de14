package org.postern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Processes that neither answer nor end.
public final class Standstill {
    private Standstill() {}

    /// Stops a process by a signal, and waits until all of its threads stand: that takes a moment.
    public static void of(long pid) throws Exception {
        signal(pid, "STOP");
        Eventually.holds("a standstill", () -> stands(pid));
    }

    /// Lets it go on.
    public static void end(long pid) throws Exception {
        signal(pid, "CONT");
    }

    private static void signal(long pid, String name) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor());
    }

    private static boolean stands(long pid) {
        try (var threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (var thread : threads) {
                if (!Files.readString(thread.resolve("stat")).contains(") T ")) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // a thread has ended meanwhile
        }
    }
}
