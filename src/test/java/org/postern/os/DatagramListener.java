package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The other end of syslog: a datagram Unix socket, which the JDK does not have.
final class DatagramListener implements AutoCloseable {
    private static final int ROOM = 4096;

    private final int descriptor;

    DatagramListener(Path path) throws IOException {
        descriptor = (int) Libc.call(Call.SOCKET, "listener", 1, 2 | Libc.O_CLOEXEC, 0);
        try (var arena = Arena.ofConfined()) {
            var name = path.toString().getBytes(StandardCharsets.UTF_8);
            var address = arena.allocate(3L + name.length, 8);
            address.set(JAVA_SHORT, 0, (short) 1);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
            Libc.call(
                    Call.BIND, path.toString(), descriptor, address.address(), address.byteSize());
        }
    }

    /// Waits for a datagram; the test's own deadline bounds it.
    String receive() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var room = arena.allocate(ROOM);
            long got = Libc.call(Call.READ, "datagram", descriptor, room.address(), ROOM);
            return new String(room.asSlice(0, got).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
