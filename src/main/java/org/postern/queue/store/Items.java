package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// Reads single items back from where the index says they lie.
final class Items {
    private static final int MOST_AT_ONCE = 1024;

    private final Disk disk;
    private final Segments segments;
    private final Index index;

    Items(Disk disk, Segments segments, Index index) {
        this.disk = disk;
        this.segments = segments;
        this.index = index;
    }

    /// The body of the item at `at`, which is of this type.
    ///
    /// @throws Damaged if it is not, or fails its checksum
    ByteBuffer read(Index.At at, byte... types) throws IOException {
        var start = ByteBuffer.allocate(MOST_AT_ONCE);
        segments.read(at, start);
        start.flip();
        if (start.limit() < Transaction.ITEM_HEADER || !isOneOf(start.get(0), types)) {
            throw new Damaged("no such item at " + at);
        }
        int length = Transaction.ITEM_HEADER + start.getInt(1);
        if (length < Transaction.ITEM_HEADER || length > 64 << 20) {
            throw new Damaged("an item of " + length + " bytes at " + at);
        }
        if (length <= start.limit()) {
            return Transaction.body(start, 0);
        }
        var whole = ByteBuffer.allocate(length).put(start);
        segments.read(new Index.At(at.segment(), at.offset() + start.limit()), whole);
        if (whole.hasRemaining()) {
            throw new Damaged("an item ends too early at " + at);
        }
        return Transaction.body(whole.flip(), 0);
    }

    private static boolean isOneOf(byte type, byte... types) {
        for (byte wanted : types) {
            if (type == wanted) {
                return true;
            }
        }
        return false;
    }

    private record Message(Instant created, MessageFacts facts) {}

    private record Part(Share share) {}

    /// Reads an envelope and its state; empty if it does not live. It may be moved or changed while
    /// it is read: then it is looked up again.
    Optional<Store.Leased> envelope(EnvelopeId id) throws IOException {
        for (int tries = 0; ; tries++) {
            var found = index.find(id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(read(id, found.get()));
            } catch (IOException e) {
                if (tries == 3 || found.equals(index.find(id))) {
                    throw e;
                }
            }
        }
    }

    private Store.Leased read(EnvelopeId id, Index.Found found) throws IOException {
        var message =
                Form.read(
                        read(found.message(), Transaction.MESSAGE),
                        in -> {
                            check(in.getInt() == id.message().value());
                            return new Message(Form.instant(in), Form.facts(in));
                        });
        var part =
                Form.read(
                        read(found.envelope(), Transaction.ENVELOPE),
                        in -> {
                            check(in.getLong() == id.value());
                            return new Part(Form.share(in));
                        });
        var state = found.unwritten().isPresent() ? found.unwritten().get() : state(id, found);
        return new Store.Leased(
                new Envelope(
                        id, message.facts(), part.share(), message.created(), state.progress()),
                state);
    }

    private State state(EnvelopeId id, Index.Found found) throws IOException {
        if (found.state().segment() == Live.NOWHERE) {
            return State.NEW;
        }
        return Form.read(
                read(found.state(), Transaction.STATE),
                in -> {
                    check(in.getLong() == id.value());
                    return Form.state(in);
                });
    }

    private static void check(boolean right) {
        if (!right) {
            throw new IllegalArgumentException("an item of another envelope");
        }
    }

    /// Opens the content of a message; empty if it does not live.
    Optional<Content> content(MessageId id) throws IOException {
        for (int tries = 0; ; tries++) {
            var found = index.content(id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(open(id, found.get()));
            } catch (IOException e) {
                if (tries == 3 || found.equals(index.content(id))) {
                    throw e;
                }
            }
        }
    }

    private Content open(MessageId id, Index.FoundContent found) throws IOException {
        var body = read(found.at(), Transaction.CONTENT, Transaction.CONTENT_FILE);
        if (body.getInt() != id.value()) {
            throw new Damaged("the content of another message");
        }
        if (found.length() <= Index.LONGEST_INLINE) {
            return new Content.InSegment(Chunk.copyOf(body));
        }
        long length = body.getLong();
        int crc = body.getInt();
        return new Content.InFile(disk.open(Content.file(id.value())), length, crc);
    }
}
