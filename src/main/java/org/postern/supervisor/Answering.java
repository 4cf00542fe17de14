package org.postern.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.postern.config.ConfigException;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.ipc.Place;
import org.postern.table.settings.Kind;
import org.postern.table.settings.Settings;

/// What answers for a table whose origin is elsewhere.
sealed interface Answering {
    /// A program `table-TYPE` of the administrator, which speaks the table protocol.
    ///
    /// @param path the argument it is given; empty if there is none
    record ByProgram(Path executable, String path) implements Answering {}

    /// One of the built-in backends, in a process of its own.
    ///
    /// @param file its settings
    record BuiltIn(Kind kind, Path file) implements Answering {
        private static final long LONGEST = 1 << 20;

        /// What its settings say now.
        ///
        /// @throws IOException if they cannot be read
        /// @throws ConfigException with all that is wrong with them
        Settings settings() throws IOException, ConfigException {
            if (!Files.isRegularFile(file)) {
                throw new IOException(
                        file + (Files.exists(file) ? " is not a file" : ": no such file"));
            }
            if (Files.size(file) > LONGEST) {
                throw new IOException(file + ": more than " + LONGEST + " bytes");
            }
            return Settings.parse(
                    kind, file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
    }

    /// Where programs are looked for, after the private server's own directory.
    List<Path> DIRECTORIES =
            List.of(
                    Path.of("/usr/libexec/smtpd"),
                    Path.of("/usr/libexec/opensmtpd"),
                    Path.of("/usr/local/libexec/smtpd"),
                    Path.of("/usr/local/libexec/opensmtpd"),
                    Path.of("/usr/lib/opensmtpd"),
                    Path.of("/usr/lib/x86_64-linux-gnu/opensmtpd"),
                    Path.of("/usr/lib/aarch64-linux-gnu/opensmtpd"));

    /// What answers for such a table; empty if there is no such program, or a built-in backend is
    /// not told where its settings are.
    static Optional<Answering> of(Origin.External origin, Place place) {
        var kind = Kind.named(origin.type());
        if (kind.isPresent()) {
            return origin.path().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new BuiltIn(kind.get(), Path.of(origin.path())));
        }
        return program(origin.type(), place)
                .map(executable -> new ByProgram(executable, origin.path()));
    }

    private static Optional<Path> program(String type, Place place) {
        return found("table-" + type, place);
    }

    /// A program of this name, where the server looks for programs.
    static Optional<Path> found(String name, Place place) {
        var own = place.programs().resolve(name);
        if (isProgram(own)) {
            return Optional.of(own);
        }
        return DIRECTORIES.stream()
                .map(directory -> directory.resolve(name))
                .filter(Answering::isProgram)
                .findFirst();
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }

    /// The directories where programs are looked for, for a message.
    static String places(Place place) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(place.programs()), DIRECTORIES.stream())
                .map(Path::toString)
                .collect(java.util.stream.Collectors.joining(", "));
    }

    /// The tables of a configuration that have such an origin, in the order of their names.
    static List<TableDefinition> among(org.postern.config.Config config) {
        return config.tables().values().stream()
                .filter(table -> table.origin() instanceof Origin.External)
                .sorted(java.util.Comparator.comparing(TableDefinition::name))
                .toList();
    }
}
