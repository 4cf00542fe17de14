package org.postern.config;

import java.util.ArrayList;
import java.util.List;

/// One thing that is wrong, or doubtful, in a configuration: where, what, and the line itself.
///
/// `width` is the number of bytes that are underlined, at least 1. `notes` are further lines, such
/// as where a macro was defined.
public record Problem(
        Position at, String message, String sourceLine, int width, List<String> notes) {

    public Problem {
        notes = List.copyOf(notes);
        width = Math.max(1, width);
    }

    /// The report in one line: `smtpd.conf:3:7: message`.
    public String headline() {
        return at + ": " + message;
    }

    /// The whole report: the headline, the line of the file, a caret below the place, and the
    /// notes. Lines are parted by newlines; the last has none.
    public String text() {
        var text = new StringBuilder(headline());
        if (!sourceLine.isEmpty()) {
            text.append('\n').append(printable(sourceLine)).append('\n').append(caret());
        }
        for (String note : notes) {
            text.append("\n    ").append(note);
        }
        return text.toString();
    }

    /// The same problem, with one more line to say about it.
    Problem with(String note) {
        var all = new ArrayList<>(notes);
        all.add(note);
        return new Problem(at, message, sourceLine, width, all);
    }

    private String caret() {
        var caret = new StringBuilder();
        for (int i = 0; i < at.column() - 1; i++) {
            // A tab stays a tab, so that the caret lands below its word on any terminal.
            caret.append(i < sourceLine.length() && sourceLine.charAt(i) == '\t' ? '\t' : ' ');
        }
        int room = Math.max(1, sourceLine.length() - at.column() + 1);
        return caret.append('^').append("~".repeat(Math.min(width, room) - 1)).toString();
    }

    private static String printable(String line) {
        var shown = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            shown.append(c == '\t' || (c >= ' ' && c < 0x7f) ? c : '?');
        }
        return shown.toString();
    }
}
