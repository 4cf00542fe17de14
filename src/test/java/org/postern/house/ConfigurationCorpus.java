package org.postern.house;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.postern.supervisor.Smtpd;

/// The configurations of `src/test/differential`, with what they name, in a folder of their own.
///
/// In the files stand `@HERE@` for that folder, `@CR@` for a carriage return, `@E9@` for a byte
/// that is no ASCII, and `@LONG@` for 9,000 letters.
final class ConfigurationCorpus implements AutoCloseable {
    private static final Path SOURCES = Path.of("src/test/differential");

    private final Path folder;

    private ConfigurationCorpus(Path folder) {
        this.folder = folder;
    }

    /// What `smtpd -n` says.
    enum Verdict {
        GOOD,
        BAD;

        static Verdict of(int status) {
            return status == 0 ? GOOD : BAD;
        }
    }

    /// The folders of configurations.
    enum Folder {
        /// What must be accepted.
        GOOD,
        /// What must be refused.
        BAD,
        /// What will be accepted when all of it is built: now it is refused as not supported yet,
        /// and nothing else is wrong with it.
        LATER;

        private Path sources() {
            return SOURCES.resolve(name().toLowerCase(Locale.ROOT));
        }

        /// The names of its configurations.
        List<String> names() throws IOException {
            return files(sources()).stream().map(file -> file.getFileName().toString()).toList();
        }
    }

    /// A verdict and the words that came with it.
    record Judgement(Verdict verdict, String words) {
        private static final Pattern ERROR = Pattern.compile("(?m)^\\S+:[0-9]+:[0-9]+: .*$");

        /// The headlines of what is wrong but for what is not supported yet.
        List<String> mistakes() {
            return ERROR.matcher(words)
                    .results()
                    .map(MatchResult::group)
                    .filter(line -> !line.endsWith("is not supported yet"))
                    .toList();
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }

    /// Copies them all, and makes the certificates.
    static ConfigurationCorpus unfold() throws Exception {
        var parent = Files.createTempDirectory("postern-differential");
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        var corpus = new ConfigurationCorpus(Files.createDirectory(parent.resolve("etc")));
        for (var kind : Folder.values()) {
            corpus.copy(kind.sources(), corpus.folder);
        }
        corpus.copy(SOURCES.resolve("tables"), corpus.folder.resolve("tables"));
        Files.writeString(corpus.folder.resolve("mailname"), "mx.example.org\n");
        corpus.makeKeys();
        return corpus;
    }

    private void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (var file : files(from)) {
            var text =
                    Files.readString(file, StandardCharsets.ISO_8859_1)
                            .replace("@HERE@", folder.toString())
                            .replace("@CR@", "\r")
                            .replace("@E9@", "\u00e9")
                            .replace("@LONG@", "x".repeat(9_000));
            Files.writeString(to.resolve(file.getFileName()), text, StandardCharsets.ISO_8859_1);
        }
    }

    private void makeKeys() throws Exception {
        var keys = Files.createDirectory(folder.resolve("keys"));
        for (var name : List.of("mx", "mail")) {
            var key = keys.resolve(name + ".key");
            run(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "30",
                    "-subj",
                    "/CN=" + name + ".example.org",
                    "-keyout",
                    key.toString(),
                    "-out",
                    keys.resolve(name + ".cert").toString());
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        }
        var open = Files.copy(keys.resolve("mx.key"), keys.resolve("open.key"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /// What our `smtpd -n` says, in this process.
    Judgement ours(String name) throws InterruptedException {
        var words = new ByteArrayOutputStream();
        var before = System.err;
        System.setErr(new PrintStream(words, true, StandardCharsets.ISO_8859_1));
        try {
            int status = Smtpd.run(List.of("-n", "-f", folder.resolve(name).toString()));
            return new Judgement(
                    Verdict.of(status), shortened(words.toString(StandardCharsets.ISO_8859_1)));
        } finally {
            System.setErr(before);
        }
    }

    /// What our `smtpd -n` says, as the program.
    Judgement oursAsProgram(String name) throws Exception {
        var process =
                new ProcessBuilder(
                                Installation.command(
                                        "smtpd", "-n", "-f", folder.resolve(name).toString()))
                        .redirectErrorStream(true)
                        .start();
        var words =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("smtpd -n does not end on " + name);
        }
        return new Judgement(Verdict.of(process.exitValue()), shortened(words));
    }

    private String shortened(String words) {
        return words.replace(folder + "/", "");
    }

    /// What OpenSMTPD's `smtpd -n` says of each of them, by name. Needs root.
    Map<String, Judgement> theirs() throws Exception {
        var judgements = new TreeMap<String, Judgement>();
        var lines = run("src/test/neighbours/opensmtpd-check", folder.toString()).lines().toList();
        for (var line : lines) {
            var name = line.substring(line.indexOf(' ') + 1);
            int status = Integer.parseInt(line.substring(0, line.indexOf(' ')));
            var said = folder.resolve(name + ".said");
            var words = Files.readString(said, StandardCharsets.ISO_8859_1);
            judgements.put(name, new Judgement(Verdict.of(status), shortened(words)));
        }
        return judgements;
    }

    private String run(String... command) throws Exception {
        var errors = folder.resolve("errors");
        var process =
                new ProcessBuilder(new ArrayList<>(List.of(command)))
                        .redirectError(errors.toFile())
                        .start();
        process.getOutputStream().close();
        var output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(command[0] + " failed: " + Files.readString(errors));
        }
        return output;
    }

    @Override
    public void close() {
        Installation.remove(folder.getParent());
    }
}
