package org.postern.table;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One row of a table, as a view of the bytes that it lies in.
///
/// A reader has one of these and moves it along: it is good until the next row, and whoever wants
/// to keep something of it makes a string. Owned by one thread.
final class Row {
    private static final byte[] NOTHING = {};
    private static final int LONGEST_SHOWN = 500;

    private byte[] bytes = NOTHING;
    private int keyFrom;
    private int keyTo;
    private int valueFrom;
    private int valueTo;
    private int line;
    private int lineFrom;

    /// Moves to a row of a list, whose key lies from `from` to before `to`.
    void moveTo(byte[] in, int from, int to) {
        bytes = in;
        keyFrom = from;
        keyTo = to;
        valueFrom = to;
        valueTo = to;
    }

    /// Gives the row a value.
    void value(int from, int to) {
        valueFrom = from;
        valueTo = to;
    }

    /// Notes which line the row stands on, and where that begins.
    void line(int number, int from) {
        line = number;
        lineFrom = from;
    }

    /// The line, from 1; of an entry in the configuration its number, from 0.
    int line() {
        return line;
    }

    /// In which column of the line a byte stands, from 1.
    int column(int at) {
        return at - lineFrom + 1;
    }

    /// The line as far as the row reaches, or its beginning.
    String text() {
        int to = Math.min(Math.max(keyTo, valueTo), lineFrom + LONGEST_SHOWN);
        return new String(bytes, lineFrom, to - lineFrom, StandardCharsets.ISO_8859_1);
    }

    /// The bytes in which it lies.
    byte[] bytes() {
        return bytes;
    }

    int keyFrom() {
        return keyFrom;
    }

    int keyTo() {
        return keyTo;
    }

    int valueFrom() {
        return valueFrom;
    }

    int valueTo() {
        return valueTo;
    }

    /// The key, as it stands there.
    String key() {
        return new String(bytes, keyFrom, keyTo - keyFrom, StandardCharsets.ISO_8859_1);
    }

    /// The value, as it stands there; empty in a list.
    String value() {
        return new String(bytes, valueFrom, valueTo - valueFrom, StandardCharsets.ISO_8859_1);
    }

    /// The key as bytes of their own.
    byte[] keyBytes() {
        return Arrays.copyOfRange(bytes, keyFrom, keyTo);
    }

    /// The value as bytes of their own.
    byte[] valueBytes() {
        return Arrays.copyOfRange(bytes, valueFrom, valueTo);
    }

    /// Whether this byte is in the key.
    boolean keyHas(char c) {
        for (int i = keyFrom; i < keyTo; i++) {
            if (bytes[i] == (byte) c) {
                return true;
            }
        }
        return false;
    }

    /// Whether there is a NUL in it, which no text has.
    boolean hasNul() {
        for (int i = keyFrom; i < Math.max(keyTo, valueTo); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether a word in lower case is in the value, in whatever case.
    boolean valueHas(String word) {
        for (int i = valueFrom; i <= valueTo - word.length(); i++) {
            int n = 0;
            while (n < word.length() && folded(bytes[i + n]) == word.charAt(n)) {
                n++;
            }
            if (n == word.length()) {
                return true;
            }
        }
        return false;
    }

    /// The byte, a capital letter made small.
    static byte folded(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
    }
}
