package org.postern.house;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.postern.Ports;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;
import org.postern.tool.Typed;

/// A real server in a directory of its own: real processes, real sockets.
final class House implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

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

    /// The supervisor hears orders when all rooms work.
    private void awaitGreeting() throws Exception {
        var supervisor = Place.below(root).supervisorSocket();
        eventually(
                "a server that works",
                () -> {
                    if (!server.isAlive()) {
                        fail("the server did not start:\n" + log());
                    }
                    try (var orders = Hearing.connect(supervisor);
                            var client = client()) {
                        return orders.isConnected() && client.hear().startsWith("220 ");
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

    /// Waits until the server has logged this: it logs a moment after it has done something.
    void awaitLog(String part) throws InterruptedException {
        eventually("a line with " + part, () -> log().contains(part));
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
    String smtpctl(String... words) throws IOException {
        return Typed.smtpctl(root, words);
    }

    /// What the program `smtpctl` prints.
    String smtpctlProgram(String... words) throws Exception {
        var arguments = new ArrayList<String>(List.of("-R", root.toString()));
        arguments.addAll(List.of(words));
        var process =
                new ProcessBuilder(
                                Installation.command("smtpctl", arguments.toArray(String[]::new)))
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        var output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail("smtpctl does not end");
        }
        return output;
    }

    /// The process id of a room, from the supervisor, as soon as the room runs.
    long pid(String room) throws InterruptedException {
        return pidOf("room " + room);
    }

    /// The same of the program that answers for a table.
    long tablePid(String table) throws InterruptedException {
        return pidOf("table " + table);
    }

    /// The same of the program of a filter.
    long filterPid(String filter) throws InterruptedException {
        return pidOf("filter " + filter);
    }

    private long pidOf(String what) throws InterruptedException {
        var running = Pattern.compile("(?m)^" + what + " running pid=(\\d+)");
        var pid = new AtomicLong();
        eventually(
                what + " that runs",
                () -> {
                    var found = running.matcher(status());
                    if (!found.find()) {
                        return false;
                    }
                    pid.set(Long.parseLong(found.group(1)));
                    return true;
                });
        return pid.get();
    }

    /// What `smtpctl show status` prints.
    String status() {
        return said("show", "status");
    }

    /// What `smtpctl show queue` prints.
    String queue() {
        return said("show", "queue");
    }

    private String said(String... words) {
        try {
            return smtpctl(words);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /// Waits for a message with this subject in that Maildir, and gives it.
    String awaitSubject(String name, String subject) throws InterruptedException {
        var line = "\nSubject: " + subject + "\n";
        eventually(
                "the message " + subject + " in " + name,
                () -> maildir(name).stream().anyMatch(mail -> mail.contains(line)));
        return maildir(name).stream().filter(mail -> mail.contains(line)).findFirst().orElseThrow();
    }

    /// Waits until `count` messages lie in that Maildir.
    List<String> awaitMail(String name, int count) throws InterruptedException {
        eventually(count + " messages in " + name, () -> maildir(name).size() >= count);
        return maildir(name);
    }

    /// Ends the server and waits until it has ended.
    void stop() throws Exception {
        server.destroy();
        if (!server.waitFor(90, TimeUnit.SECONDS)) {
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
