package org.postern.smtp;

import java.util.Optional;

/// Text in which awkward characters are written as `+` and two hex digits, RFC 3461 section 4.
public final class Xtext {
    private static final String HEX = "0123456789ABCDEF";

    private Xtext() {}

    /// Is `text` written so? It is not, if it is empty.
    public static boolean isXtext(String text) {
        return !text.isEmpty() && decode(text).isPresent();
    }

    /// `text` written as xtext.
    public static String encode(String text) {
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '!' || c > '~' || c == '+' || c == '=') {
                out.append('+').append(HEX.charAt((c >> 4) & 15)).append(HEX.charAt(c & 15));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /// What `xtext` stands for; empty if it is malformed.
    public static Optional<String> decode(String xtext) {
        var out = new StringBuilder(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c == '+') {
                if (i + 2 >= xtext.length()) {
                    return Optional.empty();
                }
                int high = HEX.indexOf(xtext.charAt(i + 1));
                int low = HEX.indexOf(xtext.charAt(i + 2));
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                out.append((char) (high * 16 + low));
                i += 2;
            } else if (c < '!' || c > '~' || c == '=') {
                return Optional.empty();
            } else {
                out.append(c);
            }
        }
        return Optional.of(out.toString());
    }

    /// What `text` stands for if it is xtext, else `text` itself: to show people what a peer wrote.
    public static String legible(String text) {
        return decode(text).orElse(text);
    }
}
