package org.postern.queue.bounce;

/// The encoding of DSN parameters (RFC 3461 section 4).
final class Xtext {
    private Xtext() {}

    /// What `text` stands for; `+` not followed by two hex digits stands for itself.
    static String decode(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+'
                    && i + 2 < text.length()
                    && Character.digit(text.charAt(i + 1), 16) >= 0
                    && Character.digit(text.charAt(i + 2), 16) >= 0) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
