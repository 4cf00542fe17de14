package org.postern.front.relay;

import java.nio.ByteBuffer;
import java.util.Optional;

/// Sends binary content in chunks (BDAT, RFC 3030 section 2): the lines of the header end in CR LF
/// again, what is behind them goes out as it is.
///
/// The next chunk is sent when the one before it was taken. Once one is refused nothing more goes
/// out.
final class BinaryChunks implements Load.Vessel {
    private static final int SIZE = 64 * 1024;

    private final Wire wire;
    private final Timeouts timeouts;
    private final ByteBuffer gathered = ByteBuffer.allocate(SIZE);
    private Optional<PeerReply> refusal = Optional.empty();
    private boolean inHeader = true;
    private boolean atLineStart = true;

    BinaryChunks(Wire wire, Timeouts timeouts) {
        this.wire = wire;
        this.timeouts = timeouts;
    }

    @Override
    public void feed(ByteBuffer content) throws PeerLost {
        while (inHeader && content.hasRemaining()) {
            byte b = content.get();
            if (b == '\n') {
                put((byte) '\r');
                inHeader = !atLineStart;
            }
            atLineStart = b == '\n';
            put(b);
        }
        while (content.hasRemaining()) {
            makeRoom();
            int count = Math.min(content.remaining(), gathered.remaining());
            gathered.put(content.slice(content.position(), count));
            content.position(content.position() + count);
        }
    }

    private void put(byte one) throws PeerLost {
        makeRoom();
        gathered.put(one);
    }

    private void makeRoom() throws PeerLost {
        if (gathered.hasRemaining()) {
            return;
        }
        if (refusal.isEmpty()) {
            send("");
            var reply = wire.reply(timeouts.dot());
            refusal = reply.isPositive() ? Optional.empty() : Optional.of(reply);
        }
        gathered.clear();
    }

    private void send(String mark) throws PeerLost {
        gathered.flip();
        wire.say("BDAT " + gathered.remaining() + mark);
        wire.put(gathered);
    }

    /// Sends the last chunk, unless one before it was refused: then that reply is to all. Else the
    /// replies are still to come.
    Optional<PeerReply> end() throws PeerLost {
        if (refusal.isEmpty()) {
            send(" LAST");
        }
        return refusal;
    }
}
