package org.postern.front.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.Channel;
import java.time.Duration;
import org.postern.ipc.Deadlines;

/// A connection over TCP.
final class TcpLink implements Link {
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Deadlines.Watched reading;
    private final Deadlines.Watched writing;
    private final Duration writePatience;

    TcpLink(Socket socket, Deadlines deadlines) throws IOException {
        this(socket, deadlines, WRITE_PATIENCE);
    }

    /// The same for a client that is to take what it is told within `writePatience`.
    TcpLink(Socket socket, Deadlines deadlines, Duration writePatience) throws IOException {
        this.socket = socket;
        this.writePatience = writePatience;
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.reading = deadlines.watch(new Input(socket));
        this.writing = deadlines.watch(new Whole(socket));
    }

    @Override
    public int read(byte[] into, int from, int length, Duration patience) throws IOException {
        // Not SO_TIMEOUT: on a virtual thread that starts and cancels a timer for every read.
        reading.in(patience);
        try {
            int count = in.read(into, from, length);
            if (count < 0 && reading.isOver()) {
                throw new SocketTimeoutException("nothing came in time");
            }
            return count;
        } finally {
            reading.none();
        }
    }

    @Override
    public boolean hasArrived() throws IOException {
        return in.available() > 0;
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        writing.in(writePatience);
        try {
            out.write(bytes, 0, length);
        } finally {
            writing.none();
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

    /// The input alone: when it is closed, a last reply can still be written.
    private record Input(Socket socket) implements Channel {
        @Override
        public boolean isOpen() {
            return !socket.isClosed();
        }

        @Override
        public void close() throws IOException {
            socket.shutdownInput();
        }
    }

    private record Whole(Socket socket) implements Channel {
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
