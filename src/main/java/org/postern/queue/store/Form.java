package org.postern.queue.store;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope.Progress;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.Outcome;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// How the facts of messages and envelopes are written on disk: numbers big-endian, text in UTF-8
/// after its length in 16 bits, choices as one byte. The form belongs to the format version of the
/// segments and does not follow the records.
final class Form {
    private Form() {}

    /// Reads something out of a buffer; anything that cannot be is [Damaged].
    interface Reading<T> {
        T from(ByteBuffer in);
    }

    static <T> T read(ByteBuffer in, Reading<T> reading) throws Damaged {
        try {
            return reading.from(in);
        } catch (BufferUnderflowException | IllegalArgumentException | DateTimeException e) {
            throw new Damaged("an item holds what cannot be: " + e.getMessage(), e);
        }
    }

    static void putText(Growing out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 65_535) {
            throw new IllegalArgumentException("a text of " + bytes.length + " bytes");
        }
        out.room(2 + bytes.length).putShort((short) bytes.length).put(bytes);
    }

    static String text(ByteBuffer in) {
        int length = in.getShort() & 0xffff;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void putChunk(Growing out, Chunk chunk) {
        if (chunk.length() > 65_535) {
            throw new IllegalArgumentException("a seal of " + chunk.length() + " bytes");
        }
        chunk.putInto(out.room(2 + chunk.length()).putShort((short) chunk.length()));
    }

    static Chunk chunk(ByteBuffer in) {
        int length = in.getShort() & 0xffff;
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[length];
        in.get(bytes);
        return Chunk.handOver(bytes);
    }

    static void putInstant(Growing out, Instant instant) {
        out.room(12).putLong(instant.getEpochSecond()).putInt(instant.getNano());
    }

    static Instant instant(ByteBuffer in) {
        return Instant.ofEpochSecond(in.getLong(), in.getInt());
    }

    static void putMailbox(Growing out, Mailbox mailbox) {
        putText(out, mailbox.localPart());
        putText(out, mailbox.domain());
    }

    static Mailbox mailbox(ByteBuffer in) {
        return new Mailbox(text(in), text(in));
    }

    private static IllegalArgumentException noChoice(int choice) {
        return new IllegalArgumentException("no choice " + choice);
    }

    static void putFacts(Growing out, MessageFacts facts) {
        putOrigin(out, facts.origin());
        switch (facts.sender()) {
            case ReversePath.Null() -> out.room(1).put((byte) 0);
            case ReversePath.Sender(var mailbox) -> {
                out.room(1).put((byte) 1);
                putMailbox(out, mailbox);
            }
        }
        byte dsnReturn =
                switch (facts.dsnReturn()) {
                    case UNSAID -> 0;
                    case FULL -> 1;
                    case HEADERS -> 2;
                };
        out.room(1).put(dsnReturn);
        putText(out, facts.dsnEnvelopeId());
        CarriageForm.put(out, facts.carriage());
    }

    static MessageFacts facts(ByteBuffer in) {
        var origin = origin(in);
        int kind = in.get();
        var sender =
                switch (kind) {
                    case 0 -> new ReversePath.Null();
                    case 1 -> new ReversePath.Sender(mailbox(in));
                    default -> throw noChoice(kind);
                };
        int dsn = in.get();
        var dsnReturn =
                switch (dsn) {
                    case 0 -> MessageFacts.DsnReturn.UNSAID;
                    case 1 -> MessageFacts.DsnReturn.FULL;
                    case 2 -> MessageFacts.DsnReturn.HEADERS;
                    default -> throw noChoice(dsn);
                };
        return new MessageFacts(origin, sender, dsnReturn, text(in), CarriageForm.read(in));
    }

    private static void putOrigin(Growing out, Origin origin) {
        putText(out, origin.smtpName());
        putText(out, origin.tag());
        putText(out, origin.address());
        putText(out, origin.hostName());
        putText(out, origin.helo());
        switch (origin.login()) {
            case Origin.Login.Anonymous() -> out.room(1).put((byte) 0);
            case Origin.Login.As(var user) -> {
                out.room(1).put((byte) 1);
                putText(out, user);
            }
        }
        switch (origin.security()) {
            case Origin.Security.Plain() -> out.room(1).put((byte) 0);
            case Origin.Security.Tls(var version, var cipher, var bits, var peer) -> {
                out.room(1).put((byte) 1);
                putText(out, version);
                putText(out, cipher);
                byte verified =
                        switch (peer) {
                            case UNVERIFIED -> 0;
                            case VERIFIED -> 1;
                        };
                out.room(5).putInt(bits).put(verified);
            }
        }
    }

    private static Origin origin(ByteBuffer in) {
        var smtpName = text(in);
        var tag = text(in);
        var address = text(in);
        var hostName = text(in);
        var helo = text(in);
        int known = in.get();
        var login =
                switch (known) {
                    case 0 -> new Origin.Login.Anonymous();
                    case 1 -> new Origin.Login.As(text(in));
                    default -> throw noChoice(known);
                };
        int secured = in.get();
        var security =
                switch (secured) {
                    case 0 -> new Origin.Security.Plain();
                    case 1 -> new Origin.Security.Tls(text(in), text(in), in.getInt(), peer(in));
                    default -> throw noChoice(secured);
                };
        return new Origin(smtpName, tag, address, hostName, helo, login, security);
    }

    private static Origin.Security.Peer peer(ByteBuffer in) {
        return in.get() == 1 ? Origin.Security.Peer.VERIFIED : Origin.Security.Peer.UNVERIFIED;
    }

    static void putShare(Growing out, Share share) {
        putMailbox(out, share.originalRecipient());
        putMailbox(out, share.recipient());
        putText(out, share.action());
        switch (share.destination()) {
            case Share.Destination.Remote() -> out.room(1).put((byte) 0);
            case Share.Destination.Account(var user, var subAddress) -> {
                out.room(1).put((byte) 1);
                putText(out, user);
                putText(out, subAddress);
            }
            case Share.Destination.Sealed(var user, var kind, var seal) -> {
                out.room(2).put((byte) 2).put(code(kind));
                putText(out, user);
                putChunk(out, seal);
            }
            case Share.Destination.Listed(var table, var key, var kind, var digest) -> {
                out.room(2).put((byte) 3).put(code(kind));
                putText(out, table);
                putText(out, key);
                putChunk(out, digest);
            }
            case Share.Destination.Unrouted() -> out.room(1).put((byte) 4);
        }
        int notify = 0;
        for (var word : share.dsnNotify()) {
            notify |= code(word);
        }
        out.room(1).put((byte) notify);
        putText(out, share.dsnOriginalRecipient());
    }

    static Share share(ByteBuffer in) {
        var original = mailbox(in);
        var recipient = mailbox(in);
        var action = text(in);
        int choice = in.get();
        var destination =
                switch (choice) {
                    case 0 -> new Share.Destination.Remote();
                    case 1 -> new Share.Destination.Account(text(in), text(in));
                    case 2 -> sealed(in);
                    case 3 -> listed(in);
                    case 4 -> new Share.Destination.Unrouted();
                    default -> throw noChoice(choice);
                };
        int bits = in.get();
        Set<Share.Notify> notify = EnumSet.noneOf(Share.Notify.class);
        for (var word : Share.Notify.values()) {
            if ((bits & code(word)) != 0) {
                notify.add(word);
            }
        }
        return new Share(original, recipient, action, destination, notify, text(in));
    }

    private static Share.Destination sealed(ByteBuffer in) {
        var kind = kind(in);
        return new Share.Destination.Sealed(text(in), kind, chunk(in));
    }

    private static Share.Destination listed(ByteBuffer in) {
        var kind = kind(in);
        return new Share.Destination.Listed(text(in), text(in), kind, chunk(in));
    }

    private static byte code(Share.Destination.Kind kind) {
        return switch (kind) {
            case COMMAND -> 0;
            case FILE -> 1;
        };
    }

    private static Share.Destination.Kind kind(ByteBuffer in) {
        return in.get() == 0 ? Share.Destination.Kind.COMMAND : Share.Destination.Kind.FILE;
    }

    private static int code(Share.Notify word) {
        return switch (word) {
            case SUCCESS -> 1;
            case FAILURE -> 2;
            case DELAY -> 4;
            case NEVER -> 8;
        };
    }

    static void putState(Growing out, State state) {
        out.room(2).put((byte) state.warned()).put((byte) state.deaths());
        switch (state.standing()) {
            case State.Standing.Queued() -> out.room(1).put((byte) 0);
            case State.Standing.Held(var reason) -> {
                out.room(1).put((byte) 1);
                putText(out, reason);
            }
            case State.Standing.Dead(var reason, var since) -> {
                out.room(1).put((byte) 2);
                putText(out, reason);
                putInstant(out, since);
            }
        }
        switch (state.progress()) {
            case Progress.Untried() -> out.room(4).putInt(0);
            case Progress.Tried(var tries, var last, var outcome) -> {
                out.room(4).putInt(tries);
                putInstant(out, last);
                var status = outcome.status();
                out.room(5)
                        .put((byte) status.kind())
                        .putShort((short) status.subject())
                        .putShort((short) status.detail());
                putText(out, outcome.text());
                putText(out, outcome.peer());
            }
        }
    }

    static State state(ByteBuffer in) {
        int warned = in.get();
        int deaths = in.get();
        int choice = in.get();
        var standing =
                switch (choice) {
                    case 0 -> new State.Standing.Queued();
                    case 1 -> new State.Standing.Held(text(in));
                    case 2 -> new State.Standing.Dead(text(in), instant(in));
                    default -> throw noChoice(choice);
                };
        int tries = in.getInt();
        if (tries == 0) {
            return new State(new Progress.Untried(), standing, warned, deaths);
        }
        var last = instant(in);
        var status = new EnhancedStatus(in.get(), in.getShort(), in.getShort());
        var outcome = new Outcome.Deferred(status, text(in), text(in));
        return new State(new Progress.Tried(tries, last, outcome), standing, warned, deaths);
    }
}
