package org.postern.table;

import java.util.BitSet;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// The character classes of POSIX bracket expressions, as in the C locale.
enum CharacterClass {
    ALNUM(c -> isLetter(c) || isDigit(c)),
    ALPHA(c -> isLetter(c)),
    BLANK(c -> c == ' ' || c == '\t'),
    CNTRL(c -> c < ' ' || c == 0x7f),
    DIGIT(c -> isDigit(c)),
    GRAPH(c -> c > ' ' && c < 0x7f),
    LOWER(c -> c >= 'a' && c <= 'z'),
    PRINT(c -> c >= ' ' && c < 0x7f),
    PUNCT(c -> c > ' ' && c < 0x7f && !isLetter(c) && !isDigit(c)),
    SPACE(c -> c == ' ' || (c >= '\t' && c <= '\r')),
    UPPER(c -> c >= 'A' && c <= 'Z'),
    XDIGIT(c -> isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));

    private final IntPredicate holds;

    CharacterClass(IntPredicate holds) {
        this.holds = holds;
    }

    /// The class of this name, as it stands between `[:` and `:]`.
    static CharacterClass named(String name) throws Regex.Malformed {
        for (CharacterClass one : values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(name)) {
                return one;
            }
        }
        throw new Regex.Malformed("no character class is called '" + name + "'");
    }

    /// A new set of the bytes of the class.
    BitSet bytes() {
        var bytes = new BitSet(256);
        IntStream.range(0, 256).filter(holds).forEach(bytes::set);
        return bytes;
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
