package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;

/// Our end of a pipe: a descriptor that never blocks, read or written by one thread at a time.
///
/// A virtual thread that must wait leaves its carrier: a platform thread made for it waits in
/// ppoll(2) in its place. (The JDK's own file streams would hold the carrier.) Closing from another
/// thread ends a wait within a second; the number itself is closed only when nobody uses it, so
/// that it cannot be mistaken for another file.
final class Descriptor implements AutoCloseable {
    private static final int BUFFER = 8192;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;

    private final int number;
    private final String subject;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER);

    // Both guarded by "this".
    private int users;
    private boolean closed;

    Descriptor(int number, String subject) {
        this.number = number;
        this.subject = subject;
    }

    /// Reads what there is, waiting for at least one byte; gives -1 at the end.
    int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        enter();
        try {
            long count = transfer(Call.READ, Math.min(length, BUFFER), POLLIN);
            MemorySegment.copy(buffer, 0, MemorySegment.ofArray(bytes), offset, count);
            return count == 0 ? -1 : (int) count;
        } finally {
            leave();
        }
    }

    /// Writes all, waiting for room as often as needed.
    void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        enter();
        try {
            int done = 0;
            while (done < length) {
                int piece = Math.min(length - done, BUFFER);
                MemorySegment.copy(
                        MemorySegment.ofArray(bytes), (long) offset + done, buffer, 0, piece);
                done += (int) transfer(Call.WRITE, piece, POLLOUT);
            }
        } finally {
            leave();
        }
    }

    private long transfer(Call call, int length, short event) throws IOException {
        while (true) {
            var result = Libc.attempt(call, number, buffer.address(), length);
            if (!result.failed()) {
                return result.value();
            }
            if (result.failed(Errno.EAGAIN)) {
                waitFor(event);
            } else if (!result.failed(Errno.EINTR)) {
                throw result.as(call, subject);
            }
        }
    }

    private void waitFor(short event) throws IOException {
        if (Thread.currentThread().isVirtual()) {
            Platform.call("waiting for " + subject, Duration.ofDays(1), () -> poll(event));
        } else {
            poll(event);
        }
    }

    private int poll(short event) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var set = arena.allocate(8, 8);
            var second = arena.allocate(JAVA_LONG, 2);
            set.set(JAVA_INT, 0, number);
            set.set(JAVA_SHORT, 4, event);
            while (true) {
                checkOpen();
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException(subject + ": interrupted");
                }
                // The kernel leaves in it what is left: without this the next wait would be none.
                second.setAtIndex(JAVA_LONG, 0, 1);
                second.setAtIndex(JAVA_LONG, 1, 0);
                var ready = Libc.attempt(Call.PPOLL, set.address(), 1, second.address(), 0, 8);
                if (ready.failed() && !ready.failed(Errno.EINTR)) {
                    throw ready.as(Call.PPOLL, subject);
                }
                if (ready.value() > 0) {
                    return 1;
                }
            }
        }
    }

    private synchronized void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private synchronized void enter() throws ClosedChannelException {
        checkOpen();
        users++;
    }

    private synchronized void leave() {
        users--;
        if (closed && users == 0) {
            Libc.close(number);
        }
    }

    /// Closes it, at once or as soon as the thread that uses it has noticed.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (users == 0) {
            Libc.close(number);
        }
    }
}
