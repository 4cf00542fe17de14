package org.postern.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What is wrong in one table: as many mistakes as somebody may want to read.
final class Mistakes {
    private static final int MOST = 50;

    /// Something wrong in a line.
    ///
    /// @param line from 1; of an entry in the configuration its number, from 0
    /// @param column from 1
    /// @param text the line, or what may be shown of it
    record Mistake(int line, int column, String message, String text, List<String> hints) {
        Mistake {
            hints = List.copyOf(hints);
        }
    }

    /// Whether the lines of a table may be shown to whoever reads a log.
    enum Showing {
        LINES,
        /// There are secrets in them.
        NO_LINES
    }

    private final Showing showing;
    private final List<Mistake> found = new ArrayList<>();
    private int count;

    Mistakes(Showing showing) {
        this.showing = showing;
    }

    /// Notes what is wrong with a line that is no longer at hand.
    void add(int line, String message) {
        count++;
        if (count <= MOST) {
            found.add(new Mistake(line, 1, message, "", List.of()));
        }
    }

    /// Notes what is wrong with a row from the byte `at` on.
    void add(Row row, int at, String message, String... hints) {
        count++;
        var text = showing == Showing.LINES ? row.text() : "";
        if (count <= MOST) {
            found.add(new Mistake(row.line(), row.column(at), message, text, List.of(hints)));
        } else if (count == MOST + 1) {
            var more = "and there are more mistakes from here on";
            found.add(new Mistake(row.line(), 1, more, text, List.of()));
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /// The first of them, in the order of their lines.
    List<Mistake> inOrder() {
        // Most tables have none, and there may be thousands of tables.
        return found.isEmpty()
                ? List.of()
                : found.stream().sorted(Comparator.comparingInt(Mistake::line)).toList();
    }
}
