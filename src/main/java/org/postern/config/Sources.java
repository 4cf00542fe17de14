package org.postern.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.mail.Chunk;

/// Everything a configuration is made of: the text of all its files, the macros of the command line
/// and the facts about the machine. Whoever has it can parse it, without a right to any file.
///
/// @param main the name of the first file, as given to `-f`
/// @param files the main file and all that are included, each once
/// @param defines the operands of `-D`, `name=value`
/// @param generation counts the configurations of one supervisor, from 1
public record Sources(
        String main, List<SourceFile> files, List<String> defines, Host host, long generation) {

    private static final long MAX_FILE = 64L << 20;

    public Sources {
        files = List.copyOf(files);
        defines = List.copyOf(defines);
        if (files.stream().noneMatch(file -> file.name().equals(main))) {
            throw new IllegalArgumentException(main + " is not among the files");
        }
    }

    /// Sources of a single file, for tests and tools.
    public static Sources of(String name, String text, Host host) {
        return new Sources(name, List.of(new SourceFile(name, Chunk.of(text))), List.of(), host, 1);
    }

    /// Reads a configuration and all that it includes from the disk. The name of an included file
    /// is tried from the working directory first, as OpenSMTPD does, and then from the directory of
    /// the main file.
    ///
    /// @throws IOException if the main file cannot be read. An included file that cannot be read is
    ///   left out, and reported by [Config#parse] where it is included.
    public static Sources read(Path file, List<String> defines, Host host) throws IOException {
        var main =
                new Sources(
                        file.toString(), List.of(load(file.toString(), file)), defines, host, 1);
        // What a file includes can depend on macros, so only the parser can tell.
        while (main.mayInclude()) {
            var missing = Parser.parse(main).missing();
            var found = new ArrayList<>(main.files);
            for (String name : missing) {
                find(file, name).ifPresent(path -> loadIfReadable(name, path, found));
            }
            if (found.size() == main.files.size()) {
                return main;
            }
            main = new Sources(main.main, found, defines, host, 1);
        }
        return main;
    }

    /// Whether there can be an include at all. A macro cannot put the word together from pieces,
    /// but a backslash can hide it, and the end of a line in a quoted string.
    private boolean mayInclude() {
        return Stream.concat(files.stream().map(file -> file.text().text()), defines.stream())
                .anyMatch(
                        text ->
                                text.indexOf('\\') >= 0
                                        || text.replace("\r", "")
                                                .replace("\n", "")
                                                .contains("include"));
    }

    private static Optional<Path> find(Path main, String name) {
        if (!Tokens.isPlain(name)) {
            return Optional.empty(); // Such a name means different files in different locales.
        }
        var beside = main.resolveSibling(name);
        return List.of(Path.of(name), beside).stream().filter(Files::isReadable).findFirst();
    }

    private static void loadIfReadable(String name, Path path, List<SourceFile> into) {
        try {
            into.add(load(name, path));
        } catch (IOException _) {
            return; // Reported with its place when the text is parsed.
        }
    }

    private static SourceFile load(String name, Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + ": not a regular file");
        }
        if (Files.size(path) > MAX_FILE) {
            throw new IOException(path + ": more than " + MAX_FILE + " bytes");
        }
        return new SourceFile(name, Chunk.handOver(Files.readAllBytes(path)));
    }

    /// The same, as another generation.
    public Sources withGeneration(long number) {
        return new Sources(main, files, defines, host, number);
    }

    String mainText() {
        return text(main).orElseThrow();
    }

    /// The text of a file, one character for a byte.
    Optional<String> text(String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .map(file -> file.text().text())
                .findFirst();
    }

    /// A problem at a place of these files, with the line it is about.
    public Problem problem(Position at, String message, List<String> notes) {
        var line = line(at);
        return new Problem(at, message, line, Width.at(line, at.column()), notes);
    }

    Problem problem(Position at, String message) {
        return problem(at, message, List.of());
    }

    private String line(Position at) {
        var text = text(at.file()).orElse("");
        int start = 0;
        for (int line = 1; line < at.line(); line++) {
            start = text.indexOf('\n', start) + 1;
            if (start == 0) {
                return "";
            }
        }
        int end = text.indexOf('\n', start);
        return withoutReturn(text.substring(start, end < 0 ? text.length() : end));
    }

    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    /// How far a token reaches.
    private static final class Width {
        static int at(String line, int column) {
            int start = column - 1;
            if (start >= line.length()) {
                return 1;
            }
            char first = line.charAt(start);
            if (first == '"' || first == '\'') {
                int end = line.indexOf(first, start + 1);
                return end < 0 ? line.length() - start : end + 1 - start;
            }
            int end = start + 1;
            if (Character.isLetterOrDigit(first) || first == '$' || first == ':' || first == '_') {
                while (end < line.length() && " \t(){}<>!=#,".indexOf(line.charAt(end)) < 0) {
                    end++;
                }
            }
            return end - start;
        }
    }
}
