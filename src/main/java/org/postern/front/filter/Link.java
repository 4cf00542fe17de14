package org.postern.front.filter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// One connection to a filter program, from its greeting to its end. What the program says is
/// believed only as far as it answers what a session asked; what it gets wrong harms that session,
/// and when it does so again and again the connection is ended.
///
/// A thread of its own reads, another writes; any number of sessions have a seat at it.
final class Link {
    /// How many bytes may wait to be read by the program.
    private static final int MOST_UNSENT = 8 << 20;

    /// How many bytes of contents that it has given back may wait for their sessions.
    private static final int MOST_UNTAKEN = 32 << 20;

    private static final Duration STALLED = Duration.ofSeconds(1);
    private static final int MOST_SLIPS = 10;
    private static final int MOST_UNANSWERED = 3;
    private static final int PIECE = 64 * 1024;

    private final SocketChannel channel;
    private final LineReader lines;
    private final Consumer<String> complaints;
    private final Registration registration = new Registration();
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(MOST_UNSENT);
    private final int mostUntaken;
    private final Semaphore untaken;
    private final Map<Long, Seat> seats = new ConcurrentHashMap<>();
    private final AtomicInteger slips = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile String end = "";

    Link(SocketChannel channel, Consumer<String> complaints) {
        this(channel, complaints, MOST_UNTAKEN);
    }

    /// The same with other room for what the program gives.
    Link(SocketChannel channel, Consumer<String> complaints, int mostUntaken) {
        this.mostUntaken = mostUntaken;
        this.untaken = new Semaphore(mostUntaken);
        this.channel = channel;
        this.lines = new LineReader(channel);
        this.complaints = complaints;
    }

    /// Introduces the server with these lines, and learns what the program wants; waits as long as
    /// the channel is open.
    ///
    /// @throws IOException if the program does not keep to the protocol
    void greet(String configuration) throws IOException {
        write(ByteBuffer.wrap(configuration.getBytes(StandardCharsets.ISO_8859_1)));
        while (true) {
            var line = lines.next().orElseThrow(() -> new IOException("it ended at once")).text();
            if (line.equals(Registration.READY)) {
                return;
            }
            registration.add(line);
        }
    }

    Registration registration() {
        return registration;
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Hears the program until the connection ends, and says why it did.
    String live() {
        var writer = Thread.ofVirtual().name("to a filter").start(this::writeAll);
        try {
            for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                take(line.get());
            }
            close("it ended");
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            close("interrupted");
        }
        writer.interrupt();
        return end;
    }

    private void writeAll() {
        var together = ByteBuffer.allocate(PIECE);
        var waiting = new ArrayList<byte[]>();
        try {
            while (true) {
                waiting.add(outgoing.take());
                outgoing.drainTo(waiting, 1000);
                int written = 0;
                for (var bytes : waiting) {
                    written += bytes.length;
                    if (bytes.length > together.remaining()) {
                        write(together.flip());
                        together.clear();
                    }
                    if (bytes.length > together.remaining()) {
                        write(ByteBuffer.wrap(bytes));
                    } else {
                        together.put(bytes);
                    }
                }
                write(together.flip());
                together.clear();
                waiting.clear();
                room.release(written);
            }
        } catch (IOException e) {
            close("it does not hear: " + e.getMessage());
        } catch (InterruptedException e) {
            // The connection is over.
        }
    }

    private void take(LineReader.Line line) throws InterruptedException {
        if (line.isContent()) {
            takeContent(line);
            return;
        }
        var text = line.text();
        var heard = Heard.parse(text);
        if (heard.isEmpty()) {
            slip("it said " + shown(text));
            return;
        }
        switch (heard.get()) {
            case Heard.Result(var session, var token, var answer) -> {
                var seat = seats.get(session);
                // Whose session is over may be answered late.
                if (seat != null && !seat.answered(token, answer)) {
                    seat.fail("it answered what was not asked");
                    slip("it answered what was not asked: " + shown(text));
                } else {
                    unanswered.set(0);
                }
            }
            case Heard.Report(var session, var text2) -> {
                var seat = seats.get(session);
                if (seat != null) {
                    seat.reports(text2);
                }
            }
        }
    }

    private void takeContent(LineReader.Line line) throws InterruptedException {
        var session = line.session();
        if (session.isEmpty()) {
            slip("it said " + shown(line.text()));
            return;
        }
        var seat = seats.get(session.get());
        if (seat != null && !seat.gave(line)) {
            seat.fail("it gave content that was not asked for");
            slip("it gave content that was not asked for: " + shown(line.text()));
        }
    }

    private void slip(String what) {
        complaints.accept(what);
        if (slips.incrementAndGet() >= MOST_SLIPS) {
            close("it does not keep to the protocol");
        }
    }

    /// The room for what the program gives; whoever takes it out gives it back.
    Semaphore untaken() {
        return untaken;
    }

    /// Waits for room for so many bytes of what the program gives. Where nobody takes anything for
    /// a while, for whom the most waits loses it: one who takes nothing must not keep the others
    /// waiting.
    void makeRoom(int bytes) throws InterruptedException {
        while (!untaken.tryAcquire(bytes, STALLED.toMillis(), TimeUnit.MILLISECONDS)) {
            seats.values().stream()
                    .max(Comparator.comparingLong(Seat::held))
                    .ifPresent(Seat::giveUp);
        }
    }

    /// Gives a session a place at the program.
    void enter(long session, Seat seat) {
        seats.put(session, seat);
        if (isOver()) {
            seat.fail(end);
        }
    }

    void leave(long session) {
        seats.remove(session);
    }

    int sessions() {
        return seats.size();
    }

    /// Says these lines, when there is room for them, or nothing within `patience`.
    boolean say(byte[] said, Duration patience) throws InterruptedException {
        if (isOver() || !room.tryAcquire(said.length, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        outgoing.add(said);
        return true;
    }

    /// Says these lines, or nothing.
    void sayIfThereIsRoom(byte[] said) {
        if (!isOver() && room.tryAcquire(said.length)) {
            outgoing.add(said);
        }
    }

    /// A session has waited for an answer in vain.
    void wentUnanswered() {
        if (unanswered.incrementAndGet() >= MOST_UNANSWERED) {
            close("it does not answer");
        }
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    /// Ends the connection, which ends the program; all who wait are told.
    void close(String why) {
        synchronized (this) {
            if (isOver()) {
                return;
            }
            end = why;
            over.countDown();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
        seats.values().forEach(seat -> seat.fail(why));
        // Who waits for room finds that the connection is over; who reads finds room.
        room.release(MOST_UNSENT);
        untaken.release(mostUntaken);
    }

    /// Why the connection ended; empty if it has not.
    String end() {
        return end;
    }

    /// What a program said, short enough for the log.
    static String shown(String line) {
        return '"' + (line.length() > 100 ? line.substring(0, 100) + "..." : line) + '"';
    }
}
