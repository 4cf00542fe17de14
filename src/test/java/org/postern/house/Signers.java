package org.postern.house;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.postern.ipc.Place;
import org.postern.ipc.Room;

/// A process of [SigningLoad] that runs as the user of `front`.
final class Signers implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    private Signers(Process process) {
        this.process = process;
        this.answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /// What happened so far.
    record Counts(long signed, long failed, long wrong) {}

    /// Begins to load the keeper of that house.
    static Signers start(House house) throws Exception {
        var classes = house.root().resolve("test-classes");
        var folder = Path.of("org/postern/house");
        Installation.copy(compiled(), classes.resolve(folder));
        var command =
                List.of(
                        "setpriv",
                        "--reuid=smtpd",
                        "--regid=smtpd",
                        "--clear-groups",
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx128m",
                        "-XX:-UsePerfData",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes + ":" + Installation.classPath(),
                        SigningLoad.class.getName(),
                        Place.below(house.root()).socket(Room.KEEPER).toString(),
                        "mx.example.org");
        var log = house.root().resolve("signers.log").toFile();
        return new Signers(new ProcessBuilder(command).redirectError(log).start());
    }

    private static Path compiled() throws URISyntaxException {
        return Path.of(
                        SigningLoad.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                .resolve("org/postern/house");
    }

    /// Asks for the counts.
    Counts counts() {
        try {
            process.getOutputStream().write('?');
            process.getOutputStream().flush();
            var line = answers.readLine();
            if (line == null) {
                throw new IOException("the signers ended");
            }
            var words = line.split(" ", -1);
            return new Counts(
                    Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        process.getOutputStream().close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
