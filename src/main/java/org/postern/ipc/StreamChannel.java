package org.postern.ipc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/// A pair of streams as the channel of a conversation: the two pipes between the supervisor and a
/// room. One thread reads and one writes at a time.
public final class StreamChannel implements ByteChannel {
    private final InputStream in;
    private final OutputStream out;
    private volatile boolean open = true;

    /// A channel that hears `in` and says to `out`.
    public StreamChannel(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count =
                in.read(
                        target.array(),
                        target.arrayOffset() + target.position(),
                        target.remaining());
        if (count > 0) {
            target.position(target.position() + count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        var bytes = new byte[source.remaining()];
        source.get(bytes);
        out.write(bytes);
        out.flush();
        return bytes.length;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        try (in;
                out) {
            // Both are closed.
        }
    }
}
