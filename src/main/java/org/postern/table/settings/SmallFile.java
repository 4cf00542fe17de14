package org.postern.table.settings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.config.ConfigException;
import org.postern.config.Nearest;
import org.postern.config.Position;
import org.postern.config.Problem;

/// The lines of a small file, and what is wrong with them.
///
///     file = { line }
///     line = [ key ( blank | ":" ) value ] | "#" text
///
/// Whoever reads it takes the keys that the backend knows; what is left is unknown.
final class SmallFile {
    private static final Set<String> SECRET = Set.of("password", "conninfo", "username", "user");

    private final String file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    /// One line.
    ///
    /// @param column where the value begins, from 1
    record Entry(int line, String text, String key, String value, int column) {}

    private SmallFile(String file) {
        this.file = file;
    }

    static SmallFile parse(String file, String text) {
        var small = new SmallFile(file);
        var lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            small.read(i + 1, lines[i].stripTrailing());
        }
        return small;
    }

    private void read(int number, String line) {
        int start = skip(line, 0);
        if (start == line.length() || line.charAt(start) == '#') {
            return;
        }
        int end = start;
        while (end < line.length() && " \t:".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        var key = line.substring(start, end);
        int value = skip(line, end);
        if (value < line.length() && line.charAt(value) == ':') {
            value = skip(line, value + 1);
        }
        var entry = new Entry(number, line, key, line.substring(value), value + 1);
        if (value == line.length()) {
            problem(entry, start + 1, "expected a value after " + key, List.of());
        }
        var earlier = entries.putIfAbsent(key, entry);
        if (earlier != null) {
            var note = "the first is on line " + earlier.line();
            problem(entry, start + 1, key + " is here a second time", List.of(note));
        }
    }

    private static int skip(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /// The line of this key, which is known from now on.
    Optional<Entry> entry(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).filter(entry -> !entry.value().isEmpty());
    }

    /// The value of this key, if there is one.
    Optional<String> value(String key) {
        return entry(key).map(Entry::value);
    }

    /// The value of a key that has to be there; empty if it is not, which is then a problem.
    String required(String key, String what) {
        var value = value(key);
        if (value.isEmpty() && !entries.containsKey(key)) {
            var at = new Position(file, 1, 1);
            problems.add(new Problem(at, "there is no " + key, "", 1, List.of("it says " + what)));
        }
        return value.orElse("");
    }

    /// A number between these, or `otherwise` if there is none.
    int number(String key, int least, int most, int otherwise) {
        var entry = entry(key);
        if (entry.isEmpty()) {
            return otherwise;
        }
        var text = entry.get().value();
        if (text.matches("[0-9]{1,9}")
                && Integer.parseInt(text) >= least
                && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        problem(
                entry.get(),
                "expected a number from " + least + " to " + most + ", found \"" + text + '"');
        return otherwise;
    }

    /// Something is wrong with the value of a line.
    void problem(Entry entry, String message, String... notes) {
        problem(entry, entry.column(), message, List.of(notes));
    }

    /// Something is wrong with a line at this column.
    void problem(Entry entry, int column, String message, List<String> notes) {
        var shown = entry.text();
        if (SECRET.contains(entry.key())) {
            // What follows may be a password, or hold one.
            shown = shown.substring(0, entry.column() - 1) + "...";
        }
        int width = 0;
        while (column - 1 + width < shown.length() && shown.charAt(column - 1 + width) > ' ') {
            width++;
        }
        problems.add(
                new Problem(
                        new Position(file, entry.line(), column), message, shown, width, notes));
    }

    /// Says what is wrong with the whole, what is left over among it.
    ///
    /// @throws ConfigException if anything is
    void finish() throws ConfigException {
        for (var entry : entries.values()) {
            if (!known.contains(entry.key())) {
                var notes =
                        Nearest.to(entry.key(), known).stream()
                                .map(near -> "did you mean " + near + "?")
                                .toList();
                int column = entry.text().indexOf(entry.key()) + 1;
                problem(entry, column, "unknown key " + entry.key(), notes);
            }
        }
        if (!problems.isEmpty()) {
            problems.sort(
                    Comparator.comparingInt((Problem one) -> one.at().line())
                            .thenComparingInt(one -> one.at().column()));
            throw new ConfigException(problems);
        }
    }
}
