package org.postern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Free ports for tests that have to name one before anybody listens there.
///
/// The kernel gives other ports to clients, and to servers that ask for any: so nobody takes one of
/// these before it is bound, and a connection to one that nobody listens at cannot meet itself.
/// Processes that test at the same time get different ones.
public final class Ports {
    private static final int FIRST = 10_000;
    private static final int BLOCK = 100;
    private static final int BLOCKS = 100;

    // All guarded by the class. A lock lasts as long as the process.
    private static final List<FileLock> LOCKS = new ArrayList<>();
    private static int nextBlock;
    private static int next;

    private Ports() {}

    /// A port at which nobody listens; each is given once.
    public static synchronized int free() {
        while (true) {
            if (next % BLOCK == 0) {
                next = FIRST + BLOCK * ownBlock();
            }
            int port = next++;
            if (isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (var _ = new ServerSocket(port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// The next block of ports that no other process has.
    private static int ownBlock() {
        var user = System.getProperty("user.name");
        var file = Path.of(System.getProperty("java.io.tmpdir"), "postern-test-ports-" + user);
        try {
            // Never closed: that would give back the locks of all channels to this file.
            var channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            while (nextBlock < BLOCKS) {
                int block = nextBlock++;
                var lock = channel.tryLock(block, 1, false);
                if (lock != null) {
                    LOCKS.add(lock);
                    return block;
                }
            }
            throw new IllegalStateException("no block of ports is free");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
