package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.postern.log.Log;
import org.postern.mail.MessageId;
import org.postern.queue.store.Segments.Segment;

/// The start of the store: finds what a predecessor left, whole or torn, and makes the index of it.
///
/// The log of a segment ends at the first bad record that cannot have been acknowledged. A bad
/// record that was, because a later one was written after a force, is put aside and reported.
final class Recovery {
    static final String ASIDE = "aside";
    private static final String FORMAT = "format";
    private static final String VERSION = "postern spool 1\n";

    /// Where the log ended: in the last segment, or in number 0 if there is none; and where the
    /// segment before ended, as far as it was read.
    record End(Index.At last, Index.At before) {}

    private final Disk disk;
    private final Segments segments;
    private final Index index;
    private final Log log;
    private final Map<Integer, Integer> ends = new HashMap<>();
    private Index.Strangers strangers = Index.Strangers.IGNORED;

    Recovery(Disk disk, Segments segments, Index index, Log log) {
        this.disk = disk;
        this.segments = segments;
        this.index = index;
        this.log = log;
    }

    /// Recovers.
    ///
    /// @throws IOException if the spool is of another version, or the disk does not work
    End run() throws IOException {
        disk.makeDirectory(Segments.DIRECTORY);
        disk.makeDirectory(Content.DIRECTORY);
        disk.makeDirectory(ASIDE);
        checkFormat();
        var found = openSegments();
        var from = readCheckpoint();
        segments.skipTo(from.segment());
        var nowhere = new Index.At(0, 0);
        var end = new End(nowhere, nowhere);
        for (var segment : found.tailMap(from.segment()).values()) {
            int start = segment.number() == from.segment() ? from.offset() : Segments.START;
            end = new End(new Index.At(segment.number(), replay(segment, start)), end.last());
        }
        for (var lost : index.dropIncomplete()) {
            log.error("queue: the facts of message " + lost + " are lost; see " + ASIDE);
        }
        sweepContents();
        return end;
    }

    private void checkFormat() throws IOException {
        if (!disk.list("").contains(FORMAT)) {
            disk.delete("format.new");
            try (var file = disk.create("format.new")) {
                file.write(StandardCharsets.US_ASCII.encode(VERSION), 0);
                file.force();
            }
            disk.rename("format.new", FORMAT);
            disk.syncDirectory("");
            return;
        }
        try (var file = disk.open(FORMAT)) {
            var bytes = ByteBuffer.allocate(64);
            file.read(bytes, 0);
            var version = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
            if (!version.equals(VERSION)) {
                throw new IOException("the spool is not of this version: " + Log.visible(version));
            }
        }
    }

    private NavigableMap<Integer, Segment> openSegments() throws IOException {
        var found = new TreeMap<Integer, Segment>();
        for (var name : disk.list(Segments.DIRECTORY)) {
            var path = Segments.DIRECTORY + '/' + name;
            var number = Segments.number(name);
            if (path.equals(Segments.UNFINISHED)) {
                disk.delete(path);
            } else if (Segments.isSpare(name)) {
                segments.foundSpare(path);
            } else if (number.isPresent()) {
                open(path, number.getAsInt(), found);
            } else {
                stray(path);
            }
        }
        return found;
    }

    /// What is not ours is not removed: it may be all that somebody could save.
    private void stray(String path) {
        log.warn("queue: " + Log.visible(path) + " is no part of the spool; it is left alone");
    }

    private void open(String path, int number, Map<Integer, Segment> found) throws IOException {
        var file = disk.open(path);
        var header = Segments.readHeader(file);
        if (header.isEmpty() || header.get().number() != number) {
            log.error("queue: the header of " + path + " is damaged");
        } else if (header.get().predecessor() != 0) {
            ends.put(header.get().predecessor(), header.get().predecessorEnd());
        }
        var segment = new Segment(number, file, (int) file.size());
        found.put(number, segment);
        segments.found(segment);
        index.knowSegment(number);
    }

    private Index.At readCheckpoint() throws IOException {
        try {
            var position = new Checkpoints(disk).read(index::restore);
            if (position.isPresent()) {
                return position.get();
            }
        } catch (Damaged e) {
            log.error("queue: reading all segments, as " + e.getMessage());
        }
        strangers = Index.Strangers.BELIEVED;
        return new Index.At(0, Segments.START);
    }

    /// Applies the records of a segment; returns where they end.
    private int replay(Segment segment, int start) throws IOException {
        var window = new Window(segment.file());
        int limit = ends.getOrDefault(segment.number(), segment.size());
        int at = start;
        while (at < limit) {
            var header = header(window, segment, at, limit);
            if (header.isPresent() && isWhole(window, at, header.get())) {
                var items = window.at(at + Transaction.HEADER, header.get().length());
                apply(header.get(), items, segment, at);
                at += header.get().recordLength();
                continue;
            }
            if (!ends.containsKey(segment.number()) && !wasForced(window, segment, at, limit)) {
                return at;
            }
            int next =
                    header.isPresent()
                            ? at + header.get().recordLength()
                            : nextRecord(window, segment, at + 8, limit);
            putAside(window, segment, at, next);
            if (header.isPresent()) {
                salvage(window, segment, at, header.get());
            }
            at = next;
        }
        return Math.min(at, limit);
    }

    private Optional<Transaction.Header> header(Window window, Segment segment, int at, int limit)
            throws IOException {
        if (limit - at < Transaction.HEADER) {
            return Optional.empty();
        }
        return Transaction.header(window.at(at, Transaction.HEADER), segment.number())
                .filter(
                        header ->
                                header.length() >= 0
                                        && header.length() <= limit - at - Transaction.HEADER);
    }

    private static boolean isWhole(Window window, int at, Transaction.Header header)
            throws IOException {
        return Transaction.crc(window.at(at + Transaction.HEADER, header.length())) == header.crc();
    }

    private void apply(Transaction.Header header, ByteBuffer items, Segment segment, int at) {
        var read = Transaction.parse(header.kind(), items);
        if (read.bad() > 0) {
            log.error(
                    "queue: %d unknown items at %d of segment %d"
                            .formatted(read.bad(), at, segment.number()));
        }
        index.settle(read.transaction(), segment.number(), at, strangers);
    }

    /// Was anything forced after the record at `at` was written? Then that one was acknowledged.
    private boolean wasForced(Window window, Segment segment, int at, int limit)
            throws IOException {
        int next = nextRecord(window, segment, at + 8, limit);
        while (next < limit) {
            var header = header(window, segment, next, limit);
            if (header.isPresent() && header.get().forced() > at) {
                return true;
            }
            next = nextRecord(window, segment, next + 8, limit);
        }
        return false;
    }

    /// Where the next header lies, or `limit` if there is none.
    private int nextRecord(Window window, Segment segment, int from, int limit) throws IOException {
        for (int at = from; at < limit - Transaction.HEADER; at += 8) {
            var bytes = window.at(at, Transaction.HEADER);
            if (bytes.getInt(8) == segment.number()
                    && Transaction.header(bytes, segment.number()).isPresent()) {
                return at;
            }
        }
        return limit;
    }

    private void putAside(Window window, Segment segment, int from, int to) throws IOException {
        var name = "%s/%08x-%d.bad".formatted(ASIDE, segment.number(), from);
        log.error(
                "queue: %d bytes at %d of segment %d are damaged; a copy is in %s"
                        .formatted(to - from, from, segment.number(), name));
        disk.delete(name);
        try (var file = disk.create(name)) {
            int at = from;
            while (at < to) {
                int length = Math.min(1 << 20, to - at);
                file.write(window.at(at, length), at - from);
                at += length;
            }
        } catch (IOException e) {
            log.error("queue: cannot write " + name + ": " + e);
        }
    }

    /// Applies those items of a damaged record that pass their own checksums.
    private void salvage(Window window, Segment segment, int at, Transaction.Header header)
            throws IOException {
        var items = window.at(at + Transaction.HEADER, header.length());
        var read = Transaction.parse(header.kind(), items);
        index.settle(read.transaction(), segment.number(), at, strangers);
    }

    /// Removes the contents of messages that do not live: drafts, when the end came.
    private void sweepContents() throws IOException {
        for (var name : disk.list(Content.DIRECTORY)) {
            var id = MessageId.parse(name);
            if (id.isEmpty()) {
                stray(Content.DIRECTORY + '/' + name);
                continue;
            }
            boolean needed =
                    id.flatMap(index::content)
                            .filter(content -> content.length() > Index.LONGEST_INLINE)
                            .isPresent();
            if (!needed) {
                disk.delete(Content.DIRECTORY + '/' + name);
            }
        }
    }
}
