package org.postern.front.server;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.postern.ipc.Deadlines;

/// A connection of a program on this machine, over a Unix socket.
final class UnixLink implements Link {
    private final SocketChannel channel;
    private final Deadlines.Watched watched;
    private final Duration writePatience;

    UnixLink(SocketChannel channel, Deadlines deadlines) {
        this(channel, deadlines, WRITE_PATIENCE);
    }

    /// The same for a client that is to take what it is told within `writePatience`.
    UnixLink(SocketChannel channel, Deadlines deadlines, Duration writePatience) {
        this.channel = channel;
        this.writePatience = writePatience;
        this.watched = deadlines.watch(channel);
    }

    @Override
    public int read(byte[] into, int from, int length, Duration patience) throws IOException {
        watched.in(patience);
        try {
            return channel.read(ByteBuffer.wrap(into, from, length));
        } catch (IOException e) {
            throw watched.isOver() ? new SocketTimeoutException("nothing came") : e;
        } finally {
            watched.none();
        }
    }

    @Override
    public boolean hasArrived() {
        return false;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        var buffer = ByteBuffer.wrap(bytes, 0, length);
        watched.in(writePatience);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            watched.none();
        }
    }

    @Override
    public void stopHearing() {
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            // It is closed, which serves as well.
        }
    }

    @Override
    public void closeGently() {
        close();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left that could be done for it.
        }
    }
}
