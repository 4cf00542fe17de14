package org.postern.queue.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.postern.mail.Urgency;

/// A picture of the index, in the form in which a checkpoint holds it.
///
///     magic (8) segment and offset up to which it holds (4, 4)
///     number of keys (4) of messages (4) of envelopes (4)
///     key = action, name (texts) kind (1)
///     message = id, created, segment, offset, content's segment, offset, length (4 8 4 4 4 4 8)
///     envelope = id, key, segment, offset, state's segment, offset, last try (8 4 4 4 4 4 4)
///                tries, mark, warned, deaths (2 1 1 1)
///     number of messages in a hurry (4), only if there are any
///     hurry = message, length of what was asked, what was asked (4 1 *)
///
/// @param bytes all of it but the checksum, ready to be read
/// @param unneeded the segments of which nothing was needed when the picture was taken
record Snapshot(Index.At position, ByteBuffer bytes, Set<Integer> unneeded) {
    private static final long MAGIC = 0x50_4f_53_54_43_4b_50_31L; // POSTCKP1
    private static final int MESSAGE = 36;
    private static final int ENVELOPE = 37;

    /// All that can be asked, in bytes: a priority, a deadline and a trace.
    private static final int LONGEST_HURRY = 4 + 1 + 2 + 13 + 1;

    /// What a checkpoint says of one thing; of an envelope and a hurry after their message.
    sealed interface Row {
        record OfMessage(int id, long created, Index.At at, Index.At content, long length)
                implements Row {}

        record OfHurry(int id, Urgency urgency) implements Row {}

        record OfEnvelope(
                long id,
                Key key,
                Index.At at,
                Index.At state,
                int lastTry,
                int tries,
                Store.Mark mark,
                int warned,
                int deaths)
                implements Row {}
    }

    static Snapshot of(
            Index.At position,
            IdMap<Live.Message> messages,
            IdMap<Live> envelopes,
            List<Key> keys,
            Set<Integer> unneeded) {
        var numbers = new HashMap<Key, Integer>();
        var head = new Growing(1024);
        head.room(28).putLong(MAGIC).putInt(position.segment()).putInt(position.offset());
        head.room(12).putInt(keys.size()).putInt(messages.size()).putInt(envelopes.size());
        for (var key : keys) {
            numbers.put(key, numbers.size());
            Form.putText(head, key.action());
            Form.putText(head, key.name());
            head.room(1).put(code(key.kind()));
        }
        var hurried = hurried(messages);
        int size = messages.size() * MESSAGE + envelopes.size() * ENVELOPE;
        var out = head.room(size + 4 + hurried.size() * LONGEST_HURRY);
        messages.each(message -> put(out, message));
        envelopes.each(live -> put(out, live, numbers));
        putHurries(head, hurried);
        return new Snapshot(position, head.buffer().flip(), unneeded);
    }

    private static List<Live.Message> hurried(IdMap<Live.Message> messages) {
        var hurried = new ArrayList<Live.Message>();
        messages.each(
                message -> {
                    if (!message.urgency.equals(Urgency.USUAL)) {
                        hurried.add(message);
                    }
                });
        return hurried;
    }

    private static void putHurries(Growing out, List<Live.Message> hurried) {
        if (hurried.isEmpty()) {
            return;
        }
        out.room(4).putInt(hurried.size());
        for (var message : hurried) {
            int at = out.room(5).putInt(message.id).position();
            out.room(1).put((byte) 0);
            CarriageForm.putUrgency(out, message.urgency);
            out.buffer().put(at, (byte) (out.position() - at - 1));
        }
    }

    private static void readHurries(ByteBuffer in, Consumer<Row> visitor) {
        if (!in.hasRemaining()) {
            return;
        }
        int hurries = in.getInt();
        for (int i = 0; i < hurries; i++) {
            int id = in.getInt();
            var asked = in.slice(in.position() + 1, in.get());
            in.position(in.position() + asked.limit());
            visitor.accept(new Row.OfHurry(id, CarriageForm.read(asked).urgency()));
        }
    }

    private static void put(ByteBuffer out, Live.Message message) {
        out.putInt(message.id).putLong(message.created);
        out.putInt(message.segment).putInt(message.at);
        out.putInt(message.contentSegment).putInt(message.contentAt);
        out.putLong(message.contentLength);
    }

    private static void put(ByteBuffer out, Live live, Map<Key, Integer> numbers) {
        out.putLong(live.id).putInt(numbers.getOrDefault(live.key, 0));
        out.putInt(live.segment).putInt(live.at);
        out.putInt(live.stateSegment).putInt(live.stateAt);
        out.putInt(live.lastTry).putChar(live.tries);
        out.put(code(live.mark)).put(live.warned).put(live.deaths);
    }

    private static byte code(Key.Kind kind) {
        return switch (kind) {
            case REMOTE -> 0;
            case ACCOUNT -> 1;
            case COMMAND_OR_FILE -> 2;
            case UNROUTED -> 3;
        };
    }

    private static byte code(Store.Mark mark) {
        return switch (mark) {
            case QUEUED -> 0;
            case HELD -> 1;
            case DEAD -> 2;
        };
    }

    private static Store.Mark mark(int code) {
        return switch (code) {
            case 0 -> Store.Mark.QUEUED;
            case 1 -> Store.Mark.HELD;
            case 2 -> Store.Mark.DEAD;
            default -> throw new IllegalArgumentException("mark " + code);
        };
    }

    private static Key.Kind kind(int code) {
        return switch (code) {
            case 0 -> Key.Kind.REMOTE;
            case 1 -> Key.Kind.ACCOUNT;
            case 2 -> Key.Kind.COMMAND_OR_FILE;
            case 3 -> Key.Kind.UNROUTED;
            default -> throw new IllegalArgumentException("key kind " + code);
        };
    }

    /// Shows each row in `bytes`, whose checksum was right, to `visitor`.
    ///
    /// @return up to where it holds
    static Index.At read(ByteBuffer bytes, Consumer<Row> visitor) throws Damaged {
        return Form.read(bytes, in -> readAll(in, visitor));
    }

    private static Index.At readAll(ByteBuffer in, Consumer<Row> visitor) {
        if (in.getLong() != MAGIC) {
            throw new IllegalArgumentException("not a checkpoint of this version");
        }
        var position = at(in);
        int keyCount = in.getInt();
        int messages = in.getInt();
        int envelopes = in.getInt();
        var keys = new ArrayList<Key>(keyCount);
        for (int i = 0; i < keyCount; i++) {
            var action = Form.text(in);
            var name = Form.text(in);
            keys.add(new Key(action, kind(in.get()), name));
        }
        for (int i = 0; i < messages; i++) {
            visitor.accept(
                    new Row.OfMessage(in.getInt(), in.getLong(), at(in), at(in), in.getLong()));
        }
        for (int i = 0; i < envelopes; i++) {
            visitor.accept(
                    new Row.OfEnvelope(
                            in.getLong(),
                            keys.get(in.getInt()),
                            at(in),
                            at(in),
                            in.getInt(),
                            in.getChar(),
                            mark(in.get()),
                            in.get(),
                            in.get()));
        }
        readHurries(in, visitor);
        return position;
    }

    private static Index.At at(ByteBuffer in) {
        return new Index.At(in.getInt(), in.getInt());
    }
}
