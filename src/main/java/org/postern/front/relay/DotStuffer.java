package org.postern.front.relay;

import java.nio.ByteBuffer;

/// Puts content in its form for the wire (RFC 5321 section 4.5.2): lines end in CRLF, a dot that
/// begins a line is doubled, a missing last line end is added.
///
/// A CR goes out only before an LF, and an LF only after a CR: a CR that stands alone becomes a
/// space, so that nobody downstream can take it for the end of a line.
final class DotStuffer implements Load.Vessel {
    /// Takes the bytes for the wire.
    interface Sink {
        /// Takes one byte.
        void put(byte one) throws PeerLost;

        /// Takes what remains in `bytes`.
        void put(ByteBuffer bytes) throws PeerLost;
    }

    private final Sink sink;
    private boolean atLineStart = true;
    private boolean afterCr;

    DotStuffer(Sink sink) {
        this.sink = sink;
    }

    /// Passes on more content, all that remains in `content`.
    @Override
    public void feed(ByteBuffer content) throws PeerLost {
        while (content.hasRemaining()) {
            int end = endOfText(content);
            if (end > content.position()) {
                text(content.slice(content.position(), end - content.position()));
                content.position(end);
            } else if (content.get() == '\n') {
                endLine();
            } else {
                replaceCr();
                afterCr = true;
            }
        }
    }

    private static int endOfText(ByteBuffer content) {
        int limit = content.limit();
        for (int i = content.position(); i < limit; i++) {
            byte b = content.get(i);
            if (b == '\n' || b == '\r') {
                return i;
            }
        }
        return limit;
    }

    private void text(ByteBuffer text) throws PeerLost {
        replaceCr();
        if (atLineStart && text.get(0) == '.') {
            sink.put((byte) '.');
        }
        atLineStart = false;
        sink.put(text);
    }

    private void replaceCr() throws PeerLost {
        if (afterCr) {
            afterCr = false;
            atLineStart = false;
            sink.put((byte) ' ');
        }
    }

    private void endLine() throws PeerLost {
        afterCr = false;
        atLineStart = true;
        sink.put((byte) '\r');
        sink.put((byte) '\n');
    }

    /// Ends the content: the last line, and the dot.
    void end() throws PeerLost {
        replaceCr();
        if (!atLineStart) {
            endLine();
        }
        sink.put((byte) '.');
        endLine();
    }
}
