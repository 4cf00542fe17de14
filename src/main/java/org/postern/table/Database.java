package org.postern.table;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A constant database (CDB): a file that is written once, as `makemap` does, and then only read.
///
///     256 times: place and number of slots of a hash table        4 + 4 bytes, little-endian
///     for each record: length of its key and of its value, both   4 + 4 bytes, and these
///     256 hash tables: slots of a hash and the place of a record  4 + 4 bytes each
///
/// The low eight bits of a key's hash choose the table, the others the first slot to look at; a
/// lookup reads two places of the file if the key is there. The file is mapped into memory, so
/// opening it takes no time, whatever it holds, and all processes share it.
///
/// Who replaces the file by renaming another over it disturbs nobody. Who cuts it where it lies
/// takes memory away from under us: every answer therefore ends with a look at the file's length,
/// and is a failure if that has changed. May be asked from any thread.
final class Database implements Rows {
    /// The largest file: places have 32 bits.
    static final long MAX_FILE = (1L << 32) - 1;

    static final int TABLES = 256;
    static final int HEADER = TABLES * 8;

    private static final int START = 5381;

    /// Longer ones are not of a table: a number in the file is wrong.
    static final int LONGEST_RECORD = 1 << 24;

    private static final int WINDOW_BITS = 30;
    private static final long WINDOW = 1L << WINDOW_BITS;

    private final Path path;

    // Is closed when nobody has it any more; closing it earlier would fail who is asking.
    private final RandomAccessFile file;
    private final long length;
    private final List<ByteBuffer> windows;
    private long recordsEnd;
    private long count;

    private Database(Path path, RandomAccessFile file) throws IOException {
        this.path = path;
        this.file = file;
        this.length = file.length();
        if (length > MAX_FILE) {
            throw new IOException(path + ": more than 4 gigabytes: not a constant database");
        }
        var mapped = new ArrayList<ByteBuffer>();
        for (long at = 0; at < length; at += WINDOW) {
            mapped.add(
                    file.getChannel()
                            .map(MapMode.READ_ONLY, at, Math.min(WINDOW, length - at))
                            .order(ByteOrder.LITTLE_ENDIAN));
        }
        this.windows = List.copyOf(mapped);
    }

    /// Opens a database and checks that it is one, and whole.
    ///
    /// @throws IOException if it is not, with a word on what to do
    static Database open(Path path) throws IOException {
        Stamp.of(path);
        var database = new Database(path, new RandomAccessFile(path.toFile(), "r"));
        database.guarded(
                () -> {
                    database.check();
                    return Optional.empty();
                });
        return database;
    }

    private void check() throws IOException {
        var foreign = ForeignDatabase.recognise(this::byteAt, length);
        if (foreign.isPresent()) {
            throw new IOException(path + ": " + foreign.get());
        }
        if (length < HEADER) {
            throw new IOException(path + ": not a constant database, or only a piece of one");
        }
        long begin = length;
        long slots = 0;
        for (int table = 0; table < TABLES; table++) {
            long at = number(8L * table);
            long size = number(8L * table + 4);
            if (size > 0) {
                if (at < HEADER || at + 8 * size > length) {
                    throw damaged();
                }
                begin = Math.min(begin, at);
                slots += size;
            }
        }
        // The tables lie one behind the other, up to the end: a file that was cut does not fit.
        if (begin + 8 * slots != length || (slots == 0 && length != HEADER)) {
            throw damaged();
        }
        recordsEnd = begin;
        count = slots / 2;
    }

    private IOException damaged() {
        return new IOException(
                path + ": not a constant database, or a damaged one; rebuild it (makemap)");
    }

    @Override
    public Optional<String> value(String key) throws IOException {
        return guarded(() -> find(key));
    }

    private Optional<String> find(String key) throws IOException {
        int hash = hash(key);
        long entry = 8L * (hash & (TABLES - 1));
        long table = number(entry);
        long slots = number(entry + 4);
        if (slots == 0) {
            return Optional.empty();
        }
        long first = (hash >>> 8) % slots;
        for (long i = 0; i < slots; i++) {
            long slot = table + 8 * ((first + i) % slots);
            long record = number(slot + 4);
            if (record == 0) {
                return Optional.empty();
            }
            if ((int) number(slot) == hash && isOf(record, key)) {
                return Optional.of(text(record + 8 + key.length(), number(record + 4)));
            }
        }
        return Optional.empty();
    }

    private boolean isOf(long record, String key) throws IOException {
        if (number(record) != key.length()) {
            return false;
        }
        for (int i = 0; i < key.length(); i++) {
            if ((byteAt(record + 8 + i) & 0xff) != key.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// The hash of a key, as the format defines it.
    static int hash(byte[] key) {
        int hash = START;
        for (byte b : key) {
            hash = (33 * hash) ^ (b & 0xff);
        }
        return hash;
    }

    /// The same of a text, whose characters are bytes.
    static int hash(String key) {
        int hash = START;
        for (int i = 0; i < key.length(); i++) {
            hash = (33 * hash) ^ key.charAt(i);
        }
        return hash;
    }

    @Override
    public void forEach(Visitor visitor) throws IOException {
        guarded(
                () -> {
                    var row = new Row();
                    for (long at = HEADER; at < recordsEnd; ) {
                        long keyLength = number(at);
                        long size = keyLength + number(at + 4);
                        if (size > recordsEnd - at - 8) {
                            throw damaged();
                        }
                        var bytes = bytes(at + 8, size);
                        row.moveTo(bytes, 0, (int) keyLength);
                        row.value((int) keyLength, bytes.length);
                        visitor.visit(row);
                        at += 8L + bytes.length;
                    }
                    return Optional.empty();
                });
    }

    @Override
    public int size() {
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    private interface Access {
        Optional<String> read() throws IOException;
    }

    /// Reads something, and sees to it that it was there.
    private Optional<String> guarded(Access access) throws IOException {
        try {
            var result = access.read();
            // Asked after reading, and in the kernel: what Java has to say of pages that were taken
            // away it says by then.
            if (file.length() != length) {
                throw changed();
            }
            return result;
        } catch (InternalError e) {
            var failure = changed();
            failure.initCause(e);
            throw failure;
        }
    }

    private IOException changed() {
        return new IOException(
                path + ": the file was changed where it lies; a database has to be replaced whole");
    }

    private String text(long at, long size) throws IOException {
        return new String(bytes(at, size), StandardCharsets.ISO_8859_1);
    }

    private byte[] bytes(long at, long size) throws IOException {
        if (size > length - at || size > LONGEST_RECORD) {
            throw damaged();
        }
        var bytes = new byte[(int) size];
        int done = 0;
        while (done < bytes.length) {
            long from = at + done;
            int offset = (int) (from & (WINDOW - 1));
            int part = (int) Math.min(bytes.length - done, WINDOW - offset);
            window(from).get(offset, bytes, done, part);
            done += part;
        }
        return bytes;
    }

    private byte byteAt(long at) throws IOException {
        return window(at).get((int) (at & (WINDOW - 1)));
    }

    /// The unsigned number of four bytes.
    private long number(long at) throws IOException {
        int offset = (int) (at & (WINDOW - 1));
        if (at + 4 > length) {
            throw damaged();
        }
        if (offset <= WINDOW - 4) {
            return Integer.toUnsignedLong(window(at).getInt(offset));
        }
        long number = 0;
        for (int i = 3; i >= 0; i--) {
            number = number << 8 | (byteAt(at + i) & 0xff);
        }
        return number;
    }

    private ByteBuffer window(long at) throws IOException {
        if (at < 0 || at >= length) {
            throw damaged();
        }
        return windows.get((int) (at >>> WINDOW_BITS));
    }
}
