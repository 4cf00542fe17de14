package org.postern.table;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Texts in the order of their bytes, packed; those that begin alike lie side by side. Immutable.
final class SortedTexts {
    private final byte[] bytes;

    /// Where each begins; it ends at a NUL.
    private final int[] order;

    private SortedTexts(byte[] bytes, int[] order) {
        this.bytes = bytes;
        this.order = order;
    }

    /// Collects texts, in any order.
    static final class Collector {
        private byte[] bytes = new byte[64];
        private int used;
        private int[] starts = new int[8];
        private int count;

        /// Adds the key of a row. One with a NUL in it, which no text has, is left out.
        void addKey(Row row) {
            int length = row.keyTo() - row.keyFrom();
            if (row.keyHas('\0')) {
                return;
            }
            if (bytes.length - used <= length) {
                bytes = Arrays.copyOf(bytes, Math.max(used + length + 1, 2 * used));
            }
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
            }
            starts[count++] = used;
            System.arraycopy(row.bytes(), row.keyFrom(), bytes, used, length);
            used += length;
            bytes[used++] = 0;
        }

        SortedTexts sorted() {
            var kept = Arrays.copyOf(bytes, used);
            var order = Arrays.copyOf(starts, count);
            return new SortedTexts(
                    kept, IntSort.sort(order, (one, other) -> compare(kept, one, other)));
        }
    }

    private static int compare(byte[] bytes, int one, int other) {
        int i = 0;
        while (bytes[one + i] != 0 && bytes[one + i] == bytes[other + i]) {
            i++;
        }
        return Byte.compareUnsigned(bytes[one + i], bytes[other + i]);
    }

    int size() {
        return order.length;
    }

    /// The text at a place from 0 to the size.
    String get(int index) {
        int end = order[index];
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, order[index], end - order[index], StandardCharsets.ISO_8859_1);
    }

    /// Some texts that lie side by side and have the first `depth` bytes in common; there may be
    /// none.
    record Range(int from, int to, int depth) {
        boolean isEmpty() {
            return from >= to;
        }
    }

    /// All texts.
    Range all() {
        return new Range(0, order.length, 0);
    }

    /// Those of a range that go on with `c`.
    Range with(Range range, char c) {
        if (range.isEmpty() || !mayGoOn(range, c)) {
            return new Range(range.from, range.from, range.depth + 1);
        }
        if (at(range.from, range.depth) == at(range.to - 1, range.depth)) {
            // All of them do: nothing has to be searched for, however many there are.
            return new Range(range.from, range.to, range.depth + 1);
        }
        int from = firstFrom(range, c);
        return new Range(
                from, firstFrom(new Range(from, range.to, range.depth), c + 1), range.depth + 1);
    }

    /// Whether one of a range, which is not empty, may go on with `c`.
    boolean mayGoOn(Range range, char c) {
        return c >= at(range.from, range.depth) && c <= at(range.to - 1, range.depth);
    }

    /// Whether one of a range, which is not empty, ends where they have no more in common.
    boolean ends(Range range) {
        return at(range.from, range.depth) == 0;
    }

    /// The first of a range whose next byte is not below `least`.
    private int firstFrom(Range range, int least) {
        int low = range.from;
        int high = range.to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle, range.depth) < least) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int at(int index, int depth) {
        return bytes[order[index] + depth] & 0xff;
    }
}
