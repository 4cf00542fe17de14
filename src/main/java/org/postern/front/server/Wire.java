package org.postern.front.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.postern.front.server.Hangup.Cause;
import org.postern.mail.Chunk;
import org.postern.smtp.ContentScanner;
import org.postern.smtp.ContentScanner.LineEnds;

/// The lines of a session: what came and was not taken yet, and the replies that were not sent yet.
///
/// Replies go out when there is nothing left to read, so that a batch of pipelined commands is
/// answered by one write (RFC 2920 section 3.2). While it waits for the client's next line a
/// session holds a few hundred bytes; buffers grow when something comes and are let go afterwards.
final class Wire {
    /// The longest command line, in octets, without its end.
    static final int LONGEST_COMMAND = 2047;

    /// The longest line of an authentication exchange (RFC 4954 section 4).
    static final int LONGEST_AUTH = 12_288;

    private static final int IDLE_BUFFER = 256;
    private static final int CONTENT_BUFFER = 8 * 1024;
    private static final int LARGEST_BUFFER = 64 * 1024;
    private static final int MOST_UNSENT = 16 * 1024;

    /// The first byte of a TLS handshake (RFC 8446 section 5.1), and of no command. Who sends it
    /// waits for an answer that never comes.
    private static final byte TLS_RECORD = 0x16;

    private static final byte[] NOTHING = new byte[0];

    private Link link;
    private final LineEnds lineEnds;
    private byte[] in = NOTHING;
    private int start;
    private int end;
    private byte[] out = NOTHING;
    private int unsent;
    private Tracing tracing = Tracing.NONE;

    Wire(Link link, LineEnds lineEnds) {
        this.link = link;
        this.lineEnds = lineEnds;
    }

    /// The next command line, without its end, one character for each byte.
    ///
    /// @param patience how long the whole line may take to come
    /// @throws Hangup if what came is not a line of SMTP, such as an LF without its CR
    /// @throws SocketTimeoutException if it did not come in time
    /// @throws EOFException if the client has ended the connection
    String line(Duration patience) throws IOException, Hangup {
        return line(patience, LONGEST_COMMAND);
    }

    /// The client's next line in an authentication exchange, as [#line].
    String response(Duration patience) throws IOException, Hangup {
        return line(patience, LONGEST_AUTH);
    }

    private String line(Duration patience, int longest) throws IOException, Hangup {
        long due = System.nanoTime() + patience.toNanos();
        int seen = start;
        while (true) {
            if (start < end && in[start] == TLS_RECORD) {
                throw new Hangup(Cause.BAD_INPUT, Replies.NOT_TLS);
            }
            int lineFeed = indexOf((byte) '\n', seen);
            if (lineFeed >= 0) {
                return take(lineFeed, allowed(longest));
            }
            if (end - start > allowed(longest) + 1) {
                throw new Hangup(Cause.BAD_INPUT, Replies.LINE_TOO_LONG);
            }
            int searched = end - start;
            fill(Duration.ofNanos(due - System.nanoTime()), IDLE_BUFFER);
            seen = start + searched;
        }
    }

    /// AUTH may bring the first response with it.
    private int allowed(int longest) {
        return end - start >= 5
                        && new String(in, start, 5, StandardCharsets.ISO_8859_1)
                                .equalsIgnoreCase("AUTH ")
                ? LONGEST_AUTH
                : longest;
    }

    private String take(int lineFeed, int longest) throws Hangup {
        int last = lineFeed;
        if (last > start && in[last - 1] == '\r') {
            last--;
        } else if (lineEnds == LineEnds.CRLF) {
            throw new Hangup(Cause.BAD_INPUT, Replies.BARE_LINE_END);
        }
        if (last - start > longest) {
            throw new Hangup(Cause.BAD_INPUT, Replies.LINE_TOO_LONG);
        }
        for (int i = start; i < last; i++) {
            if (in[i] == 0) {
                throw new Hangup(Cause.BAD_INPUT, Replies.NUL);
            }
            if (in[i] == '\r') {
                throw new Hangup(Cause.BAD_INPUT, Replies.BARE_LINE_END);
            }
        }
        var line = new String(in, start, last - start, StandardCharsets.ISO_8859_1);
        start = lineFeed + 1;
        return line;
    }

    /// What is said and how much comes and goes is told to `witness` from now on.
    void follow(Tracing witness) {
        tracing = witness;
    }

    /// Speaks over `next` from now on; whatever came and was not taken is forgotten.
    void goesOver(Link next) {
        link = next;
        in = NOTHING;
        start = 0;
        end = 0;
        out = NOTHING;
        unsent = 0;
    }

    /// Has the client already sent more than was taken?
    boolean hasMore() throws IOException {
        return start < end || link.hasArrived();
    }

    /// Gives what is there to `scanner`; waits for more, at most `patience`, if nothing is.
    void content(ContentScanner scanner, ContentScanner.Sink sink, Duration patience)
            throws IOException {
        if (start == end) {
            fill(patience, CONTENT_BUFFER);
        }
        start = scanner.scan(in, start, end, sink);
    }

    /// Gives what is there to `sink`, but not more than `most` bytes, at least 1; waits for more,
    /// at most `patience`, if nothing is.
    ///
    /// @return how many bytes it gave
    int octets(long most, ContentScanner.Sink sink, Duration patience) throws IOException {
        if (start == end) {
            fill(patience, CONTENT_BUFFER);
        }
        int count = (int) Math.min(most, end - start);
        sink.take(in, start, start + count);
        start += count;
        return count;
    }

    /// Waits for more input, having sent what was to be sent.
    private void fill(Duration patience, int least) throws IOException {
        flush();
        makeRoom(least);
        if (patience.isNegative() || patience.isZero()) {
            throw new SocketTimeoutException("the line did not come in time");
        }
        int count = link.read(in, end, in.length - end, patience);
        if (count < 0) {
            throw new EOFException("the client has ended the connection");
        }
        tracing.read(count);
        end += count;
    }

    /// Makes the buffer larger if the last read filled it, and small when there is only waiting.
    private void makeRoom(int least) {
        int length = end - start;
        int size = Math.max(in.length, least);
        if (end == in.length && end > 0) {
            size = Math.max(size, Math.min(in.length * 2, LARGEST_BUFFER));
        } else if (length == 0 && least == IDLE_BUFFER) {
            size = IDLE_BUFFER;
        }
        var roomier = size == in.length ? in : new byte[size];
        System.arraycopy(in, start, roomier, 0, length);
        in = roomier;
        start = 0;
        end = length;
    }

    private int indexOf(byte wanted, int from) {
        for (int i = from; i < end; i++) {
            if (in[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /// Adds `bytes` to what is to be sent.
    void say(Chunk bytes) throws IOException {
        tracing.said(bytes);
        int length = bytes.length();
        if (unsent + length > out.length) {
            out = Arrays.copyOf(out, Math.max(IDLE_BUFFER, unsent + length * 2));
        }
        bytes.putInto(java.nio.ByteBuffer.wrap(out, unsent, length));
        unsent += length;
        if (unsent > MOST_UNSENT) {
            flush();
        }
    }

    /// Sends what is to be sent.
    void flush() throws IOException {
        if (unsent > 0) {
            int length = unsent;
            unsent = 0;
            link.write(out, length);
            tracing.wrote(length);
            if (out.length > IDLE_BUFFER) {
                out = NOTHING;
            }
        }
    }

    /// Ends the connection.
    void close() {
        link.close();
    }

    /// Ends the connection when the client has had time to read what was sent last.
    void closeGently() {
        link.closeGently();
    }
}
