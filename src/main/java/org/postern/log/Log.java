package org.postern.log;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;

/// Where a room writes its log. One event is one line; a bug's trace is the one exception.
///
/// An [Entry] escapes what strangers sent; in a line that is but text the caller does: [#visible]
/// for a value, [#quoted] inside quotes. May be called from any thread; never waits for the disk or
/// the system's log.
public final class Log {
    /// How grave a line is.
    public enum Level {
        /// For `-v` and traces only.
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /// How a line is written.
    public enum Form {
        /// Words, and `key=value` for those who want to search.
        TEXT,
        /// One object of JSON with the same keys (RFC 8259); what is but text has the key `text`.
        JSON
    }

    /// Takes the lines.
    @FunctionalInterface
    public interface Sink {
        /// Takes one line without its end. Called from any thread; does not wait.
        void take(Level level, String line);
    }

    private final Sink sink;
    private final InstantSource clock;
    private volatile Form form = Form.TEXT;
    private volatile Level threshold = Level.INFO;
    private volatile Set<String> traces = Set.of();

    /// A log that writes to `sink`.
    public Log(Sink sink) {
        this(sink, InstantSource.system());
    }

    /// The same, with a clock for the lines in JSON; lines of text have no time of their own.
    Log(Sink sink, InstantSource clock) {
        this.sink = sink;
        this.clock = clock;
    }

    /// A log that forgets everything, for tests.
    public static Log silent() {
        return new Log((_, _) -> {});
    }

    /// From now on lines have this form.
    public void write(Form form) {
        this.form = form;
    }

    /// From now on lines below `threshold` are dropped, but for the subsystems in `traces`.
    public void speak(Level threshold, Set<String> traces) {
        this.threshold = threshold;
        this.traces = Set.copyOf(traces);
    }

    /// Begins to write down a normal event.
    public Entry entry() {
        var now = form;
        var line = new StringBuilder(160);
        return new Entry(this, now, now == Form.JSON ? opened(line, Level.INFO) : line);
    }

    /// An entry is complete.
    void finished(StringBuilder line) {
        if (logs(Level.INFO)) {
            sink.take(Level.INFO, line.toString());
        }
    }

    /// A normal event that is but text.
    public void info(String line) {
        take(Level.INFO, line);
    }

    /// Something an administrator should look at; the line begins with `warn: `.
    public void warn(String line) {
        take(Level.WARN, "warn: " + line);
    }

    /// Something is broken.
    public void error(String line) {
        take(Level.ERROR, line);
    }

    /// A bug: the line, and where it happened.
    public void bug(String line, Throwable cause) {
        var trace = new java.io.StringWriter();
        cause.printStackTrace(new java.io.PrintWriter(trace));
        take(Level.ERROR, "bug: " + line + ": " + trace.toString().replace("\n\t", " | ").strip());
    }

    /// What only `-v` shows.
    public void debug(String line) {
        take(Level.DEBUG, "debug: " + line);
    }

    /// What only a trace of `subsystem` shows.
    public void trace(String subsystem, String line) {
        if (traces(subsystem)) {
            put(Level.DEBUG, subsystem + ": " + line);
        }
    }

    /// Is `subsystem` traced? For lines that cost something to make.
    public boolean traces(String subsystem) {
        var now = traces;
        return !now.isEmpty() && (now.contains(subsystem) || now.contains("all"));
    }

    /// Is `level` logged? For lines that cost something to make.
    public boolean logs(Level level) {
        return level.compareTo(threshold) >= 0;
    }

    private void take(Level level, String line) {
        if (logs(level)) {
            put(level, oneLine(line));
        }
    }

    private void put(Level level, String text) {
        sink.take(
                level,
                switch (form) {
                    case TEXT -> text;
                    case JSON -> {
                        var line = opened(new StringBuilder(text.length() + 80), level);
                        Json.string(line.append(",\"text\":"), text);
                        yield line.append('}').toString();
                    }
                });
    }

    private StringBuilder opened(StringBuilder line, Level level) {
        return line.append("{\"time\":\"")
                .append(clock.instant())
                .append("\",\"level\":\"")
                .append(level.name().toLowerCase(Locale.ROOT))
                .append('"');
    }

    private static String oneLine(String line) {
        return line.indexOf('\n') < 0 && line.indexOf('\r') < 0 ? line : visible(line);
    }

    /// `text` with control characters, bytes outside ASCII and backslashes written as escapes
    /// (`\n`, `\t`, `\\`, `\ooo`), so that it stays on its line and can be read back. Characters
    /// beyond a byte that cannot be seen, or that make others look different, are escaped as the
    /// bytes of their UTF-8.
    public static String visible(String text) {
        return escape(text, '\0');
    }

    /// As [#visible], and `"` is escaped too: for values that stand between quotes.
    public static String quoted(String text) {
        return escape(text, '"');
    }

    private static String escape(String text, char quote) {
        var out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\0' -> out.append("\\0");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(c);
                    } else if (c < ' ' || (c >= 127 && c < 256)) {
                        out.append('\\')
                                .append((char) ('0' + (c >> 6)))
                                .append((char) ('0' + ((c >> 3) & 7)))
                                .append((char) ('0' + (c & 7)));
                    } else if (c > 255) {
                        int point = text.codePointAt(i);
                        i += Character.charCount(point) - 1;
                        appendBeyond(point, out);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }

    private static void appendBeyond(int point, StringBuilder out) {
        var text = Character.toString(point);
        if (isSeen(point)) {
            out.append(text);
        } else {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            out.append(visible(new String(bytes, StandardCharsets.ISO_8859_1)));
        }
    }

    private static boolean isSeen(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
