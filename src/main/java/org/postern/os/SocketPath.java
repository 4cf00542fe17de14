package org.postern.os;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The address of a Unix socket whose path may be longer than the 107 bytes that such an address
/// holds.
///
/// A long path is reached through its directory, opened here: `/proc/self/fd/N/name`. The address
/// is good until this is closed, so bind or connect first. A socket bound by it is found by others
/// under its real path.
public final class SocketPath implements Closeable {
    private static final int LONGEST = 107;
    private static final int NOT_NEEDED = -1;

    private final int directory;
    private final UnixDomainSocketAddress address;

    private SocketPath(int directory, UnixDomainSocketAddress address) {
        this.directory = directory;
        this.address = address;
    }

    /// Gives the address for a path.
    ///
    /// @throws IOException when its directory cannot be opened, or its last name alone is too long
    public static SocketPath of(Path path) throws IOException {
        if (fits(path)) {
            return new SocketPath(NOT_NEEDED, UnixDomainSocketAddress.of(path));
        }
        var absolute = path.toAbsolutePath();
        var parent = absolute.getParent();
        var name = absolute.getFileName();
        if (parent == null || name == null) {
            throw new IOException(path + " is not the path of a socket");
        }
        int directory = open(parent);
        var shorter = Path.of("/proc/self/fd/" + directory).resolve(name);
        if (!fits(shorter)) {
            Libc.close(directory);
            throw new IOException(path + ": name too long for a socket");
        }
        return new SocketPath(directory, UnixDomainSocketAddress.of(shorter));
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }

    private static int open(Path directory) throws OsException {
        try (var arena = Arena.ofConfined()) {
            long flags = Libc.O_PATH | Libc.O_CLOEXEC | Machine.HERE.directory;
            return (int)
                    Libc.call(
                            Call.OPENAT,
                            directory.toString(),
                            Libc.AT_FDCWD,
                            arena.allocateFrom(directory.toString()).address(),
                            flags,
                            0);
        }
    }

    /// Gives the address, good until this is closed.
    public UnixDomainSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        if (directory != NOT_NEEDED) {
            Libc.close(directory);
        }
    }
}
