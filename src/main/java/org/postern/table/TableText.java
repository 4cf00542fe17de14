package org.postern.table;

import java.util.ArrayList;
import java.util.List;
import org.postern.config.TableRef.Shape;
import org.postern.table.Entries.Row;

/// Reads the text of a table's file (table(5)).
///
/// One entry a line, `key` or `key value`; a `#` begins a comment only where the line begins. The
/// first line of data decides whether it is a list or a mapping, unless `# @list` comes before it.
final class TableText {
    /// The number of bytes a key may have.
    static final int MAX_KEY = 1023;

    /// Something wrong in a line.
    record Mistake(int line, String message) {}

    private Shape shape;
    private final List<Row> rows = new ArrayList<>();
    private final List<Mistake> mistakes = new ArrayList<>();

    private TableText(Shape shape) {
        this.shape = shape;
    }

    /// Reads a text; `shape` is what it has to be, or [Shape#EITHER].
    static TableText read(String text, Shape shape) {
        var table = new TableText(shape);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            table.line(++number, strip(line));
        }
        return table;
    }

    /// What the text turned out to be; still [Shape#EITHER] if there was no data.
    Shape shape() {
        return shape;
    }

    List<Row> rows() {
        return rows;
    }

    List<Mistake> mistakes() {
        return mistakes;
    }

    private void line(int number, String line) {
        if (line.isEmpty()) {
            return;
        }
        if (line.startsWith("#")) {
            if (shape == Shape.EITHER && strip(line.substring(1)).equals("@list")) {
                shape = Shape.LIST;
            }
            return;
        }
        int end = keyEnd(line);
        if (end < 0) {
            mistakes.add(new Mistake(number, "a '[' without ']'"));
            return;
        }
        if (shape == Shape.EITHER) {
            shape = end == line.length() ? Shape.LIST : Shape.MAPPING;
        }
        if (shape == Shape.LIST) {
            add(number, line, "");
            return;
        }
        var value = end == line.length() ? "" : stripBlanks(line.substring(end + 1));
        if (value.isEmpty()) {
            mistakes.add(new Mistake(number, "a key without a value"));
            return;
        }
        add(number, line.substring(0, end), value);
    }

    private void add(int number, String key, String value) {
        if (key.length() > MAX_KEY) {
            mistakes.add(new Mistake(number, "a key of more than " + MAX_KEY + " bytes"));
        } else {
            rows.add(new Row(number, key, value));
        }
    }

    /// Where the key ends; -1 if it has a bracket that is never closed.
    private static int keyEnd(String line) {
        if (line.startsWith("[")) {
            return line.indexOf(']') < 0 ? -1 : line.indexOf(']') + 1;
        }
        for (int i = 0; i < line.length(); i++) {
            if (" \t:".indexOf(line.charAt(i)) >= 0) {
                return i;
            }
        }
        return line.length();
    }

    /// Strips white space as the C locale has it: what is above ASCII stays.
    private static String strip(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isSpace(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static String stripBlanks(String text) {
        int begin = 0;
        while (begin < text.length() && " \t".indexOf(text.charAt(begin)) >= 0) {
            begin++;
        }
        return text.substring(begin);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
