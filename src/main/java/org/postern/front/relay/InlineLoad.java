package org.postern.front.relay;

import java.nio.ByteBuffer;
import org.postern.mail.Chunk;

/// A content that came with the work.
final class InlineLoad implements Load {
    private final Chunk header;
    private final Chunk content;

    /// `content` with `header` before it.
    InlineLoad(Chunk header, Chunk content) {
        this.header = header;
        this.content = content;
    }

    @Override
    public long length() {
        return (long) header.length() + content.length();
    }

    @Override
    public long declaredLength() {
        return length() + lineEnds(header.buffer()) + lineEnds(content.buffer());
    }

    private static long lineEnds(ByteBuffer bytes) {
        long count = 0;
        while (bytes.hasRemaining()) {
            if (bytes.get() == '\n') {
                count++;
            }
        }
        return count;
    }

    @Override
    public boolean mayHoldEightBit() {
        var bytes = content.buffer();
        while (bytes.hasRemaining()) {
            if (bytes.get() < 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void pour(Vessel into) throws PeerLost {
        into.feed(header.buffer());
        into.feed(content.buffer());
    }
}
