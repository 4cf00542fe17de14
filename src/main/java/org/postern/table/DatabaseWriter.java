package org.postern.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.postern.os.OpenFile;

/// Writes a constant database (see [Database]), record by record, into a new file.
///
/// Only the hashes and places of the records are kept in memory, 12 bytes for each. Owned by one
/// thread.
final class DatabaseWriter implements Closeable {
    private static final int BUFFER = 1 << 16;

    /// Is told of keys that were written more than once.
    @FunctionalInterface
    interface Duplicates {
        /// The record of this number, counted from 0, has the key of an earlier one.
        void found(int record, int earlier) throws IOException;
    }

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private long end = Database.HEADER;
    private int[] hashes = new int[64];
    private int[] places = new int[64];
    private int count;

    private DatabaseWriter(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Begins a database in an open file, which is empty.
    static DatabaseWriter begin(OpenFile file) throws IOException {
        var channel =
                FileChannel.open(file.itself(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(Database.HEADER);
        return new DatabaseWriter(file.path(), channel);
    }

    /// Adds a record.
    ///
    /// @throws IOException if it cannot be written, or the file would become too large
    void add(byte[] key, byte[] value) throws IOException {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * count);
            places = Arrays.copyOf(places, 2 * count);
        }
        if ((long) key.length + value.length > Database.LONGEST_RECORD) {
            throw new IOException(path + ": a record of more than 16 megabytes");
        }
        hashes[count] = Database.hash(key);
        places[count] = (int) end;
        count++;
        long record = end;
        number(key.length);
        number(value.length);
        bytes(key);
        bytes(value);
        // Each record needs 16 bytes of the tables, too.
        if (end + 16L * count > Database.MAX_FILE) {
            throw new IOException(
                    path + ": more than 4 gigabytes: too much for a database, at " + record);
        }
    }

    /// How many records were added.
    int count() {
        return count;
    }

    /// Writes the tables, and returns when all is on disk.
    ///
    /// @param duplicates is told of keys that came twice; the database finds the first
    void finish(Duplicates duplicates) throws IOException {
        var byTable = byTable();
        var header = ByteBuffer.allocate(Database.HEADER).order(ByteOrder.LITTLE_ENDIAN);
        int from = 0;
        for (int table = 0; table < Database.TABLES; table++) {
            int to = from;
            while (to < count && (hashes[byTable[to]] & (Database.TABLES - 1)) == table) {
                to++;
            }
            header.putInt((int) end).putInt(2 * (to - from));
            table(byTable, from, to, duplicates);
            from = to;
        }
        flush();
        header.flip();
        while (header.hasRemaining()) {
            channel.write(header, header.position());
        }
        channel.force(true);
    }

    /// The numbers of the records, by table, and in the order in which they were added.
    private int[] byTable() {
        var begins = new int[Database.TABLES + 1];
        for (int i = 0; i < count; i++) {
            begins[(hashes[i] & (Database.TABLES - 1)) + 1]++;
        }
        for (int table = 0; table < Database.TABLES; table++) {
            begins[table + 1] += begins[table];
        }
        var order = new int[count];
        for (int i = 0; i < count; i++) {
            order[begins[hashes[i] & (Database.TABLES - 1)]++] = i;
        }
        return order;
    }

    private void table(int[] order, int from, int to, Duplicates duplicates) throws IOException {
        int slots = 2 * (to - from);
        var table = new int[slots]; // the number of a record, plus one
        for (int i = from; i < to; i++) {
            int record = order[i];
            int slot = Integer.remainderUnsigned(hashes[record] >>> 8, slots);
            while (table[slot] != 0) {
                int earlier = table[slot] - 1;
                if (hashes[earlier] == hashes[record] && isSameKey(earlier, record)) {
                    duplicates.found(record, earlier);
                }
                slot = (slot + 1) % slots;
            }
            table[slot] = record + 1;
        }
        for (int one : table) {
            number(one == 0 ? 0 : hashes[one - 1]);
            number(one == 0 ? 0 : places[one - 1]);
        }
    }

    private boolean isSameKey(int one, int other) throws IOException {
        flush();
        return Arrays.equals(key(one), key(other));
    }

    private byte[] key(int record) throws IOException {
        long place = Integer.toUnsignedLong(places[record]);
        var length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        readFully(length, place);
        var key = ByteBuffer.allocate(length.getInt(0));
        readFully(key, place + 8);
        return key.array();
    }

    private void readFully(ByteBuffer into, long place) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, place + into.position()) < 0) {
                throw new IOException(path + ": somebody else has cut it");
            }
        }
    }

    private void number(int number) throws IOException {
        if (buffer.remaining() < 4) {
            flush();
        }
        buffer.putInt(number);
        end += 4;
    }

    private void bytes(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; ) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(buffer.remaining(), bytes.length - at);
            buffer.put(bytes, at, part);
            at += part;
        }
        end += bytes.length;
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
