package org.postern.smtp;

/// Blanks around words of a command: spaces and tabs, and nothing else that looks like them.
final class Blanks {
    private Blanks() {}

    /// `text` without the blanks before and behind it.
    static String trimmed(String text) {
        int from = 0;
        while (from < text.length() && isBlank(text.charAt(from))) {
            from++;
        }
        return trimmedBehind(text.substring(from));
    }

    /// `text` without the blanks behind it.
    static String trimmedBehind(String text) {
        int to = text.length();
        while (to > 0 && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
