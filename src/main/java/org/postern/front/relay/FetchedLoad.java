package org.postern.front.relay;

import java.io.IOException;
import java.time.Duration;
import org.postern.ipc.Conversation;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;

/// A content that the queue sends piece by piece each time a next hop is ready for it; never held
/// whole.
final class FetchedLoad implements Load {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Chunk header;
    private final long length;
    private final Conversation<Work, Work.Assignment> queue;
    private boolean last;

    /// `length` bytes still to be fetched from `queue`, with `header` before them.
    FetchedLoad(Chunk header, long length, Conversation<Work, Work.Assignment> queue) {
        this.header = header;
        this.length = length;
        this.queue = queue;
    }

    @Override
    public long length() {
        return header.length() + length;
    }

    /// One line end for 32 bytes, as nobody has counted them.
    @Override
    public long declaredLength() {
        return length() + length() / 32;
    }

    @Override
    public boolean mayHoldEightBit() {
        return true;
    }

    @Override
    public void pour(Vessel into) throws IOException {
        last = false;
        queue.say(new Work.Fetch());
        boolean taken = false;
        try {
            into.feed(header.buffer());
            while (!pourOne(into)) {}
            taken = true;
        } catch (PeerLost e) {
            drain();
            taken = true;
            throw e;
        } finally {
            if (!taken) {
                queue.close();
            }
        }
    }

    /// Pours one piece; was it the last?
    private boolean pourOne(Vessel into) throws IOException {
        return switch (queue.hear(PATIENCE)) {
            case Work.Assignment.Piece(var bytes) -> {
                into.feed(bytes.buffer());
                yield false;
            }
            case Work.Assignment.LastPiece(var bytes) -> {
                last = true;
                into.feed(bytes.buffer());
                yield true;
            }
            case Work.Assignment.Try _ -> throw outOfTurn();
        };
    }

    /// Hears what is left, so that the conversation can go on although the next hop is gone.
    private void drain() throws IOException {
        while (!last) {
            last =
                    switch (queue.hear(PATIENCE)) {
                        case Work.Assignment.Piece _ -> false;
                        case Work.Assignment.LastPiece _ -> true;
                        case Work.Assignment.Try _ -> throw outOfTurn();
                    };
        }
    }

    private static IOException outOfTurn() {
        return new IOException("the queue handed out work instead of content");
    }
}
