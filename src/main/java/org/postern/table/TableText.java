package org.postern.table;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.postern.config.TableRef.Shape;

/// Reads the text of a table's file (table(5)), and passes on one row after the other.
///
/// One entry a line, `key` or `key value`; a `#` begins a comment only where the line begins. The
/// first line of data decides whether it is a list or a mapping, unless `# @list` comes before it.
final class TableText {
    /// The number of bytes a key may have.
    static final int MAX_KEY = 1023;

    /// The number of bytes a line may have.
    static final int MAX_LINE = 1 << 20;

    private static final int WINDOW = 1 << 16;

    /// Takes the rows of a text.
    @FunctionalInterface
    interface Sink {
        /// Takes one row, which is only good until this returns, of a list or a mapping.
        void row(Row row, Shape shape);
    }

    private final Mistakes mistakes;
    private final Sink sink;
    private final Row row = new Row();
    private Shape shape;
    private int number;

    /// A reader of a text that has to be of this shape, or may be of any ([Shape#EITHER]).
    TableText(Shape shape, Mistakes mistakes, Sink sink) {
        this.shape = shape;
        this.mistakes = mistakes;
        this.sink = sink;
    }

    /// What the text turned out to be; still [Shape#EITHER] if there was no data.
    Shape shape() {
        return shape;
    }

    /// Reads a text that lies in an array, up to `length`. What lies before the end of a row may be
    /// overwritten by the sink.
    void read(byte[] bytes, int length) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                line(bytes, from, i);
                from = i + 1;
            }
        }
        line(bytes, from, length);
    }

    /// Reads a text to its end without holding more than a line of it.
    void read(InputStream in) throws IOException {
        var window = new byte[WINDOW];
        int from = 0;
        int to = 0;
        while (true) {
            int read = in.read(window, to, window.length - to);
            int seen = to;
            to += Math.max(0, read);
            for (int i = seen; i < to; i++) {
                if (window[i] == '\n') {
                    line(window, from, i);
                    from = i + 1;
                }
            }
            if (read < 0) {
                line(window, from, to);
                return;
            }
            if (to - from > MAX_LINE) {
                line(window, from, to);
                return; // the line was refused, and nothing is known of what follows
            }
            if (from > 0) {
                System.arraycopy(window, from, window, 0, to - from);
                to -= from;
                from = 0;
            } else if (to == window.length) {
                window = Arrays.copyOf(window, 2 * window.length);
            }
        }
    }

    private void line(byte[] bytes, int lineFrom, int lineTo) {
        number++;
        int from = lineFrom;
        int to = lineTo;
        while (from < to && isSpace(bytes[from])) {
            from++;
        }
        while (to > from && isSpace(bytes[to - 1])) {
            to--;
        }
        if (from == to) {
            return;
        }
        if (bytes[from] == '#') {
            comment(bytes, from, to);
            return;
        }
        row.line(number, lineFrom);
        var fault = entry(bytes, from, to);
        if (fault.isEmpty()) {
            sink.row(row, shape);
        } else {
            row.moveTo(bytes, from, to);
            mistakes.add(row, from, fault);
        }
    }

    private void comment(byte[] bytes, int from, int to) {
        if (shape == Shape.EITHER && text(bytes, from + 1, to).strip().equals("@list")) {
            shape = Shape.LIST;
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /// Moves the row to an entry; what is wrong with it, or nothing.
    private String entry(byte[] bytes, int from, int to) {
        if (to - from > MAX_LINE) {
            return "a line of more than " + MAX_LINE + " bytes";
        }
        int keyTo = keyEnd(bytes, from, to);
        if (keyTo < 0) {
            return "a '[' without ']'";
        }
        if (shape == Shape.EITHER) {
            shape = keyTo == to ? Shape.LIST : Shape.MAPPING;
        }
        row.moveTo(bytes, from, shape == Shape.LIST ? to : keyTo);
        if (shape == Shape.MAPPING) {
            int value = Math.min(keyTo + 1, to);
            while (value < to && (bytes[value] == ' ' || bytes[value] == '\t')) {
                value++;
            }
            if (value == to) {
                return "a key without a value";
            }
            row.value(value, to);
        }
        if (row.keyTo() - from > MAX_KEY) {
            return "a key of more than " + MAX_KEY + " bytes";
        }
        return row.hasNul() ? "a NUL byte: this is not a text" : "";
    }

    /// Where the key ends; -1 if it has a bracket that is never closed.
    private static int keyEnd(byte[] bytes, int from, int to) {
        boolean bracketed = bytes[from] == '[';
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (bracketed ? b == ']' : b == ' ' || b == '\t' || b == ':') {
                return bracketed ? i + 1 : i;
            }
        }
        return bracketed ? -1 : to;
    }

    /// White space as the C locale has it: what is above ASCII is none.
    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
