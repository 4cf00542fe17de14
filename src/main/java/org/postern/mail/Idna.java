package org.postern.mail;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Domains in other scripts, RFC 5890: in the house a domain is always in its ASCII form (A-labels,
/// `xn--...`), so that there is one form to compare.
///
/// What may stand in a label follows RFC 5892 section 2: letters, digits and marks that
/// normalisation and small letters leave as they are; before that capital letters and compatibility
/// forms are mapped (RFC 5895 section 2). So `ß` is a letter of its own, unlike with the JDK's
/// older IDNA.
public final class Idna {
    private static final String PREFIX = "xn--";
    private static final int JOINERS = 0x200c;
    private static final int MIDDLE_DOT = 0xb7;
    private static final int KATAKANA_DOT = 0x30fb;

    private Idna() {}

    /// `domain` with its labels in ASCII; empty if one of them cannot be.
    public static Optional<String> toAscii(String domain) {
        if (isAscii(domain)) {
            return Optional.of(domain);
        }
        var labels = Arrays.stream(domain.split("\\.", -1)).map(Idna::asciiLabel).toList();
        if (labels.stream().anyMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        var ascii = labels.stream().map(Optional::get).toList();
        return Directions.areClear(ascii.stream().map(Idna::unicodeLabel).toList())
                ? Optional.of(String.join(".", ascii))
                : Optional.empty();
    }

    /// `domain`, in small letters, with its labels in their own script, where they have one.
    public static String toUnicode(String domain) {
        return domain.contains(PREFIX)
                ? Arrays.stream(domain.split("\\.", -1))
                        .map(Idna::unicodeLabel)
                        .collect(Collectors.joining("."))
                : domain;
    }

    /// Are all characters of `text` ASCII?
    public static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> asciiLabel(String label) {
        if (isAscii(label)) {
            return Optional.of(label);
        }
        var mapped = Normalizer.normalize(label, Form.NFKC);
        mapped = Normalizer.normalize(each(mapped, Character::toLowerCase), Form.NFKC);
        if (isAscii(mapped)) {
            return Optional.of(mapped);
        }
        return isLabel(mapped)
                ? Punycode.encode(mapped)
                        .map(code -> PREFIX + code)
                        .filter(AddressSyntax::isHostName)
                : Optional.empty();
    }

    private static String each(String text, Function<Integer, Integer> change) {
        var out = new StringBuilder(text.length());
        text.codePoints().forEach(code -> out.appendCodePoint(change.apply(code)));
        return out.toString();
    }

    private static boolean isLabel(String label) {
        if (label.startsWith("-") || label.endsWith("-") || label.startsWith("--", 2)) {
            return false;
        }
        int before = -1;
        for (int code : label.codePoints().toArray()) {
            if (!mayFollow(code, before)) {
                return false;
            }
            before = code;
        }
        return true;
    }

    /// May `code` stand behind `before`, or at the beginning, if that is negative?
    private static boolean mayFollow(int code, int before) {
        if (code == '-' || code == MIDDLE_DOT || code == KATAKANA_DOT) {
            return before >= 0;
        }
        if (code == JOINERS || code == JOINERS + 1) {
            return before >= 0 && Character.getType(before) == Character.NON_SPACING_MARK;
        }
        return switch (Character.getType(code)) {
            case Character.LOWERCASE_LETTER,
                    Character.OTHER_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER ->
                    true;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> before >= 0;
            default -> false;
        };
    }

    private static String unicodeLabel(String label) {
        if (!label.startsWith(PREFIX)) {
            return label;
        }
        return Punycode.decode(label.substring(PREFIX.length()))
                .filter(text -> asciiLabel(text).filter(label::equals).isPresent())
                .orElse(label);
    }
}
