package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Vital;
import org.postern.log.Log;

/// The segment files: makes the next one before it is needed, finds one to read from, and uses again
/// those of which nothing is needed any more.
///
/// A segment is filled with zeros before it is used, so that appending to it changes no metadata of
/// the file. Its own thread does that.
///
///     header = magic (8) number (4) size (4) number of the predecessor (4)
///              where the predecessor ends (4) CRC32C of these 24 bytes (4)
final class Segments {
    static final String DIRECTORY = "segments";

    /// Where the first record lies.
    static final int START = 64;

    private static final long MAGIC = 0x50_4f_53_54_53_45_47_31L; // POSTSEG1
    static final String UNFINISHED = DIRECTORY + "/new";
    private static final Pattern SEGMENT = Pattern.compile("([0-9a-f]{8})\\.seg");
    private static final Pattern SPARE = Pattern.compile("spare-[0-9a-f]{8}");
    private static final int MOST_SPARES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE_AFTER_TROUBLE = Duration.ofSeconds(1);

    /// One segment that is open.
    record Segment(int number, Disk.File file, int size) {
        static String name(int number) {
            return DIRECTORY + '/' + java.util.HexFormat.of().toHexDigits(number) + ".seg";
        }
    }

    /// A place in a segment where the next record goes.
    record Tail(Segment segment, int offset) {}

    /// The number of the segment whose file has this name; empty if it is no segment's.
    static OptionalInt number(String name) {
        var match = SEGMENT.matcher(name);
        return match.matches()
                ? OptionalInt.of(Integer.parseUnsignedInt(match.group(1), 16))
                : OptionalInt.empty();
    }

    /// Is this the name of a file that can become a segment?
    static boolean isSpare(String name) {
        return SPARE.matcher(name).matches();
    }

    /// What the header of a segment says.
    record Header(int number, int size, int predecessor, int predecessorEnd) {}

    private final Disk disk;
    private final int size;
    private final Log log;
    private final ConcurrentSkipListMap<Integer, Segment> open = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<String> spares = new ArrayDeque<>(); // guarded by lock
    private int last; // guarded by lock
    private boolean closing; // guarded by lock

    // The segment that waits to be used, if it is there; guarded by lock.
    private @Nullable Segment ready;

    // Why the last try to make it failed, if it did; guarded by lock.
    private @Nullable IOException trouble;

    private final Thread preparer =
            Thread.ofPlatform().daemon().name("segments").unstarted(Vital.thread(this::run));

    Segments(Disk disk, int size, Log log) {
        this.disk = disk;
        this.size = size;
        this.log = log;
    }

    /// A segment that was found at the start.
    void found(Segment segment) {
        open.put(segment.number(), segment);
        last = Math.max(last, segment.number());
    }

    /// Numbers up to this one have been used.
    void skipTo(int number) {
        last = Math.max(last, number);
    }

    /// A file that was found at the start and can become a segment.
    void foundSpare(String name) {
        spares.add(name);
    }

    void start() {
        preparer.start();
    }

    /// The next segment, empty. Waits for it if it is not ready.
    Segment take() throws IOException {
        lock.lock();
        try {
            long left = PATIENCE.toNanos();
            while (ready == null && trouble == null && left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            if (ready == null) {
                throw new IOException(
                        trouble == null ? "no segment is ready" : trouble.getMessage(), trouble);
            }
            var taken = ready;
            ready = null;
            open.put(taken.number(), taken);
            changed.signalAll();
            return taken;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a segment", e);
        } finally {
            lock.unlock();
        }
    }

    /// The segment in which the log ended, to go on there: takes no room of the disk, because the
    /// file has its length already.
    ///
    /// What lies behind the end is overwritten: a record that was torn or refused must never look
    /// whole again beside new ones.
    Tail resume(Segment last, Recovery.End end) throws IOException {
        int offset = end.last().offset();
        var own =
                readHeader(last.file())
                        .filter(header -> header.number() == last.number())
                        .filter(header -> header.predecessor() != 0);
        if (own.isEmpty() && end.before().segment() != 0) {
            var before = end.before();
            var header = new Header(last.number(), last.size(), before.segment(), before.offset());
            last.file().write(header(header), 0);
        }
        fillWithZeros(last.file(), offset, last.size());
        last.file().force();
        return new Tail(last, offset);
    }

    private void run() {
        while (true) {
            lock.lock();
            try {
                while (ready != null && !closing) {
                    changed.await();
                }
                if (closing) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
            prepareOne();
        }
    }

    private void prepareOne() {
        try {
            var made = make();
            lock.lock();
            try {
                ready = made;
                trouble = null;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (IOException e) {
            lock.lock();
            try {
                if (trouble == null) { // one line for a trouble that lasts, not one a second
                    log.error("queue: cannot make a segment: " + e);
                }
                trouble = e;
                changed.signalAll();
                long left = PAUSE_AFTER_TROUBLE.toNanos();
                while (left > 0 && !closing) {
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }
    }

    private Segment make() throws IOException {
        int number;
        Optional<String> spare;
        lock.lock();
        try {
            number = last + 1;
            spare = Optional.ofNullable(spares.poll());
        } finally {
            lock.unlock();
        }
        var file = spare.isPresent() ? disk.open(spare.get()) : zeros();
        try {
            file.write(header(new Header(number, size, 0, 0)), 0);
            file.force();
            disk.rename(spare.orElse(UNFINISHED), Segment.name(number));
            disk.syncDirectory(DIRECTORY);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        lock.lock();
        try {
            last = number;
        } finally {
            lock.unlock();
        }
        return new Segment(number, file, size);
    }

    private Disk.File zeros() throws IOException {
        disk.delete(UNFINISHED);
        if (disk.usable() < size) {
            throw new IOException("No space left on device"); // and none is taken in trying
        }
        var file = disk.create(UNFINISHED);
        try {
            fillWithZeros(file, 0, size);
            return file;
        } catch (IOException e) {
            file.close();
            disk.delete(UNFINISHED);
            throw e;
        }
    }

    private static void fillWithZeros(Disk.File file, int from, int to) throws IOException {
        var zeros = ByteBuffer.allocateDirect(1 << 20);
        for (int at = from; at < to; at += zeros.capacity()) {
            file.write(zeros.clear().limit(Math.min(zeros.capacity(), to - at)), at);
        }
    }

    static ByteBuffer header(Header header) {
        var bytes = ByteBuffer.allocate(START);
        bytes.putLong(MAGIC).putInt(header.number()).putInt(header.size());
        bytes.putInt(header.predecessor()).putInt(header.predecessorEnd());
        bytes.putInt(Transaction.crc(bytes.duplicate().flip()));
        return bytes.clear();
    }

    /// What `file` says it is; empty if that cannot be read.
    static Optional<Header> readHeader(Disk.File file) throws IOException {
        var bytes = ByteBuffer.allocate(START);
        if (file.read(bytes, 0) < START
                || bytes.getLong(0) != MAGIC
                || Transaction.crc(bytes.slice(0, 24)) != bytes.getInt(24)) {
            return Optional.empty();
        }
        return Optional.of(
                new Header(bytes.getInt(8), bytes.getInt(12), bytes.getInt(16), bytes.getInt(20)));
    }

    /// The segments by number.
    Map<Integer, Segment> all() {
        return open;
    }

    /// Reads from a segment until `target` is full or the segment ends.
    ///
    /// @throws Damaged if there is no such segment
    int read(Index.At at, ByteBuffer target) throws IOException {
        var segment = open.get(at.segment());
        if (segment == null) {
            throw new Damaged("segment " + at.segment() + " is not there");
        }
        return segment.file().read(target, at.offset());
    }

    /// Lets go of a segment of which nothing is needed.
    void free(int number) throws IOException {
        var segment = open.remove(number);
        if (segment == null) {
            return;
        }
        segment.file().close();
        lock.lock();
        try {
            if (segment.size() == size && spares.size() < MOST_SPARES) {
                var spare = DIRECTORY + "/spare-" + java.util.HexFormat.of().toHexDigits(number);
                disk.rename(Segment.name(number), spare);
                spares.add(spare);
            } else {
                disk.delete(Segment.name(number));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Stops making segments and closes all files.
    void close() throws IOException {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (preparer.getState() != Thread.State.NEW) {
                preparer.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (var segment : open.values()) {
            segment.file().close();
        }
        if (ready != null) {
            ready.file().close();
        }
    }
}
