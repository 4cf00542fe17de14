package org.postern.os;

import java.io.Closeable;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who has connected to a [Doorbell]: a connection that this process does not speak over, but gives
/// to a child as its standard streams.
///
/// Closing it leaves the child its own copy.
public final class Caller implements Closeable {
    private final int descriptor;
    private final int pid;
    private final int uid;
    private final AtomicBoolean closed = new AtomicBoolean();

    Caller(int descriptor, int pid, int uid) {
        this.descriptor = descriptor;
        this.pid = pid;
        this.uid = uid;
    }

    int descriptor() {
        return descriptor;
    }

    /// The process that connected, as the kernel says.
    public int pid() {
        return pid;
    }

    /// The user that connected, as the kernel says.
    public int uid() {
        return uid;
    }

    @Override
    public String toString() {
        return "caller " + Integer.toUnsignedString(uid);
    }

    @Override
    public void close() {
        // Twice would close whatever has the number by then.
        if (!closed.getAndSet(true)) {
            Libc.close(descriptor);
        }
    }
}
