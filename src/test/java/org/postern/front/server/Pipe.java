package org.postern.front.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/// A connection in memory: the server's end is a [Link], the client's end is methods.
final class Pipe implements Link {
    private static final byte[] END = new byte[0];
    private static final byte[] SILENCE = new byte[0];

    private final BlockingQueue<byte[]> toServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> toClient = new LinkedBlockingQueue<>();
    private final IntSupplier pieceLimit;
    private byte[] current = END;
    private int taken;
    private boolean ended;
    private volatile int writes;

    /// A pipe whose reads give at most `pieceLimit` bytes.
    Pipe(int pieceLimit) {
        this(() -> pieceLimit);
    }

    /// The same with another limit for each read.
    Pipe(IntSupplier pieceLimit) {
        this.pieceLimit = pieceLimit;
    }

    /// The client sends `bytes`.
    void send(byte[] bytes) {
        if (bytes.length > 0) {
            toServer.add(bytes);
        }
    }

    /// The client ends its side.
    void end() {
        toServer.add(END);
    }

    /// The client says nothing more: once the server has heard everything, its patience ends at
    /// once.
    void fallSilent() {
        toServer.add(SILENCE);
    }

    /// The client's end as a link.
    Link client() {
        return new ClientEnd();
    }

    /// It belongs to the thread of the test.
    private final class ClientEnd implements Link {
        private final InputStream in = received();

        @Override
        public int read(byte[] into, int from, int length, Duration patience) throws IOException {
            int one = in.read();
            if (one >= 0) {
                into[from] = (byte) one;
            }
            return one < 0 ? -1 : 1;
        }

        @Override
        public boolean hasArrived() {
            return false;
        }

        @Override
        public void write(byte[] bytes, int length) {
            send(java.util.Arrays.copyOf(bytes, length));
        }

        @Override
        public void stopHearing() {
            end();
        }

        @Override
        public void closeGently() {
            end();
        }

        @Override
        public void close() {
            end();
        }
    }

    /// How often the server has written.
    int writes() {
        return writes;
    }

    /// What the server sends.
    InputStream received() {
        return new InputStream() {
            private byte[] piece = END;
            private int at;
            private boolean over;

            @Override
            public int read() throws IOException {
                while (at == piece.length) {
                    if (over) {
                        return -1;
                    }
                    try {
                        var next = toClient.poll(60, TimeUnit.SECONDS);
                        if (next == null) {
                            throw new SocketTimeoutException("the server says nothing");
                        }
                        piece = next;
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    at = 0;
                    over = piece.length == 0;
                }
                return piece[at++] & 255;
            }
        };
    }

    @Override
    public int read(byte[] into, int from, int length, Duration patience) throws IOException {
        if (taken == current.length && !next()) {
            return -1;
        }
        int count = Math.min(Math.min(length, pieceLimit.getAsInt()), current.length - taken);
        System.arraycopy(current, taken, into, from, count);
        taken += count;
        return count;
    }

    private boolean next() throws IOException {
        if (ended) {
            return false;
        }
        try {
            var piece = toServer.poll(60, TimeUnit.SECONDS);
            if (piece == null) {
                throw new SocketTimeoutException("the test says nothing");
            }
            if (piece == SILENCE) {
                toServer.add(SILENCE);
                throw new SocketTimeoutException("silence");
            }
            current = piece;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        taken = 0;
        ended = current.length == 0;
        return !ended;
    }

    @Override
    public boolean hasArrived() {
        return taken < current.length;
    }

    @Override
    public void write(byte[] bytes, int length) {
        writes++;
        toClient.add(java.util.Arrays.copyOf(bytes, length));
    }

    @Override
    public void stopHearing() {
        toServer.add(END);
    }

    @Override
    public void closeGently() {
        close();
    }

    @Override
    public void close() {
        toClient.add(END);
    }
}
