package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// A Unix socket at which callers are not spoken with, but handed on to a child: what the JDK's
/// sockets cannot do, because they do not give their descriptor away.
///
/// One thread, a platform thread of its own, waits for callers; any thread may close.
public final class Doorbell implements Closeable {
    private static final int AF_UNIX = 1;
    private static final int STREAM_CLOEXEC = 1 | 0x80000;
    private static final int BACKLOG = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SHUT_RDWR = 2;
    private static final int ECONNABORTED = 103;

    private final Path path;
    private final int descriptor;

    // Both guarded by "this". The number is closed when nobody waits at it any more.
    private boolean closed;
    private boolean waiting;

    private Doorbell(Path path, int descriptor) {
        this.path = path;
        this.descriptor = descriptor;
    }

    /// Hangs a bell at a path, in the place of what is there. Only this user and the members of
    /// `group` can ring it.
    public static Doorbell at(Path path, int group) throws IOException {
        Files.deleteIfExists(path);
        int made = (int) Libc.call(Call.SOCKET, path.toString(), AF_UNIX, STREAM_CLOEXEC, 0);
        try (var arena = Arena.ofConfined();
                var shorter = SocketPath.of(path)) {
            var address = address(arena, shorter.address().getPath());
            Libc.call(Call.BIND, path.toString(), made, address.address(), address.byteSize());
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
            Files.setAttribute(path, "unix:gid", group);
            Libc.call(Call.LISTEN, path.toString(), made, BACKLOG);
            return new Doorbell(path, made);
        } catch (IOException | RuntimeException e) {
            Libc.close(made);
            throw e;
        }
    }

    private static MemorySegment address(Arena arena, Path path) {
        var name = path.toString().getBytes(StandardCharsets.UTF_8);
        var address = arena.allocate(2L + name.length + 1, 2);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
        return address;
    }

    /// Waits for the next caller; empty when the bell has been taken down.
    public Optional<Caller> await() throws IOException {
        synchronized (this) {
            if (closed) {
                return Optional.empty();
            }
            waiting = true;
        }
        try {
            return accept();
        } finally {
            synchronized (this) {
                waiting = false;
                if (closed) {
                    Libc.close(descriptor);
                }
            }
        }
    }

    private Optional<Caller> accept() throws IOException {
        while (true) {
            var result = Libc.attempt(Call.ACCEPT4, descriptor, 0, 0, Libc.O_CLOEXEC);
            synchronized (this) {
                if (closed) {
                    if (!result.failed()) {
                        Libc.close((int) result.value());
                    }
                    return Optional.empty();
                }
            }
            if (!result.failed()) {
                return Optional.of(caller((int) result.value()));
            }
            if (!result.failed(Errno.EINTR) && result.errno() != ECONNABORTED) {
                throw result.as(Call.ACCEPT4, path.toString());
            }
        }
    }

    private Caller caller(int accepted) throws IOException {
        // struct ucred: process, user, group.
        try (var arena = Arena.ofConfined()) {
            var who = arena.allocate(JAVA_INT, 3);
            var length = arena.allocateFrom(JAVA_INT, 12);
            Libc.call(
                    Call.GETSOCKOPT,
                    path.toString(),
                    accepted,
                    SOL_SOCKET,
                    SO_PEERCRED,
                    who.address(),
                    length.address());
            return new Caller(accepted, who.getAtIndex(JAVA_INT, 0), who.getAtIndex(JAVA_INT, 1));
        } catch (IOException | RuntimeException e) {
            Libc.close(accepted);
            throw e;
        }
    }

    /// Takes the bell down. Who waits at it is told at once.
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        Files.deleteIfExists(path);
        if (waiting) {
            // Wakes the thread in accept4(2), which then closes the number.
            Libc.attempt(Call.SHUTDOWN, descriptor, SHUT_RDWR);
        } else {
            Libc.close(descriptor);
        }
    }
}
