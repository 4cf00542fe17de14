package org.postern.mail;

import java.nio.charset.StandardCharsets;

/// The character rules of local-parts, host names and address literals. But for
/// [#isInternationalLocalPart], ASCII only: a byte outside it is never part of an address.
public final class AddressSyntax {
    /// The longest local-part or domain, in octets (RFC 5321 section 4.5.3.1 allows 64 and 255).
    public static final int LONGEST = 255;

    private static final String ATOM_SPECIALS = "!#$%&'*/?^{|}~+-=_`";

    private AddressSyntax() {}

    /// Is `text` a dot-atom (RFC 5322 section 3.2.3): atoms joined by single dots, at most 255
    /// octets?
    public static boolean isLocalPart(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return false;
        }
        boolean dotAllowed = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (!dotAllowed) {
                    return false;
                }
                dotAllowed = false;
            } else if (isAtomCharacter(c)) {
                dotAllowed = true;
            } else {
                return false;
            }
        }
        return dotAllowed;
    }

    /// Is `text` a host name or an address literal (RFC 5321 section 4.1.2)?
    public static boolean isDomain(String text) {
        return text.startsWith("[") ? isAddressLiteral(text) : isHostName(text);
    }

    /// Is `text` a host name: labels of 1 to 63 letters, digits, `-` and `_` that neither begin nor
    /// end with `-`, at most 253 octets in all, no dot at the end?
    public static boolean isHostName(String text) {
        if (text.isEmpty() || text.length() > 253) {
            return false;
        }
        int labelStart = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '.') {
                if (!isLabel(text, labelStart, i)) {
                    return false;
                }
                labelStart = i + 1;
            }
        }
        return true;
    }

    private static boolean isLabel(String text, int from, int to) {
        if (to == from
                || to - from > 63
                || text.charAt(from) == '-'
                || text.charAt(to - 1) == '-') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }

    /// Is `text` `[192.0.2.1]`, `[2001:db8::1]` or `[IPv6:2001:db8::1]`?
    public static boolean isAddressLiteral(String text) {
        if (text.length() < 4 || text.charAt(0) != '[' || text.charAt(text.length() - 1) != ']') {
            return false;
        }
        var inner = text.substring(1, text.length() - 1);
        if (inner.regionMatches(true, 0, "IPv6:", 0, 5)) {
            return isInet6(inner.substring(5));
        }
        return isInet4(inner) || isInet6(inner);
    }

    /// Is `text` a dotted quad?
    public static boolean isInet4(String text) {
        int parts = 0;
        int i = 0;
        while (i < text.length()) {
            int start = i;
            int value = 0;
            while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
                value = value * 10 + text.charAt(i) - '0';
                i++;
                if (i - start > 3) {
                    return false;
                }
            }
            if (i == start || value > 255 || (i - start > 1 && text.charAt(start) == '0')) {
                return false;
            }
            parts++;
            if (i == text.length()) {
                return parts == 4;
            }
            if (text.charAt(i) != '.' || parts == 4) {
                return false;
            }
            i++;
        }
        return false;
    }

    /// Is `text` an IPv6 address without a zone (RFC 4291 section 2.2)?
    public static boolean isInet6(String text) {
        int compressed = text.indexOf("::");
        if (compressed < 0) {
            return groups(text, true) == 8;
        }
        if (text.indexOf("::", compressed + 1) >= 0) {
            return false;
        }
        int left = groups(text.substring(0, compressed), false);
        int right = groups(text.substring(compressed + 2), true);
        return left >= 0 && right >= 0 && left + right <= 7;
    }

    /// How many 16-bit groups `text` writes, or -1 if it is malformed.
    private static int groups(String text, boolean mayEndInInet4) {
        if (text.isEmpty()) {
            return 0;
        }
        var parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            if (mayEndInInet4 && i == parts.length - 1 && parts[i].indexOf('.') >= 0) {
                return isInet4(parts[i]) ? count + 2 : -1;
            }
            if (!isHexGroup(parts[i])) {
                return -1;
            }
            count++;
        }
        return count;
    }

    private static boolean isHexGroup(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    /// Is `c` an ASCII letter or digit?
    public static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /// Has `text` no control character in it, so that it stays on its line wherever it is written?
    public static boolean isLine(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || (c >= 127 && c < 160)) {
                return false;
            }
        }
        return true;
    }

    /// Is `text` a local-part in which characters beyond ASCII may stand, too (RFC 6531 section
    /// 3.3), at most 255 octets in UTF-8? Characters that nobody sees, or that change the direction
    /// of text, are none of them.
    public static boolean isInternationalLocalPart(String text) {
        var ascii = new StringBuilder(text.length());
        for (int code : text.codePoints().toArray()) {
            if (code > 127 && !isVisible(code)) {
                return false;
            }
            ascii.append(code > 127 ? 'x' : (char) code);
        }
        return isLocalPart(ascii.toString())
                && text.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }

    private static boolean isVisible(int code) {
        return switch (Character.getType(code)) {
            case Character.CONTROL,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.FORMAT -> code == 0x200c || code == 0x200d;
            default -> true;
        };
    }

    private static boolean isAtomCharacter(char c) {
        return isLetterOrDigit(c) || ATOM_SPECIALS.indexOf(c) >= 0;
    }

    /// `text` with the ASCII letters A to Z made small, and nothing else changed.
    public static String fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return foldFrom(text, i);
            }
        }
        return text;
    }

    private static String foldFrom(String text, int first) {
        var folded = text.toCharArray();
        for (int i = first; i < folded.length; i++) {
            if (folded[i] >= 'A' && folded[i] <= 'Z') {
                folded[i] = (char) (folded[i] + ('a' - 'A'));
            }
        }
        return new String(folded);
    }
}
