package org.postern.house;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postern.os.Crypt;

/// The users that a server of root needs, made for the tests and removed when they end.
///
/// All are made at once, and removed by the last process that tests: whoever lives in a world of
/// its own with accounts of its own loses them when others change those of the machine.
final class SystemUsers {
    /// Who may log in to the machine, with a password.
    static final String ACCOUNT = "posternlogin";

    static final String PASSWORD = "Sesame|1";

    private static final Map<String, String> HOMES =
            Map.of(
                    "smtpd",
                    "/",
                    "smtpq",
                    "/",
                    "smtpt",
                    "/",
                    "posterntest",
                    "/nonexistent",
                    ACCOUNT,
                    "/");

    private static final Path DIRECTORY = Path.of(System.getProperty("java.io.tmpdir"));

    /// Who changes users locks the first byte alone; the second is shared by all who need them.
    private static final Path LOCK = DIRECTORY.resolve("postern-test-users.lock");

    private static final Path MADE = DIRECTORY.resolve("postern-test-users");

    // Both guarded by the class. Closing any channel to the file would give back all locks of it.
    private static @Nullable FileChannel channel;
    private static @Nullable FileLock needed;

    private SystemUsers() {}

    /// Skips the test, saying so, unless it runs as root.
    static void needsRoot() throws IOException {
        assumeTrue(
                (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
                "skipped: only root can start rooms as other users");
    }

    /// Makes sure that the rooms' users and a user with mail, `posterntest`, exist.
    static synchronized void exist() throws Exception {
        needsRoot();
        if (needed != null) {
            return;
        }
        var file =
                FileChannel.open(
                        LOCK,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        channel = file;
        try (var _ = file.lock(0, 1, false)) {
            needed = file.lock(1, 1, true);
            Runtime.getRuntime().addShutdownHook(new Thread(SystemUsers::removeAll));
            for (var entry : HOMES.entrySet()) {
                make(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void make(String name, String home) throws Exception {
        if (run("id", "-u", name) == 0) {
            return;
        }
        var words = new ArrayList<>(List.of("useradd", "--system", "--home-dir", home));
        words.addAll(List.of("--shell", "/usr/sbin/nologin"));
        if (name.equals(ACCOUNT)) {
            words.addAll(List.of("--password", hash()));
        }
        words.add(name);
        if (run(words.toArray(String[]::new)) != 0) {
            throw new IOException("cannot make the user " + name);
        }
        Files.writeString(MADE, name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// A hash that the password fits.
    static String hash() throws IOException {
        var crypt = Crypt.open();
        var password = PASSWORD.getBytes(StandardCharsets.US_ASCII);
        return crypt.hash(password, crypt.setting("$6$").orElseThrow()).orElseThrow();
    }

    private static synchronized void removeAll() {
        var file = Objects.requireNonNull(channel);
        try (var _ = file.lock(0, 1, false)) {
            Objects.requireNonNull(needed).release();
            var nobody = file.tryLock(1, 1, false);
            if (nobody == null || Files.notExists(MADE)) {
                return;
            }
            for (var name : Files.readAllLines(MADE)) {
                run("userdel", name);
            }
            Files.delete(MADE);
        } catch (Exception e) {
            System.err.println("users left behind: " + e);
        }
    }

    static int run(String... command) throws Exception {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        return process.exitValue();
    }
}
