package org.postern.house;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.postern.Ports;

/// A real server in a directory of its own: real processes, real sockets.
final class House implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Pattern ROOM =
            Pattern.compile("room (\\w+) running pid=(\\d+)", Pattern.UNICODE_CASE);

    private final Path root;
    private final int port;
    private final Process server;

    private House(Path root, int port, Process server) {
        this.root = root;
        this.port = port;
        this.server = server;
    }

    /// A directory for a server, with its name and configuration in it. `@PORT@` in the
    /// configuration is a free port, `@ROOT@` the directory.
    static final class Plot {
        private final Path root;
        private final int port;
        private final List<String> options = new ArrayList<>();

        private Plot(Path root, int port) {
            this.root = root;
            this.port = port;
        }

        Path root() {
            return root;
        }

        int port() {
            return port;
        }

        Plot file(String name, String text) throws IOException {
            var file = root.resolve("etc").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, filled(text));
            return this;
        }

        Plot option(String... words) {
            options.addAll(List.of(words));
            return this;
        }

        private String filled(String text) {
            return text.replace("@PORT@", Integer.toString(port))
                    .replace("@ROOT@", root.toString());
        }

        /// Starts a server here and waits until it greets.
        House start() throws Exception {
            return start(List.of());
        }

        /// Starts it by a program that runs programs, such as `setpriv`.
        House start(List<String> by) throws Exception {
            var command = new ArrayList<>(by);
            command.addAll(Installation.command("smtpd", "-d", "-R", root.toString()));
            command.addAll(options);
            var log = root.resolve("log").toFile();
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                            .start();
            var house = new House(root, port, process);
            boolean greets = false;
            try {
                house.awaitGreeting();
                greets = true;
                return house;
            } finally {
                if (!greets) {
                    process.destroy(); // nobody else would
                }
            }
        }
    }

    /// A plot with this configuration.
    static Plot plot(String config) throws IOException {
        var root = Files.createTempDirectory("postern-house");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        var plot = new Plot(root, Ports.free());
        plot.file("mailname", "mx.example.org\n");
        plot.file("smtpd.conf", config);
        return plot;
    }

    private void awaitGreeting() throws Exception {
        eventually(
                "a greeting",
                () -> {
                    if (!server.isAlive()) {
                        fail("the server did not start:\n" + log());
                    }
                    try (var client = client()) {
                        return client.hear().startsWith("220 ");
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    /// Waits until `condition` holds, and fails with the log if it does not.
    void eventually(String what, Supplier<Boolean> condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.get()) {
            if (System.nanoTime() > end) {
                fail("waited in vain for " + what + "; the log:\n" + log());
            }
            Thread.sleep(20);
        }
    }

    Path root() {
        return root;
    }

    int port() {
        return port;
    }

    Client client() throws IOException {
        return new Client(port);
    }

    /// What the server logged so far.
    String log() {
        try {
            return Files.readString(root.resolve("log"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /// What `smtpctl` prints.
    String smtpctl(String... words) throws Exception {
        var arguments = new ArrayList<String>(List.of("smtpctl", "-R", root.toString()));
        arguments.addAll(List.of(words));
        var process =
                new ProcessBuilder(Installation.command(arguments.toArray(String[]::new)))
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        var output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail("smtpctl does not end");
        }
        return output;
    }

    /// The process id of a room, from the supervisor.
    long pid(String room) throws Exception {
        var status = smtpctl("show", "status");
        var matcher = ROOM.matcher(status);
        while (matcher.find()) {
            if (matcher.group(1).equals(room)) {
                return Long.parseLong(matcher.group(2));
            }
        }
        return fail("no room " + room + " in:\n" + status + "\nlog:\n" + log());
    }

    long supervisorPid() {
        return server.pid();
    }

    /// The messages that lie in a Maildir below the server's directory.
    List<String> maildir(String name) {
        var messages = new ArrayList<String>();
        var fresh = root.resolve(name).resolve("new");
        if (!Files.isDirectory(fresh)) {
            return messages;
        }
        try (var files = Files.list(fresh)) {
            for (var file : (Iterable<Path>) files::iterator) {
                messages.add(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            return fail(e);
        }
        return messages;
    }

    /// Waits until `count` messages lie in that Maildir.
    List<String> awaitMail(String name, int count) throws InterruptedException {
        eventually(count + " messages in " + name, () -> maildir(name).size() >= count);
        return maildir(name);
    }

    /// Ends the server and waits until it has ended.
    void stop() throws Exception {
        server.destroy();
        if (!server.waitFor(40, TimeUnit.SECONDS)) {
            server.destroyForcibly();
            fail("the server does not end; the log:\n" + log());
        }
    }

    @Override
    public void close() throws Exception {
        try {
            stop();
        } finally {
            Installation.remove(root);
        }
    }
}
