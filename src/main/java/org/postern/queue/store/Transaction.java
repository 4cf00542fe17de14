package org.postern.queue.store;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;
import org.postern.mail.Urgency;

/// One record of a segment: items that become true together or not at all.
///
///     record = length of the items (4) CRC32C of the items (4) number of the segment (4)
///              offset up to which the segment was forced (4) kind (4) CRC32C of these 20 bytes (4)
///              item* zeros up to a multiple of 8
///     item   = type (1) length of the body (4) CRC32C of the body (4) body
///
/// An item has a checksum of its own because it is read alone later.
final class Transaction {
    static final int HEADER = 24;
    static final int ITEM_HEADER = 9;

    /// A record as it was made.
    static final int NEWS = 'N';

    /// A record of items copied out of an old segment: it says nothing new.
    static final int MOVED = 'M';

    static final byte MESSAGE = 1;
    static final byte ENVELOPE = 2;
    static final byte CONTENT = 3;
    static final byte CONTENT_FILE = 4;
    static final byte STATE = 5;
    static final byte DONE = 6;

    /// What an item says; `at` is where it begins, counted from the beginning of the record.
    sealed interface Step {
        record NewMessage(int id, Instant created, Urgency urgency, int at) implements Step {}

        record NewContent(int id, long length, int at) implements Step {}

        record NewEnvelope(long id, Key key, int at) implements Step {}

        record NewState(long id, State state, int at) implements Step {}

        record Ended(long id) implements Step {}
    }

    private final int kind;
    private final List<Step> steps;
    private final Growing record;

    /// Content files that nothing names any more once this is on disk. Only its holder of the
    /// moment touches it: first the thread that makes the changes, then the committer.
    private final List<String> unnamed = new ArrayList<>();

    private Transaction(int kind, List<Step> steps, Growing record) {
        this.kind = kind;
        this.steps = steps;
        this.record = record;
    }

    /// An empty transaction, to be filled.
    static Transaction begin(int kind, int capacity) {
        var record = new Growing(HEADER + capacity);
        record.room(HEADER).position(HEADER);
        return new Transaction(kind, new ArrayList<>(4), record);
    }

    int kind() {
        return kind;
    }

    List<Step> steps() {
        return steps;
    }

    List<String> unnamed() {
        return unnamed;
    }

    /// How long the record is now, with its padding.
    int length() {
        return padded(record.position());
    }

    static int padded(int length) {
        return (length + 7) & ~7;
    }

    void message(int id, Instant created, MessageFacts facts) {
        int at = beginItem(MESSAGE);
        record.room(4).putInt(id);
        Form.putInstant(record, created);
        Form.putFacts(record, facts);
        endItem(at);
        steps.add(new Step.NewMessage(id, created, facts.carriage().urgency(), at));
    }

    void envelope(long id, Share share) {
        int at = beginItem(ENVELOPE);
        record.room(8).putLong(id);
        Form.putShare(record, share);
        endItem(at);
        steps.add(new Step.NewEnvelope(id, Key.of(share), at));
    }

    /// Begins the content of a message; what is [#append]ed until [#endContent] is its body.
    int beginContent(int id) {
        int at = beginItem(CONTENT);
        record.room(4).putInt(id);
        return at;
    }

    /// The buffer that content is appended to, with room for `more` bytes.
    ByteBuffer append(int more) {
        return record.room(more);
    }

    void endContent(int at, int id) {
        endItem(at);
        steps.add(new Step.NewContent(id, record.position() - at - ITEM_HEADER - 4, at));
    }

    /// Forgets the content that was begun at `at`; returns a view of it.
    ByteBuffer takeContent(int at) {
        int from = at + ITEM_HEADER + 4;
        var taken = ByteBuffer.wrap(record.array(), from, record.position() - from);
        record.cut(at);
        return taken;
    }

    void contentFile(int id, long length, int crc) {
        int at = beginItem(CONTENT_FILE);
        record.room(16).putInt(id).putLong(length).putInt(crc);
        endItem(at);
        steps.add(new Step.NewContent(id, length, at));
    }

    void state(long id, State state) {
        int at = beginItem(STATE);
        record.room(8).putLong(id);
        Form.putState(record, state);
        endItem(at);
        steps.add(new Step.NewState(id, state, at));
    }

    void done(long id) {
        int at = beginItem(DONE);
        record.room(8).putLong(id);
        endItem(at);
        steps.add(new Step.Ended(id));
    }

    /// Copies an item as it is.
    void copy(byte type, ByteBuffer body) throws Damaged {
        int at = beginItem(type);
        record.room(body.remaining()).put(body.duplicate());
        endItem(at);
        steps.add(step(type, body, at));
    }

    private int beginItem(byte type) {
        int at = record.position();
        record.room(ITEM_HEADER).put(type).putInt(0).putInt(0);
        return at;
    }

    private void endItem(int at) {
        int from = at + ITEM_HEADER;
        int length = record.position() - from;
        record.buffer().putInt(at + 1, length).putInt(at + 5, crc(record.array(), from, length));
    }

    private static int crc(byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    /// Computes what can be computed before it is known where the record will lie.
    void seal() {
        int end = record.position();
        int padding = padded(end) - end;
        for (int i = 0; i < padding; i++) {
            record.room(1).put((byte) 0);
        }
        record.buffer()
                .putInt(0, end - HEADER)
                .putInt(4, crc(record.array(), HEADER, end - HEADER));
    }

    /// The bytes of the sealed record, for its place in a segment.
    ByteBuffer bytes(int segment, int forced) {
        var buffer = record.buffer();
        buffer.putInt(8, segment).putInt(12, forced).putInt(16, kind);
        buffer.putInt(20, crc(record.array(), 0, 20));
        return ByteBuffer.wrap(record.array(), 0, record.position());
    }

    /// The fields of a record's header.
    record Header(int length, int crc, int segment, int forced, int kind) {
        int recordLength() {
            return padded(HEADER + length);
        }
    }

    /// Is there a header at the position of `in`, in this segment? Then it is read.
    static java.util.Optional<Header> header(ByteBuffer in, int segment) {
        int at = in.position();
        if (in.remaining() < HEADER
                || in.getInt(at + 8) != segment
                || crc(in.slice(at, 20)) != in.getInt(at + 20)) {
            return java.util.Optional.empty();
        }
        return java.util.Optional.of(
                new Header(
                        in.getInt(at),
                        in.getInt(at + 4),
                        segment,
                        in.getInt(at + 12),
                        in.getInt(at + 16)));
    }

    /// What came of reading a record's items.
    record Read(Transaction transaction, int bad) {}

    /// The items in `items`; those that are damaged are left out and counted.
    static Read parse(int kind, ByteBuffer items) {
        var transaction = new Transaction(kind, new ArrayList<>(4), new Growing(0));
        int bad = 0;
        int at = 0;
        while (at < items.limit()) {
            if (items.limit() - at < ITEM_HEADER) {
                return new Read(transaction, bad + 1);
            }
            int length = items.getInt(at + 1);
            if (length < 0 || length > items.limit() - at - ITEM_HEADER) {
                return new Read(transaction, bad + 1);
            }
            try {
                var body = body(items, at);
                transaction.steps.add(step(items.get(at), body, HEADER + at));
            } catch (Damaged e) {
                bad++;
            }
            at += ITEM_HEADER + length;
        }
        return new Read(transaction, bad);
    }

    /// The body of the item that begins at `at`.
    static ByteBuffer body(ByteBuffer items, int at) throws Damaged {
        var body = items.slice(at + ITEM_HEADER, items.getInt(at + 1));
        if (crc(body) != items.getInt(at + 5)) {
            throw new Damaged("an item fails its checksum");
        }
        return body;
    }

    /// What the facts say; facts that cannot be read are found out about when they are needed.
    private static Urgency urgency(ByteBuffer facts) {
        try {
            return Form.read(facts, Form::facts).carriage().urgency();
        } catch (Damaged e) {
            return Urgency.USUAL;
        }
    }

    private static Step step(byte type, ByteBuffer body, int at) throws Damaged {
        return Form.read(
                body.duplicate(),
                in ->
                        switch (type) {
                            case MESSAGE ->
                                    new Step.NewMessage(
                                            in.getInt(), Form.instant(in), urgency(in), at);
                            case ENVELOPE ->
                                    new Step.NewEnvelope(in.getLong(), Key.of(Form.share(in)), at);
                            case CONTENT -> new Step.NewContent(in.getInt(), in.remaining(), at);
                            case CONTENT_FILE -> new Step.NewContent(in.getInt(), in.getLong(), at);
                            case STATE -> new Step.NewState(in.getLong(), Form.state(in), at);
                            case DONE -> new Step.Ended(in.getLong());
                            default -> throw new IllegalArgumentException("item type " + type);
                        });
    }
}
