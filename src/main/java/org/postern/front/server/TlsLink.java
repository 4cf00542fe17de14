package org.postern.front.server;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postern.tls.Agreement;
import org.postern.tls.ChannelBindings;

/// A connection that is protected by TLS, over another link. Before its handshake, and after one
/// that failed, nothing can be sent.
///
/// While it waits for the client it holds a few hundred bytes; buffers for whole records come and
/// go with the records.
final class TlsLink implements Link {
    private static final byte[] NOTHING = new byte[0];
    private static final ByteBuffer EMPTY = ByteBuffer.wrap(NOTHING);

    /// The header of a record (RFC 8446 section 5.1).
    private static final int HEADER = 5;

    /// The longest record, with its header.
    private static final int LONGEST = HEADER + 16 * 1024 + 2048;

    /// How much longer than its content a short record is.
    private static final int OVERHEAD = 64;

    /// What a ClientHello takes, most often; whoever connects and says nothing costs no more.
    private static final int GREETING = 512;

    private final Link link;

    /// Null until the handshake.
    private @Nullable SSLEngine engine;

    private boolean established;
    private ChannelBindings bindings = ChannelBindings.none();

    /// Encrypted bytes that came.
    private byte[] in = NOTHING;

    private int start;
    private int end;

    /// Decrypted bytes that were not taken yet.
    private ByteBuffer plain = EMPTY;

    TlsLink(Link link) {
        this.link = link;
    }

    private SSLEngine engine() throws IOException {
        if (engine == null) {
            throw new IOException("there is no TLS yet");
        }
        return engine;
    }

    /// Shakes hands as `side` of the connection, within `patience`.
    ///
    /// @throws IOException if that fails; the client has been told why, if it can be
    Agreement shakeHands(SSLEngine side, Duration patience) throws IOException {
        engine = side;
        long due = System.nanoTime() + patience.toNanos();
        try {
            side.beginHandshake();
            var out = EMPTY;
            boolean over = false;
            while (!over) {
                switch (side.getHandshakeStatus()) {
                    case NEED_TASK -> runTasks(side);
                    case NEED_WRAP -> {
                        if (out.capacity() == 0) {
                            out = ByteBuffer.allocate(2 * side.getSession().getPacketBufferSize());
                        }
                        encrypt(side, EMPTY, out);
                    }
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        send(out);
                        out = EMPTY; // nothing is held while a client makes us wait
                        step(side, due, GREETING);
                    }
                    case FINISHED, NOT_HANDSHAKING -> over = true;
                }
            }
            bindings = ChannelBindings.of(side.getSession());
            // Before the client can know it: no other connection resumes this session.
            side.getSession().invalidate();
            send(out);
        } catch (SSLException e) {
            sayWhy(side);
            throw e;
        }
        if (side.isInboundDone() || side.isOutboundDone()) {
            throw new EOFException("the other side has ended the handshake");
        }
        established = true;
        return Agreement.of(side.getSession());
    }

    /// What the handshake has bound the connection to.
    ChannelBindings bindings() {
        return bindings;
    }

    private static void runTasks(SSLEngine side) {
        for (var task = side.getDelegatedTask(); task != null; task = side.getDelegatedTask()) {
            task.run(); // on the thread of the session: there is nothing else that it could do
        }
    }

    /// Sends the alert that tells the other side what is wrong, if there is one.
    private void sayWhy(SSLEngine side) {
        try {
            var out = ByteBuffer.allocate(side.getSession().getPacketBufferSize());
            if (side.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                side.wrap(EMPTY, out);
                send(out);
            }
        } catch (IOException e) {
            // The failure itself is what counts.
        }
    }

    @Override
    public int read(byte[] into, int from, int length, Duration patience) throws IOException {
        var side = engine();
        long due = System.nanoTime() + patience.toNanos();
        while (!plain.hasRemaining()) {
            if (side.isInboundDone()) {
                return -1;
            }
            try {
                step(side, due, length + OVERHEAD);
            } catch (EOFException e) {
                return -1;
            } catch (SSLException e) {
                sayWhy(side);
                throw e;
            }
            tidy(side);
        }
        int count = Math.min(length, plain.remaining());
        plain.get(into, from, count);
        return count;
    }

    /// What the other side asks for between the bytes of its application (RFC 8446 section 4.6).
    private void tidy(SSLEngine side) throws IOException {
        var out = EMPTY;
        while (!side.isInboundDone()) {
            switch (side.getHandshakeStatus()) {
                case NEED_TASK -> runTasks(side);
                case NEED_WRAP -> {
                    if (out.capacity() == 0) {
                        out = ByteBuffer.allocate(side.getSession().getPacketBufferSize());
                    }
                    encrypt(side, EMPTY, out);
                    send(out);
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    /// Decrypts a record, or waits for more of it.
    ///
    /// @throws EOFException if no more comes
    private void step(SSLEngine side, long due, int atOnce) throws IOException {
        var from = ByteBuffer.wrap(in, start, end - start);
        var to = ByteBuffer.allocate(end - start);
        var result = side.unwrap(from, to);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            to = ByteBuffer.allocate(side.getSession().getApplicationBufferSize());
            result = side.unwrap(from, to);
        }
        start = from.position();
        switch (result.getStatus()) {
            case OK, CLOSED -> plain = to.flip();
            case BUFFER_UNDERFLOW -> fill(due, atOnce);
            case BUFFER_OVERFLOW -> throw new SSLException("a record of more than is allowed");
        }
    }

    private void fill(long due, int atOnce) throws IOException {
        int length = end - start;
        int wanted = Math.min(atOnce, LONGEST);
        if (length >= HEADER) {
            int body = (in[start + 3] & 255) << 8 | (in[start + 4] & 255);
            wanted = Math.min(HEADER + body, LONGEST);
        }
        if (length == 0) {
            plain = EMPTY;
            in = new byte[wanted];
        } else if (start + wanted > in.length || end == in.length) {
            var roomier = new byte[Math.max(wanted, length + 1)];
            System.arraycopy(in, start, roomier, 0, length);
            in = roomier;
        } else {
            System.arraycopy(in, start, in, 0, length);
        }
        start = 0;
        end = length;
        var left = Duration.ofNanos(due - System.nanoTime());
        if (left.isNegative() || left.isZero()) {
            throw new java.net.SocketTimeoutException("nothing came in time");
        }
        int count = link.read(in, end, in.length - end, left);
        if (count < 0) {
            throw new EOFException("the other side has ended the connection");
        }
        end += count;
    }

    @Override
    public boolean hasArrived() throws IOException {
        return plain.hasRemaining() || start < end || link.hasArrived();
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        var side = engine();
        if (!established) {
            throw new IOException("the handshake is not over");
        }
        var from = ByteBuffer.wrap(bytes, 0, length);
        var out = ByteBuffer.allocate(side.getSession().getPacketBufferSize());
        while (from.hasRemaining()) {
            encrypt(side, from, out);
            send(out);
        }
    }

    private void encrypt(SSLEngine side, ByteBuffer from, ByteBuffer to) throws IOException {
        if (to.remaining() < side.getSession().getPacketBufferSize()) {
            send(to);
        }
        if (side.wrap(from, to).getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("the connection is closed");
        }
    }

    private void send(ByteBuffer out) throws IOException {
        if (out.position() > 0) {
            var bytes = new byte[out.position()];
            out.flip().get(bytes);
            out.clear();
            link.write(bytes, bytes.length);
        }
    }

    @Override
    public void stopHearing() {
        link.stopHearing();
    }

    @Override
    public void closeGently() {
        sayGoodbye();
        link.closeGently();
    }

    @Override
    public void close() {
        sayGoodbye();
        link.close();
    }

    /// Tells the other side that nothing was cut off (RFC 8446 section 6.1).
    private void sayGoodbye() {
        if (engine != null && established) {
            try {
                engine.closeOutbound();
                var out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
                engine.wrap(EMPTY, out);
                send(out);
            } catch (IOException e) {
                // It does not listen any more.
            }
        }
    }
}
