package org.postern.smtp;

import java.text.Normalizer;
import java.util.Optional;

/// SASLprep, RFC 4013: the one way to write a login or a password that people write in several.
///
/// Characters are normalised, and counted as assigned, as the JDK's Unicode has it and not as that
/// of 2002; for what was assigned then it makes no difference but in a handful of ideographs.
public final class SaslPrep {
    /// RFC 3454 table B.1: what is left out.
    private static final int[] NOTHING = {
        0xAD, 0xAD, 0x34F, 0x34F, 0x1806, 0x1806, 0x180B, 0x180D, 0x200B, 0x200D, 0x2060, 0x2060,
        0xFE00, 0xFE0F, 0xFEFF, 0xFEFF
    };

    /// RFC 3454 table C.1.2: what becomes a space.
    private static final int[] SPACES = {
        0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200B, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000
    };

    /// RFC 3454 tables C.2.1, C.2.2 and C.6 to C.9. Private use, surrogates and what is no
    /// character (C.3 to C.5) is known to the JDK.
    private static final int[] FORBIDDEN = {
        0, 0x1F, 0x7F, 0x9F, 0x340, 0x341, 0x6DD, 0x6DD, 0x70F, 0x70F, 0x180E, 0x180E, 0x200C,
        0x200F, 0x2028, 0x202E, 0x2060, 0x2063, 0x206A, 0x206F, 0x2FF0, 0x2FFB, 0xFEFF, 0xFEFF,
        0xFFF9, 0xFFFD, 0x1D173, 0x1D17A, 0xE0001, 0xE0001, 0xE0020, 0xE007F
    };

    private SaslPrep() {}

    /// `text` as it is compared; empty if it holds what a login or a password may not hold.
    public static Optional<String> prepare(String text) {
        if (text.chars().allMatch(c -> c >= ' ' && c < 127)) {
            return Optional.of(text);
        }
        var mapped = new StringBuilder();
        text.codePoints()
                .filter(c -> !isIn(NOTHING, c) || c == 0x200B)
                .map(c -> isIn(SPACES, c) ? ' ' : c)
                .forEach(mapped::appendCodePoint);
        var prepared = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        return prepared.codePoints().allMatch(SaslPrep::isAllowed) && isOneWay(prepared)
                ? Optional.of(prepared)
                : Optional.empty();
    }

    private static boolean isAllowed(int c) {
        return switch (Character.getType(c)) {
            case Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE -> false;
            default -> !isIn(FORBIDDEN, c);
        };
    }

    private static boolean isIn(int[] ranges, int c) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (c >= ranges[i] && c <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /// Whether text from right to left, if there is any, is all of it (RFC 3454 section 6).
    private static boolean isOneWay(String text) {
        var points = text.codePoints().toArray();
        boolean leftward = false;
        boolean rightward = false;
        for (int c : points) {
            leftward |= isLeftward(c);
            rightward |= Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT;
        }
        return !leftward
                || (!rightward && isLeftward(points[0]) && isLeftward(points[points.length - 1]));
    }

    private static boolean isLeftward(int c) {
        return switch (Character.getDirectionality(c)) {
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC ->
                    true;
            default -> false;
        };
    }
}
