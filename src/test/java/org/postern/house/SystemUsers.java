package org.postern.house;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The users that a server of root needs, made for the tests and removed when they end.
final class SystemUsers {
    private static final List<String> MADE = new ArrayList<>();

    private SystemUsers() {}

    /// Skips the test, saying so, unless it runs as root.
    static void needsRoot() throws IOException {
        assumeTrue(
                (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "skipped: only root can start rooms as other users");
    }

    /// Makes sure that the rooms' users and a user with mail, `posterntest`, exist.
    static void exist() throws Exception {
        needsRoot();
        make("smtpd", "/");
        make("smtpq", "/");
    }

    /// Makes a user of the machine, unless there is one of that name.
    static synchronized void make(String name, String home) throws Exception {
        if (run("id", "-u", name) == 0) {
            return;
        }
        if (run("useradd", "--system", "--home-dir", home, "--shell", "/usr/sbin/nologin", name)
                != 0) {
            throw new IOException("cannot make the user " + name);
        }
        if (MADE.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(SystemUsers::removeAll));
        }
        MADE.add(name);
    }

    private static void removeAll() {
        for (var name : MADE) {
            try {
                run("userdel", name);
            } catch (Exception e) {
                System.err.println("user left behind: " + name + ": " + e);
            }
        }
    }

    static int run(String... command) throws Exception {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return process.exitValue();
    }
}
