package org.postern.front.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channel;
import java.time.Duration;
import org.postern.ipc.Deadlines;

/// A connection over TCP.
final class TcpLink implements Link {
    private static final Duration WRITE_PATIENCE = Duration.ofMinutes(5);
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Deadlines.Watched watched;
    private int timeout;

    TcpLink(Socket socket, Deadlines deadlines) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.watched = deadlines.watch(new AsChannel(socket));
    }

    @Override
    public int read(byte[] into, int from, int length, Duration patience) throws IOException {
        int milliseconds = Math.clamp(patience.toMillis(), 1, Integer.MAX_VALUE);
        if (milliseconds != timeout) {
            socket.setSoTimeout(milliseconds);
            timeout = milliseconds;
        }
        return in.read(into, from, length);
    }

    @Override
    public boolean hasArrived() throws IOException {
        return in.available() > 0;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        watched.in(WRITE_PATIENCE);
        try {
            out.write(bytes, 0, length);
        } finally {
            watched.none();
        }
    }

    @Override
    public void stopHearing() {
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            // It is closed, which serves as well.
        }
    }

    @Override
    public void closeGently() {
        // Closing a socket with unread input resets the connection, and the last reply may be lost.
        try {
            socket.shutdownOutput();
            var rest = new byte[4096];
            long end = System.nanoTime() + FAREWELL.toNanos();
            socket.setSoTimeout((int) FAREWELL.toMillis());
            for (int i = 0; i < 64 && System.nanoTime() < end && in.read(rest) >= 0; i++) {
                // What it still says is not heard any more.
            }
        } catch (IOException e) {
            // It is gone, or has more to say than we listen to.
        }
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing left that could be done for it.
        }
    }

    private record AsChannel(Socket socket) implements Channel {
        @Override
        public boolean isOpen() {
            return !socket.isClosed();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
