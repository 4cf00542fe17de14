package org.postern.delivery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.postern.mail.Envelope;
import org.postern.mail.Mailbox;

/// A message as one user gets it: the content, with exactly one Return-Path (RFC 5321 section 4.4)
/// and one more Delivered-To on top, and no older Return-Path.
///
/// Only the header is ever held in memory, of it at most 256 KB; what is beyond counts as body.
final class Letter {
    private static final int LONGEST_HEADER = 256 * 1024;

    private final Envelope envelope;
    private final Source source;
    private final ByteBuffer start;
    private final long length;
    private final boolean loops;
    private final boolean marked;

    /// Takes the bytes of a letter in turn.
    @FunctionalInterface
    interface Taker {
        /// Takes what remains in `bytes`.
        void take(ByteBuffer bytes) throws IOException;
    }

    private Letter(Envelope envelope, Source source, Reading reading) {
        this.envelope = envelope;
        this.source = source;
        this.start = ByteBuffer.wrap(reading.out, 0, reading.length);
        this.length = reading.length + source.length() - reading.taken;
        this.loops = reading.loops;
        this.marked = reading.marked;
    }

    /// Reads the header of a message, and makes the letter for the recipient of `envelope`.
    ///
    /// @throws ContentLost if the content does not come whole
    static Letter of(Envelope envelope, Source source) throws ContentLost {
        var first = source.next();
        var bytes = first.toArray();
        if (!holdsHeader(bytes) && bytes.length < source.length()) {
            bytes = more(bytes, source);
        }
        return new Letter(envelope, source, new Reading(envelope, bytes));
    }

    private static byte[] more(byte[] first, Source source) throws ContentLost {
        var gathered = new ByteArrayOutputStream(LONGEST_HEADER);
        gathered.writeBytes(first);
        while (gathered.size() < LONGEST_HEADER) {
            var piece = source.next().toArray();
            if (piece.length == 0) {
                break;
            }
            gathered.writeBytes(piece);
            if (holdsHeader(piece)) {
                break;
            }
        }
        return gathered.toByteArray();
    }

    private static boolean holdsHeader(byte[] bytes) {
        for (int i = 1; i < bytes.length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\n') {
                return true;
            }
        }
        return false;
    }

    /// The envelope of the recipient.
    Envelope envelope() {
        return envelope;
    }

    /// How many bytes there will be.
    long length() {
        return length;
    }

    /// Was it delivered to this recipient before? The header says so in Delivered-To.
    boolean loops() {
        return loops;
    }

    /// Does a field of the header mark it as spam?
    boolean isMarkedAsSpam() {
        return marked;
    }

    /// Is all of it in memory, so that nobody has to be waited for?
    boolean isInHand() {
        return start.limit() == length;
    }

    /// Does anybody wait for what becomes of it? Any thread may ask.
    boolean isAwaited() {
        return source.isAwaited();
    }

    /// Hands all bytes to `taker`; once only.
    ///
    /// @throws ContentLost if the content does not come whole: what was taken is worth nothing
    void pour(Taker taker) throws IOException {
        taker.take(start);
        long poured = start.limit();
        while (true) {
            var piece = source.next();
            if (piece.isEmpty()) {
                break;
            }
            poured += piece.length();
            taker.take(piece.buffer());
        }
        if (poured != length) {
            throw new ContentLost(poured + " bytes of " + length);
        }
    }

    /// One pass over the beginning of the content: drops what has to go and notes what matters.
    private static final class Reading {
        private final Envelope envelope;
        private final byte[] bytes;
        private final byte[] out;
        private int length;
        private final int taken;
        private boolean loops;
        private boolean marked;

        Reading(Envelope envelope, byte[] bytes) {
            this.envelope = envelope;
            this.bytes = bytes;
            this.taken = bytes.length;
            var fields =
                    ("Return-Path: <"
                                    + envelope.message().sender()
                                    + ">\nDelivered-To: "
                                    + envelope.share().originalRecipient()
                                    + '\n')
                            .getBytes(StandardCharsets.UTF_8);
            this.out = new byte[fields.length + bytes.length];
            System.arraycopy(fields, 0, out, 0, fields.length);
            this.length = fields.length;
            read();
        }

        private void read() {
            int at = 0;
            boolean dropping = false;
            while (at < bytes.length) {
                int end = lineEnd(at);
                boolean continues = bytes[at] == ' ' || bytes[at] == '\t';
                if (!continues) {
                    int colon = colon(at, end);
                    if (colon < 0) {
                        break;
                    }
                    dropping = isNamed("return-path", at, colon);
                    note(at, colon, end);
                }
                if (!dropping) {
                    keep(at, end);
                }
                at = end;
            }
            keep(at, bytes.length);
        }

        private int lineEnd(int from) {
            int at = from;
            while (at < bytes.length && bytes[at] != '\n') {
                at++;
            }
            return Math.min(at + 1, bytes.length);
        }

        /// Where the name of a field ends; -1 if the line is no field (RFC 5322 section 2.2).
        private int colon(int from, int end) {
            for (int i = from; i < end; i++) {
                if (bytes[i] == ':') {
                    return i == from ? -1 : i;
                }
                if (bytes[i] <= ' ' || bytes[i] == 127) {
                    return -1;
                }
            }
            return -1;
        }

        private boolean isNamed(String name, int from, int colon) {
            return colon - from == name.length() && text(from, colon).equalsIgnoreCase(name);
        }

        private void note(int from, int colon, int end) {
            switch (colon - from) {
                case 6, 11 -> {
                    if (isNamed("x-spam", from, colon) || isNamed("x-spam-flag", from, colon)) {
                        marked |= value(colon, end).equalsIgnoreCase("yes");
                    }
                }
                case 12 -> {
                    if (isNamed("delivered-to", from, colon)) {
                        var value = value(colon, end);
                        loops |=
                                names(envelope.share().originalRecipient(), value)
                                        || names(envelope.share().recipient(), value);
                    }
                }
                default -> {}
            }
        }

        private static boolean names(Mailbox mailbox, String value) {
            return mailbox.toString().equalsIgnoreCase(value);
        }

        private String value(int colon, int end) {
            return text(colon + 1, end).strip();
        }

        private String text(int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        }

        private void keep(int from, int to) {
            System.arraycopy(bytes, from, out, length, to - from);
            length += to - from;
        }
    }
}
