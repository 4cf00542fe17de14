package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Lines for syslogd(8), facility "mail", in the form of RFC 3164 section 4.1 as local programs
/// write it.
///
/// Whoever writes a line never waits: a platform thread sends them, over a datagram socket to
/// `/dev/log`, and what does not fit in its queue is dropped and counted. A daemon that is not
/// there, or comes back, is tried again with each line. Lines must be free of secrets and already
/// escaped; a control character that is left becomes a space.
public final class Syslog implements AutoCloseable {
    private static final int MAIL = 2 << 3;
    private static final int LONGEST = 8192;
    private static final int LONGEST_PATH = 107;
    private static final int NONE = -1;
    private static final long AF_UNIX = 1;
    private static final long DATAGRAM_CLOEXEC = 2 | 0x80000;
    private static final long DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT);

    /// How much a line matters.
    public enum Severity {
        CRITICAL(2),
        ERROR(3),
        WARNING(4),
        NOTICE(5),
        INFO(6),
        DEBUG(7);

        private final int code;

        Severity(int code) {
            this.code = code;
        }
    }

    private final Path socket;
    private final String tag;
    private final InstantSource clock;
    private final ZoneId zone;
    private final ArrayBlockingQueue<String> lines;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer;
    private volatile boolean closing;

    // Of the writer alone.
    private int descriptor = NONE;
    private long droppedReported;

    /// Starts the thread that writes to `/dev/log`.
    ///
    /// @param ident the name of the program, such as `smtpd`
    public Syslog(String ident) {
        this(ident, Path.of("/dev/log"), 4096, InstantSource.system(), ZoneId.systemDefault());
    }

    /// Starts the thread that writes to a socket.
    ///
    /// @param capacity so many lines may wait
    public Syslog(String ident, Path socket, int capacity, InstantSource clock, ZoneId zone) {
        this.socket = socket;
        this.tag = ident + "[" + ProcessFacts.pid() + "]";
        this.clock = clock;
        this.zone = zone;
        this.lines = new ArrayBlockingQueue<>(capacity);
        this.writer = Thread.ofPlatform().name("syslog").daemon().start(this::run);
    }

    /// Leaves a line to be sent; never waits.
    public void write(Severity severity, String line) {
        if (!lines.offer(format(severity, line))) {
            dropped.incrementAndGet();
        }
    }

    /// Gives how many lines were lost so far: the queue was full, or nobody listened.
    public long dropped() {
        return dropped.get();
    }

    private String format(Severity severity, String line) {
        var stamp = STAMP.format(clock.instant().atZone(zone));
        return "<" + (MAIL | severity.code) + ">" + stamp + " " + tag + ": " + clean(line);
    }

    private static String clean(String line) {
        var clean = new StringBuilder(line.length());
        line.chars().forEach(c -> clean.append(c < ' ' || c == 0x7f ? ' ' : (char) c));
        return clean.toString();
    }

    private void run() {
        try {
            while (!closing || !lines.isEmpty()) {
                var line = lines.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
                if (line != null) {
                    deliver(line);
                }
            }
        } catch (InterruptedException leave) {
            dropped.addAndGet(lines.size());
        } finally {
            disconnect();
        }
    }

    private void deliver(String line) {
        long lost = dropped.get();
        if (!send(line)) {
            dropped.incrementAndGet();
        } else if (lost > droppedReported) {
            send(format(Severity.WARNING, "log lines dropped: " + (lost - droppedReported)));
            droppedReported = lost;
        }
    }

    private boolean send(String line) {
        try (var arena = Arena.ofConfined()) {
            var all = line.getBytes(StandardCharsets.UTF_8);
            var bytes = Arrays.copyOf(all, Math.min(all.length, LONGEST));
            var text = arena.allocateFrom(JAVA_BYTE, bytes);
            // Twice, since the daemon may have been started anew since the last line.
            boolean sent = sendOnce(arena, text);
            return sent || sendOnce(arena, text);
        }
    }

    private boolean sendOnce(Arena arena, MemorySegment text) {
        if (descriptor == NONE && !connect(arena)) {
            return false;
        }
        var sent = transmit(text);
        if (sent.failed(Errno.EAGAIN)) {
            awaitRoom(arena);
            sent = transmit(text);
        }
        if (sent.failed()) {
            disconnect();
        }
        return !sent.failed();
    }

    private Libc.Result transmit(MemorySegment text) {
        return Libc.attempt(
                Call.SENDTO, descriptor, text.address(), text.byteSize(), DONTWAIT_NOSIGNAL, 0, 0);
    }

    private void awaitRoom(Arena arena) {
        var set = arena.allocate(8, 8);
        set.set(JAVA_INT, 0, descriptor);
        set.set(JAVA_SHORT, 4, (short) 4);
        var second = arena.allocate(JAVA_LONG, 2);
        second.setAtIndex(JAVA_LONG, 0, TICK.toSeconds());
        Libc.attempt(Call.PPOLL, set.address(), 1, second.address(), 0, 8);
    }

    private boolean connect(Arena arena) {
        var path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > LONGEST_PATH) {
            return false;
        }
        var made = Libc.attempt(Call.SOCKET, AF_UNIX, DATAGRAM_CLOEXEC, 0);
        if (made.failed()) {
            return false;
        }
        descriptor = (int) made.value();
        var address = arena.allocate(3L + path.length, 8);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, 2, path.length);
        var connected =
                Libc.attempt(Call.CONNECT, descriptor, address.address(), address.byteSize());
        if (connected.failed()) {
            disconnect();
        }
        return !connected.failed();
    }

    private void disconnect() {
        if (descriptor != NONE) {
            Libc.close(descriptor);
            descriptor = NONE;
        }
    }

    /// Sends what waits, for at most two seconds, and ends the thread.
    @Override
    public void close() {
        closing = true;
        try {
            if (!writer.join(Duration.ofSeconds(2))) {
                writer.interrupt();
            }
        } catch (InterruptedException left) {
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
