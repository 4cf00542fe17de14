package org.postern.front.relay;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.postern.ipc.Deadlines;
import org.postern.tls.Agreement;
import org.postern.tls.Outbound;

/// The connection to a next hop: lines and content go out, replies come in, in clear or through
/// TLS. Belongs to one thread at a time. Holds its buffers only while something is being said.
final class Wire implements Closeable, DotStuffer.Sink {
    private static final int LONGEST_LINE = 2048;
    private static final int MOST_LINES = 128;
    private static final int LONGEST_REPLY = 32 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /// The bytes of a connection, as they are or through TLS.
    private sealed interface Pipe {
        record Clear(SocketChannel channel) implements Pipe {}

        record Tls(SSLSocket socket) implements Pipe {}
    }

    private final SocketChannel channel;
    private final Deadlines.Watched deadline;
    private Pipe pipe;
    private ByteBuffer in = NOTHING;
    private ByteBuffer out = NOTHING;
    private Duration blockPatience = Duration.ofMinutes(3);
    private final List<Witness> witnesses = new ArrayList<>(0);

    private Wire(SocketChannel channel, Deadlines.Watched deadline) {
        this.channel = channel;
        this.deadline = deadline;
        this.pipe = new Pipe.Clear(channel);
    }

    /// Connects to `to` from `from`, within `patience`.
    ///
    /// @throws PeerLost if it cannot; the cause says why
    static Wire connect(Source from, SocketAddress to, Duration patience, Deadlines deadlines)
            throws PeerLost {
        SocketChannel channel;
        try {
            channel =
                    switch (to) {
                        case UnixDomainSocketAddress _ ->
                                SocketChannel.open(StandardProtocolFamily.UNIX);
                        default -> SocketChannel.open();
                    };
        } catch (IOException e) {
            throw new PeerLost("Connection failed: " + e.getMessage(), e);
        }
        var deadline = deadlines.watch(channel);
        deadline.in(patience);
        try {
            if (to instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            if (from instanceof Source.Address(var address)) {
                channel.bind(new InetSocketAddress(address, 0));
            }
            channel.connect(to);
            return new Wire(channel, deadline);
        } catch (IOException | RuntimeException e) {
            closeQuietly(channel);
            throw new PeerLost(
                    deadline.isOver()
                            ? "Connection timeout"
                            : "Connection failed: " + e.getMessage(),
                    e);
        } finally {
            deadline.none();
        }
    }

    /// Our own end of the connection as a key, or `-` if it has none.
    String localAddress() {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress inet
                    ? Stop.key(inet.getAddress())
                    : "-";
        } catch (IOException e) {
            return "-";
        }
    }

    /// Sees all lines that are said or heard, but no content.
    interface Witness {
        /// We say a line.
        void said(String line);

        /// The other end has said one.
        void heard(String line);

        /// The other end has taken too long.
        void timedOut();
    }

    /// What is said and heard is shown to `other`, too, from now on.
    void follow(Witness other) {
        witnesses.add(other);
    }

    /// Our own end of the connection, if it has one.
    Optional<SocketAddress> ourEnd() {
        try {
            return Optional.ofNullable(channel.getLocalAddress());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// How long each part of the content may take to be sent from now on.
    void allowForBlocks(Duration patience) {
        blockPatience = patience;
    }

    /// Adds a command to what goes out, in UTF-8; `line` has no end, and holds no control
    /// characters.
    void say(String line) throws PeerLost {
        witnesses.forEach(witness -> witness.said(line));
        put(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        put((byte) '\r');
        put((byte) '\n');
    }

    @Override
    public void put(byte one) throws PeerLost {
        room();
        out.put(one);
    }

    @Override
    public void put(ByteBuffer bytes) throws PeerLost {
        while (bytes.hasRemaining()) {
            room();
            int length = Math.min(bytes.remaining(), out.remaining());
            out.put(bytes.slice(bytes.position(), length));
            bytes.position(bytes.position() + length);
        }
    }

    private void room() throws PeerLost {
        if (out.capacity() == 0) {
            out = ByteBuffer.allocate(16 * 1024);
        } else if (!out.hasRemaining()) {
            flush();
        }
    }

    /// Sends what was said.
    void flush() throws PeerLost {
        out.flip();
        deadline.in(blockPatience);
        try {
            switch (pipe) {
                case Pipe.Clear(var clear) -> {
                    while (out.hasRemaining()) {
                        clear.write(out);
                    }
                }
                case Pipe.Tls(var socket) ->
                        socket.getOutputStream().write(out.array(), 0, out.limit());
            }
        } catch (IOException e) {
            throw lost(e);
        } finally {
            deadline.none();
            out.clear();
        }
    }

    /// Is there something that we did not ask for?
    boolean hasUnread() {
        return in.hasRemaining();
    }

    /// Sends what was said and waits for a whole reply, at most `patience`.
    PeerReply reply(Duration patience) throws PeerLost {
        if (out.position() > 0) {
            flush();
        }
        if (in.capacity() == 0) {
            in = ByteBuffer.allocate(4096).limit(0);
        }
        deadline.in(patience);
        try {
            return readReply();
        } catch (PeerLost e) {
            throw e;
        } catch (IOException e) {
            throw lost(e);
        } finally {
            deadline.none();
        }
    }

    private PeerReply readReply() throws IOException {
        var lines = new ArrayList<String>();
        int length = 0;
        int code = 0;
        while (lines.size() < MOST_LINES && length < LONGEST_REPLY) {
            var line = line();
            witnesses.forEach(witness -> witness.heard(line));
            length += line.length();
            int ofLine = code(line);
            if (code != 0 && ofLine != code) {
                throw new PeerLost("Bad response: codes differ within one reply");
            }
            code = ofLine;
            lines.add(line.length() > 4 ? line.substring(4) : "");
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return new PeerReply(code, lines);
            }
        }
        throw new PeerLost("Input too long");
    }

    private static int code(String line) throws PeerLost {
        boolean good =
                line.length() >= 3
                        && line.charAt(0) >= '2'
                        && line.charAt(0) <= '5'
                        && isDigit(line.charAt(1))
                        && isDigit(line.charAt(2))
                        && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
        if (!good) {
            var shown = line.length() > 100 ? line.substring(0, 100) : line;
            throw new PeerLost("Bad response: " + org.postern.mail.Outcome.line(shown));
        }
        return Integer.parseInt(line.substring(0, 3));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// The next line without its end, which is LF or CRLF.
    private String line() throws IOException {
        int from = 0;
        while (true) {
            for (int i = from; i < in.remaining(); i++) {
                if (in.get(in.position() + i) == '\n') {
                    return take(i);
                }
            }
            from = in.remaining();
            if (from >= LONGEST_LINE) {
                throw new PeerLost("Input too long");
            }
            in.compact();
            int got;
            try {
                got = read();
            } finally {
                in.flip();
            }
            if (got < 0) {
                throw new PeerLost("Connection closed unexpectedly");
            }
        }
    }

    private String take(int length) throws PeerLost {
        if (length >= LONGEST_LINE) {
            throw new PeerLost("Input too long");
        }
        var bytes = new byte[length];
        in.get(bytes).get();
        int end = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    private int read() throws IOException {
        return switch (pipe) {
            case Pipe.Clear(var clear) -> clear.read(in);
            case Pipe.Tls(var socket) -> {
                int got = socket.getInputStream().read(in.array(), in.position(), in.remaining());
                if (got > 0) {
                    in.position(in.position() + got);
                }
                yield got;
            }
        };
    }

    private PeerLost lost(IOException e) {
        if (deadline.isOver()) {
            witnesses.forEach(Witness::timedOut);
            return new PeerLost("Connection timeout", e);
        }
        var text = String.valueOf(e.getMessage());
        return text.contains("reset") || text.contains("Broken pipe")
                ? new PeerLost("Connection closed unexpectedly", e)
                : new PeerLost("IO Error: " + text, e);
    }

    /// Goes on through TLS. Nothing may have been read that was not asked for.
    ///
    /// @throws PeerLost if the handshake fails; the connection is closed
    Agreement startTls(Outbound tls, String host, int port, Outbound.Trust trust, Duration patience)
            throws PeerLost {
        deadline.in(patience);
        try {
            var socket = tls.secure(channel.socket(), host, port, trust);
            pipe = new Pipe.Tls(socket);
            return Outbound.agreement(socket);
        } catch (IOException e) {
            close();
            if (deadline.isOver()) {
                witnesses.forEach(Witness::timedOut);
            }
            throw new PeerLost(
                    deadline.isOver() ? "Connection timeout" : "TLS failed: " + e.getMessage(), e);
        } finally {
            deadline.none();
        }
    }

    /// Gives the buffers back: nothing will be said for a while.
    void rest() {
        in = NOTHING;
        out = NOTHING;
    }

    /// Closes the connection at once.
    @Override
    public void close() {
        deadline.none();
        closeQuietly(channel);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Whether closing succeeds makes no difference to anyone.
        }
    }
}
