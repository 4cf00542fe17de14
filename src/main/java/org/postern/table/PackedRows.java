package org.postern.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.postern.config.TableRef.Shape;

/// Rows in memory, packed: their bytes in one array, and where each key begins in another.
///
/// A row costs its bytes, a byte behind its key and one behind its value, and five to eleven bytes
/// for finding it; an object for each would cost several times that. Immutable.
final class PackedRows implements Rows {
    private static final int LEAST_SLOTS = 8;

    private final Shape shape;
    private final byte[] bytes;
    private final int used;

    /// Where a key begins, plus one, at the place that its hash says or behind it; 0 is free.
    private final int[] slots;

    private final int size;

    private PackedRows(Shape shape, byte[] bytes, int used, int count) {
        this.shape = shape;
        this.bytes = bytes;
        this.used = used;
        this.slots = new int[slotsFor(count)];
        this.size = index();
    }

    /// Packs rows into an array as they come.
    ///
    /// The array may be the very text that the rows are read from: each row takes at most the room
    /// that it and the end of its line had there.
    static final class Packer {
        private byte[] room;
        private final boolean grows;
        private int used;
        private int count;

        /// Packs into `room`, which has two bytes more than the text that is read from it.
        Packer(byte[] room) {
            this(room, false);
        }

        private Packer(byte[] room, boolean grows) {
            this.room = room;
            this.grows = grows;
        }

        /// Packs into an array that grows.
        static Packer growing() {
            return new Packer(new byte[64], true);
        }

        /// Adds a row; its value counts only if this becomes a mapping.
        void add(Row row, Shape shape) {
            int from = row.keyFrom();
            int length = row.keyTo() - from;
            int most = length + row.valueTo() - row.valueFrom() + 2;
            if (room.length - used < most && grows) {
                room = Arrays.copyOf(room, Math.max(used + most, 2 * used));
            }
            var in = row.bytes();
            for (int i = 0; i < length; i++) {
                room[used++] = Row.folded(in[from + i]);
            }
            room[used++] = 0;
            if (shape == Shape.MAPPING) {
                int valueLength = row.valueTo() - row.valueFrom();
                System.arraycopy(in, row.valueFrom(), room, used, valueLength);
                used += valueLength;
                room[used++] = 0;
            }
            count++;
        }

        /// The rows that were added; of several with one key the last counts.
        PackedRows packed(Shape shape) {
            var bytes = used < room.length - room.length / 8 ? Arrays.copyOf(room, used) : room;
            return new PackedRows(shape, bytes, used, count);
        }
    }

    /// As many slots as leave a third of them free, and a power of two.
    private static int slotsFor(int count) {
        long least = Math.max(LEAST_SLOTS, count + count / 2L);
        return (int) Math.min(1L << 30, Long.highestOneBit(least - 1) << 1);
    }

    private int index() {
        int distinct = 0;
        for (int at = 0; at < used; at = next(at)) {
            int hash = 0;
            for (int i = at; bytes[i] != 0; i++) {
                hash = 31 * hash + (bytes[i] & 0xff);
            }
            int slot = slot(hash);
            while (slots[slot] != 0 && !isSame(slots[slot] - 1, at)) {
                slot = (slot + 1) & (slots.length - 1);
            }
            distinct += slots[slot] == 0 ? 1 : 0;
            slots[slot] = at + 1;
        }
        return distinct;
    }

    private int slot(int hash) {
        int mixed = hash * 0x9e3779b9;
        return (mixed ^ (mixed >>> 16)) & (slots.length - 1);
    }

    private boolean isSame(int one, int other) {
        int i = 0;
        while (bytes[one + i] != 0 && bytes[one + i] == bytes[other + i]) {
            i++;
        }
        return bytes[one + i] == bytes[other + i];
    }

    private int next(int at) {
        int end = end(at) + 1;
        return shape == Shape.MAPPING ? end(end) + 1 : end;
    }

    private int end(int at) {
        int end = at;
        while (bytes[end] != 0) {
            end++;
        }
        return end;
    }

    @Override
    public Optional<String> value(String key) {
        int at = find(key);
        if (at < 0) {
            return Optional.empty();
        }
        if (shape != Shape.MAPPING) {
            return Optional.of("");
        }
        int from = at + key.length() + 1;
        return Optional.of(new String(bytes, from, end(from) - from, StandardCharsets.ISO_8859_1));
    }

    @Override
    public boolean has(String key) {
        return find(key) >= 0;
    }

    /// Where a key begins; -1 if it is not there.
    private int find(String key) {
        int hash = 0;
        for (int i = 0; i < key.length(); i++) {
            hash = 31 * hash + key.charAt(i);
        }
        for (int slot = slot(hash); slots[slot] != 0; slot = (slot + 1) & (slots.length - 1)) {
            if (isAt(slots[slot] - 1, key)) {
                return slots[slot] - 1;
            }
        }
        return -1;
    }

    private boolean isAt(int at, String key) {
        for (int i = 0; i < key.length(); i++) {
            byte b = bytes[at + i];
            if (b == 0 || (b & 0xff) != key.charAt(i)) {
                return false;
            }
        }
        return bytes[at + key.length()] == 0;
    }

    @Override
    public void forEach(Visitor visitor) throws IOException {
        var row = new Row();
        for (int slot : slots) {
            if (slot != 0) {
                int keyTo = end(slot - 1);
                row.moveTo(bytes, slot - 1, keyTo);
                if (shape == Shape.MAPPING) {
                    row.value(keyTo + 1, end(keyTo + 1));
                }
                visitor.visit(row);
            }
        }
    }

    @Override
    public int size() {
        return size;
    }
}
