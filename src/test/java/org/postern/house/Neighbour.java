package org.postern.house;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real mail server of another make, in a directory of its own; ends when it is closed.
final class Neighbour implements AutoCloseable {
    private final Process process;
    private final Path directory;

    private final Leaving leaving;

    /// What becomes of the directory.
    private enum Leaving {
        NOTHING,
        ALL
    }

    private Neighbour(Process process, Path directory, Leaving leaving) {
        this.process = process;
        this.directory = directory;
        this.leaving = leaving;
    }

    /// Starts a script of `src/test/neighbours` in a fresh directory and waits until it is ready.
    static Neighbour start(String script, String... arguments) throws Exception {
        return start(freshDirectory(), Leaving.NOTHING, script, arguments);
    }

    /// A directory for a neighbour.
    static Path freshDirectory() throws IOException {
        var directory = Files.createTempDirectory("postern-neighbour");
        return Files.setPosixFilePermissions(
                directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// The same in this directory, where it may have been before, and may be again.
    static Neighbour startIn(Path directory, String script, String... arguments) throws Exception {
        return start(directory, Leaving.ALL, script, arguments);
    }

    private static Neighbour start(
            Path directory, Leaving leaving, String script, String... arguments) throws Exception {
        var command =
                new ArrayList<String>(
                        List.of(
                                Path.of("src/test/neighbours", script).toString(),
                                directory.toString()));
        command.addAll(List.of(arguments));
        var process =
                new ProcessBuilder(command)
                        .redirectError(directory.resolve("stderr").toFile())
                        .start();
        var lines =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.ISO_8859_1));
        var neighbour = new Neighbour(process, directory, leaving);
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("ready ")) {
                return neighbour;
            }
        }
        var words = neighbour.words();
        neighbour.close();
        return fail(script + " did not become ready:\n" + words);
    }

    /// What it said on its standard error.
    String words() throws IOException {
        return Files.readString(directory.resolve("stderr"), StandardCharsets.ISO_8859_1);
    }

    Path directory() {
        return directory;
    }

    /// The messages in a Maildir below its directory.
    List<String> mail(String maildir) {
        var messages = new ArrayList<String>();
        var fresh = directory.resolve(maildir).resolve("new");
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

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
        if (leaving == Leaving.NOTHING) {
            Installation.remove(directory);
        }
    }
}
