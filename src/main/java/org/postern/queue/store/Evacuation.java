package org.postern.queue.store;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.log.Log;

/// Copies the few items that are still needed out of old segments, so that those can be freed.
///
/// It works on the committer's thread, between batches, a bounded step at a time. So what it copies
/// is what the log says at that point, and no later change can be overtaken by the copy.
final class Evacuation {
    private static final int STEP = 1 << 20;
    private static final int FEW_SEGMENTS = 3;
    private static final double HARDLY_NEEDED = 0.1;

    private final Segments segments;
    private final Index index;
    private final Log log;
    private final Set<Integer> walked = java.util.concurrent.ConcurrentHashMap.newKeySet();
    private volatile int candidate;

    // Where it stands in a segment; null when there is nothing to do. The committer's thread only.
    private @Nullable Walk walk;

    private record Walk(Segments.Segment segment, Window window, int at) {
        Walk to(int next) {
            return new Walk(segment, window, next);
        }
    }

    Evacuation(Segments segments, Index index, Log log) {
        this.segments = segments;
        this.index = index;
        this.log = log;
    }

    /// Looks for a segment before `current` of which hardly anything is needed.
    void consider(int current) {
        if (candidate != 0 || segments.all().size() <= FEW_SEGMENTS) {
            return;
        }
        for (var number : segments.all().keySet()) {
            double needed = index.needed(number);
            if (number < current
                    && needed > 0
                    && needed < HARDLY_NEEDED
                    && !walked.contains(number)) {
                candidate = number;
                return;
            }
        }
    }

    /// The next items to be written again; empty if there are none just now.
    Optional<Transaction> next(int current) {
        int number = candidate;
        if (number == 0 || number >= current) {
            return Optional.empty();
        }
        var segment = segments.all().get(number);
        if (segment == null || walked.contains(number)) {
            candidate = 0;
            return Optional.empty();
        }
        if (walk == null || walk.segment().number() != number) {
            walk = new Walk(segment, new Window(segment.file()), Segments.START);
        }
        try {
            return step(walk);
        } catch (IOException e) {
            log.error("queue: segment " + number + " cannot be copied: " + e);
            walked.add(number);
            candidate = 0;
            walk = null;
            return Optional.empty();
        }
    }

    private Optional<Transaction> step(Walk from) throws IOException {
        var moved = Transaction.begin(Transaction.MOVED, 4096);
        int at = from.at();
        int end = (int) Math.min(from.segment().size(), (long) at + 4 * STEP);
        while (at < end && moved.length() < STEP) {
            if (end - at < Transaction.HEADER) {
                break;
            }
            var header =
                    Transaction.header(
                            from.window().at(at, Transaction.HEADER), from.segment().number());
            if (header.isEmpty()) {
                end = at; // the end of the log of this segment, or a damage: nothing more is found
                break;
            }
            copy(from, at, header.get(), moved);
            at += header.get().recordLength();
        }
        if (at == end && end < from.at() + 4 * STEP) {
            walked.add(from.segment().number()); // once is enough: what stays is needed or damaged
            candidate = 0;
            walk = null;
        } else {
            walk = from.to(at);
        }
        if (moved.steps().isEmpty()) {
            return Optional.empty();
        }
        moved.seal();
        return Optional.of(moved);
    }

    private void copy(Walk from, int at, Transaction.Header header, Transaction moved)
            throws IOException {
        var bytes = from.window().at(at + Transaction.HEADER, header.length());
        var read = Transaction.parse(header.kind(), bytes);
        for (var step : read.transaction().steps()) {
            var place = place(step);
            if (place.isEmpty()) {
                continue;
            }
            var where = new Index.At(from.segment().number(), at + place.get());
            if (index.needs(step, where)) {
                int item = place.get() - Transaction.HEADER;
                moved.copy(bytes.get(item), Transaction.body(bytes, item));
            }
        }
    }

    private static Optional<Integer> place(Transaction.Step step) {
        return switch (step) {
            case Transaction.Step.NewMessage(_, _, _, var at) -> Optional.of(at);
            case Transaction.Step.NewContent(_, _, var at) -> Optional.of(at);
            case Transaction.Step.NewEnvelope(_, _, var at) -> Optional.of(at);
            case Transaction.Step.NewState(_, _, var at) -> Optional.of(at);
            case Transaction.Step.Ended _ -> Optional.empty();
        };
    }
}
