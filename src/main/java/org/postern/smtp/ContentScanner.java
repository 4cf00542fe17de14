package org.postern.smtp;

import java.io.IOException;

/// Finds the end of a message's content after DATA, RFC 5321 section 4.1.1.4, and takes away what
/// is only there for the wire: stuffed dots (RFC 5321 section 4.5.2) and the CR of each line end.
/// Content in chunks (RFC 3030 section 2) has no such end, and no stuffed dots.
///
/// It works on the bytes as they come, in whatever pieces, and gives on what is left in runs, with
/// lines ended by LF. It belongs to one session.
public final class ContentScanner {
    /// The longest line, in octets, without its end.
    public static final int LONGEST_LINE = 65534;

    /// Which line ends are right.
    public enum LineEnds {
        /// Only CR LF ends a line, and only CR LF `.` CR LF ends the content. A CR or LF that
        /// stands alone is content, and noted: [ContentScanner#hasBareLineEnd].
        CRLF,
        /// LF ends a line, with or without a CR before it; a CR elsewhere is content: for programs
        /// of this machine.
        LF_TOO
    }

    /// How content comes.
    public enum Framing {
        /// After DATA: a line with nothing but a dot ends it.
        DOT,
        /// In chunks of lines; [ContentScanner#end] ends it.
        CHUNKS,
        /// In chunks whose octets mean nothing to us once the header is over (BINARYMIME, RFC 3030
        /// section 3); [ContentScanner#end] ends it.
        BINARY_CHUNKS
    }

    /// Takes the content.
    @FunctionalInterface
    public interface Sink {
        /// Takes the bytes from `from` (included) to `to` (excluded), which are the caller's again
        /// when this returns.
        void take(byte[] bytes, int from, int to) throws IOException;
    }

    private enum State {
        LINE_START,
        IN_LINE,
        AFTER_CR,
        AFTER_DOT,
        AFTER_DOT_CR,
        /// Behind the header of binary content.
        RAW,
        OVER
    }

    private static final byte[] CR = {'\r'};

    private final LineEnds lineEnds;
    private final Framing framing;
    private State state = State.LINE_START;
    private long octets;
    private int lineLength;
    private boolean bareLineEnd;
    private boolean nul;
    private boolean longLine;

    /// A scanner that stands before the first line of the content.
    public ContentScanner(LineEnds lineEnds, Framing framing) {
        this.lineEnds = lineEnds;
        this.framing = framing;
    }

    /// A scanner for content after DATA.
    public ContentScanner(LineEnds lineEnds) {
        this(lineEnds, Framing.DOT);
    }

    /// Has the end of the content been seen?
    public boolean isOver() {
        return state == State.OVER;
    }

    /// How many bytes of content were given on.
    public long octets() {
        return octets;
    }

    /// Was there a CR or an LF that is not part of a CR LF, where only those are right? Such
    /// content must not be accepted: servers that disagree about where it ends can be made to take
    /// content for commands.
    public boolean hasBareLineEnd() {
        return bareLineEnd;
    }

    /// Was there a NUL?
    public boolean hasNul() {
        return nul;
    }

    /// Was there a line over [#LONGEST_LINE] octets?
    public boolean hasLongLine() {
        return longLine;
    }

    /// Scans the bytes from `from` to `to`, up to the end of the content if that is among them, and
    /// gives what they hold to `sink`. The bytes are changed: the content is put together in place.
    ///
    /// @return the index after the last byte that was scanned
    public int scan(byte[] bytes, int from, int to, Sink sink) throws IOException {
        int begin = from;
        int write = from;
        int read = from;
        while (read < to && state != State.OVER) {
            if (state == State.RAW) {
                System.arraycopy(bytes, read, bytes, write, to - read);
                write += to - read;
                read = to;
                break;
            }
            if (state == State.IN_LINE) {
                int end = endOfRun(bytes, read, to);
                int length = end - read;
                if (write != read) {
                    System.arraycopy(bytes, read, bytes, write, length);
                }
                write += length;
                lineLength += length;
                read = end;
                if (read == to) {
                    break;
                }
            }
            if (isStrayCr(bytes[read])) {
                give(bytes, begin, write, sink);
                strayCr(sink);
                begin = read;
                write = read;
            }
            write = step(bytes, read, write);
            read++;
        }
        give(bytes, begin, write, sink);
        return read;
    }

    /// There is no more; gives what was kept back. For content in chunks.
    public void end(Sink sink) throws IOException {
        if (state == State.AFTER_CR) {
            strayCr(sink);
        }
        longLine |= lineLength > LONGEST_LINE;
        state = State.OVER;
    }

    private void give(byte[] bytes, int from, int to, Sink sink) throws IOException {
        if (to > from) {
            octets += to - from;
            sink.take(bytes, from, to);
        }
    }

    /// The first byte from `from` on that is not plain content.
    private static int endOfRun(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '\n' || b == '\r' || b == 0) {
                return i;
            }
        }
        return to;
    }

    /// Was the last byte a CR, and is `next` not the LF that belongs to it?
    private boolean isStrayCr(byte next) {
        return (state == State.AFTER_CR || state == State.AFTER_DOT_CR) && next != '\n';
    }

    /// The CR that was kept back is content after all.
    private void strayCr(Sink sink) throws IOException {
        bareLineEnd |= lineEnds == LineEnds.CRLF;
        lineLength++;
        state = State.IN_LINE;
        give(CR, 0, 1, sink);
    }

    /// Takes the byte at `read`, putting what it means at `write`; the new `write`.
    private int step(byte[] bytes, int read, int write) {
        byte b = bytes[read];
        switch (b) {
            case '\n' -> {
                return lineFeed(bytes, write);
            }
            case '\r' -> {
                state = state == State.AFTER_DOT ? State.AFTER_DOT_CR : State.AFTER_CR;
                return write;
            }
            case '.' -> {
                if (state == State.LINE_START && framing == Framing.DOT) {
                    state = State.AFTER_DOT;
                    return write;
                }
            }
            case 0 -> nul = true;
            default -> {}
        }
        state = State.IN_LINE;
        bytes[write] = b;
        lineLength++;
        return write + 1;
    }

    private int lineFeed(byte[] bytes, int write) {
        boolean afterCr = state == State.AFTER_CR || state == State.AFTER_DOT_CR;
        if (!afterCr && lineEnds == LineEnds.CRLF) {
            bareLineEnd = true;
            state = State.IN_LINE;
        } else if (state == State.AFTER_DOT || state == State.AFTER_DOT_CR) {
            state = State.OVER;
            return write;
        } else if (framing == Framing.BINARY_CHUNKS && lineLength == 0) {
            state = State.RAW;
        } else {
            state = State.LINE_START;
        }
        longLine |= lineLength > LONGEST_LINE;
        lineLength = 0;
        bytes[write] = '\n';
        return write + 1;
    }
}
