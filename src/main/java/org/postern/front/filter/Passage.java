package org.postern.front.filter;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The way of one content through the programs of a chain that want to see its lines: what one
/// gives is what the next is given, and what the last gives is the content from then on.
///
/// It belongs to the session's thread; where there are several programs, a thread between each two
/// carries lines from one to the other.
public final class Passage implements Closeable {
    /// Takes what came out of the last program.
    @FunctionalInterface
    public interface Sink {
        /// Takes the bytes from `from` (included) to `to` (excluded), lines ended by LF, dots
        /// unstuffed.
        void take(byte[] bytes, int from, int to) throws IOException;
    }

    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final int LARGE = 32 * 1024;
    private static final byte[] DOT = {'.'};

    private record Way(Seat seat, Stage stage) {}

    private final List<Way> ways = new ArrayList<>();
    private final List<Thread> carriers = new ArrayList<>();
    private final Sink sink;
    private final Duration patience;
    private final InstantSource clock;
    private final Stage first;
    private final Stage last;
    private byte[] partial = new byte[256];
    private int partialLength;
    private Batch batch;
    private boolean over;
    private String trouble = "";

    /// @param seats at least one
    /// @param most how many bytes may come out
    /// @param patience how long the programs may take when they have seen the end, and how long
    ///   they may read nothing before
    Passage(List<Seat> seats, long most, Sink sink, Duration patience, InstantSource clock) {
        for (var seat : seats) {
            ways.add(new Way(seat, seat.begin(most)));
        }
        this.first = ways.getFirst().stage();
        this.last = ways.getLast().stage();
        this.sink = sink;
        this.patience = patience;
        this.clock = clock;
        this.batch = new Batch(first.before(clock.instant()));
        for (int i = 1; i < ways.size(); i++) {
            var from = ways.get(i - 1).stage();
            var to = ways.get(i).stage();
            carriers.add(Thread.ofVirtual().name("between filters").start(() -> carry(from, to)));
        }
    }

    /// Takes the next bytes of the content, lines ended by LF, dots unstuffed.
    public void take(byte[] bytes, int from, int to) throws IOException {
        int at = from;
        while (at < to) {
            int end = at;
            while (end < to && bytes[end] != '\n') {
                end++;
            }
            if (end == to) {
                keep(bytes, at, to);
                break;
            }
            if (partialLength > 0) {
                keep(bytes, at, end);
                batch.line(partial, 0, partialLength);
                partialLength = 0;
            } else {
                batch.line(bytes, at, end);
            }
            at = end + 1;
            if (batch.length() >= LARGE) {
                send();
            }
        }
        send();
    }

    private void keep(byte[] bytes, int from, int to) {
        int needed = partialLength + to - from;
        if (needed > partial.length) {
            partial = Arrays.copyOf(partial, Math.max(needed, partial.length * 2));
        }
        System.arraycopy(bytes, from, partial, partialLength, to - from);
        partialLength = needed;
    }

    private void send() throws IOException {
        var lines = batch.take();
        batch = new Batch(first.before(clock.instant()));
        if (lines.length == 0 || !trouble.isEmpty()) {
            return;
        }
        long end = System.nanoTime() + patience.toNanos();
        try {
            drain(Duration.ZERO);
            while (!first.put(lines, MOMENT)) {
                if (over && first.isLost()) {
                    return; // it has given all before it ended
                }
                if (!trouble.isEmpty() || System.nanoTime() - end > 0) {
                    trouble = trouble.isEmpty() ? "it does not read" : trouble;
                    return;
                }
                drain(Duration.ZERO);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static InterruptedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        var leaving = new InterruptedIOException("interrupted");
        leaving.initCause(e);
        return leaving;
    }

    /// Gives on what has come out, having waited for it `wait` at most.
    private void drain(Duration wait) throws IOException, InterruptedException {
        var next = wait;
        while (!over && trouble.isEmpty()) {
            switch (last.next(next)) {
                case Stage.Out.Line(var content) -> give(content.bytes());
                case Stage.Out.End() -> over = true;
                case Stage.Out.Lost(var why) -> trouble = why;
                case Stage.Out.Nothing() -> {
                    return;
                }
            }
            next = Duration.ZERO;
        }
    }

    private void give(byte[] line) throws IOException {
        int from = line.length > 0 && line[0] == '.' ? 1 : 0;
        var ended = Arrays.copyOf(line, line.length + 1);
        ended[line.length] = '\n';
        sink.take(ended, from, ended.length);
    }

    /// There is no more: waits until the last program has given its end. What kept the content from
    /// coming through, if anything did.
    public Optional<String> end() throws IOException {
        if (partialLength > 0) {
            batch.line(partial, 0, partialLength);
            partialLength = 0;
        }
        batch.end();
        send();
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (!over && trouble.isEmpty()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    trouble = "it does not give the content back in time";
                } else {
                    drain(Duration.ofNanos(left));
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    /// The content is not wanted after all; the programs are told its end, and not heard any more.
    public void abandon() {
        batch.end();
        try {
            var _ = first.put(batch.take(), MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        trouble = "abandoned";
    }

    /// What one program gives is what the next is given.
    private void carry(Stage from, Stage to) {
        try {
            while (true) {
                var lines = new Batch(to.before(clock.instant()));
                var next = from.next(patience);
                boolean ends = false;
                while (next instanceof Stage.Out.Line(var content)) {
                    lines.asIs(content.bytes());
                    next = lines.length() < LARGE ? from.next(Duration.ZERO) : NOTHING;
                }
                switch (next) {
                    case Stage.Out.End() -> {
                        lines.asIs(DOT);
                        ends = true;
                    }
                    case Stage.Out.Lost(var why) -> {
                        to.fail(why);
                        return;
                    }
                    case Stage.Out.Line _, Stage.Out.Nothing _ -> {}
                }
                if (!to.put(lines.take(), patience)) {
                    to.fail("it does not read");
                    return;
                }
                if (ends) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            to.fail("interrupted");
        }
    }

    private static final Stage.Out NOTHING = new Stage.Out.Nothing();

    /// Lets go of what the programs have given.
    @Override
    public void close() {
        carriers.forEach(Thread::interrupt);
        for (var way : ways) {
            way.seat().end(way.stage());
            way.stage().close();
        }
    }

    /// Lines on their way to a program, each with what stands before it.
    private static final class Batch {
        private final byte[] before;
        private byte[] bytes = new byte[1024];
        private int length;

        Batch(byte[] before) {
            this.before = before;
        }

        int length() {
            return length;
        }

        /// Adds a line; a dot at its beginning is stuffed.
        void line(byte[] from, int start, int end) {
            room(before.length + end - start + 2);
            put(before, 0, before.length);
            if (end > start && from[start] == '.') {
                bytes[length++] = '.';
            }
            put(from, start, end);
            bytes[length++] = '\n';
        }

        /// Adds a line whose dots are stuffed.
        void asIs(byte[] line) {
            room(before.length + line.length + 1);
            put(before, 0, before.length);
            put(line, 0, line.length);
            bytes[length++] = '\n';
        }

        void end() {
            asIs(DOT);
        }

        private void room(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
            }
        }

        private void put(byte[] from, int start, int end) {
            System.arraycopy(from, start, bytes, length, end - start);
            length += end - start;
        }

        byte[] take() {
            return Arrays.copyOf(bytes, length);
        }
    }
}
