package org.postern.table.settings;

/// The parameters of an SQL statement: found outside of quotes and comments, and written as JDBC
/// wants them.
final class Placeholders {
    /// How parameters are written in a small file.
    enum Style {
        /// `?`
        QUESTION_MARK,
        /// `$1`; a question mark is an operator then.
        NUMBERED
    }

    private final String sql;
    private final Style style;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int count;
    private int others;

    private Placeholders(String sql, Style style) {
        this.sql = sql;
        this.style = style;
    }

    /// A statement as JDBC wants it.
    ///
    /// @param parameters how many there are
    /// @param others how many there are besides that mean something else: `$2`
    record Found(String text, int parameters, int others) {}

    static Found of(String sql, Style style) {
        var reader = new Placeholders(sql.replaceFirst("[;\\s]+$", ""), style);
        while (reader.at < reader.sql.length()) {
            reader.step();
        }
        return new Found(reader.out.toString(), reader.count, reader.others);
    }

    private void step() {
        char c = sql.charAt(at);
        if (c == '\'' || c == '"' || c == '`') {
            copyTo(sql.indexOf(c, at + 1), 1);
        } else if (sql.startsWith("--", at)) {
            copyTo(sql.indexOf('\n', at), 1);
        } else if (sql.startsWith("/*", at)) {
            copyTo(sql.indexOf("*/", at + 2), 2);
        } else if (c == '?') {
            out.append(style == Style.NUMBERED ? "??" : "?");
            count += style == Style.NUMBERED ? 0 : 1;
            at++;
        } else if (c == '$' && style == Style.NUMBERED) {
            dollar();
        } else {
            out.append(c);
            at++;
        }
    }

    private void copyTo(int end, int width) {
        int stop = end < 0 ? sql.length() : end + width;
        out.append(sql, at, stop);
        at = stop;
    }

    /// A parameter, or text between `$tag$` and `$tag$`.
    private void dollar() {
        int end = at + 1;
        while (end < sql.length() && Character.isLetterOrDigit(sql.charAt(end))) {
            end++;
        }
        var name = sql.substring(at + 1, end);
        if (end < sql.length() && sql.charAt(end) == '$' && !name.matches("[0-9].*")) {
            var tag = sql.substring(at, end + 1);
            copyTo(sql.indexOf(tag, end + 1), tag.length());
            return;
        }
        if (name.equals("1")) {
            out.append('?');
            count++;
        } else {
            out.append(sql, at, end);
            others += name.matches("[0-9]+") ? 1 : 0;
        }
        at = end;
    }
}
