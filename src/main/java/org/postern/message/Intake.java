package org.postern.message;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.postern.mail.Mailbox;

/// Reads the header of a message on its way in, line by line, and writes what is to be stored.
///
/// The content comes in pieces of any size, lines ended by LF; the body passes through untouched.
/// It belongs to one mail transaction.
public final class Intake {
    /// How many Received fields make a loop (RFC 5321 section 6.3).
    public static final int MOST_HOPS = 100;

    private static final int LONGEST_NAME = 1024;
    private static final int LONGEST_FIELD = 65536;

    /// What is done to the header.
    public sealed interface Treatment {
        /// Nothing: it is somebody else's message, perhaps signed.
        record AsItCame() implements Treatment {}

        /// What a submission server does (RFC 6409 section 8): Date and Message-ID are added if
        /// missing, addresses without a domain are completed with `domain`, Bcc is taken out, and
        /// From and Sender name `author`.
        ///
        /// @param messageId what stands between the angle brackets of a new Message-ID
        record Mended(String domain, Instant date, String messageId, Author author)
                implements Treatment {}
    }

    /// Whom From and Sender name.
    public sealed interface Author {
        /// Whoever the user says.
        record AsWritten() implements Author {}

        /// Nobody but this mailbox, whatever the user says.
        record Only(Mailbox mailbox) implements Author {}
    }

    /// What is wrong with a message.
    public enum Fault {
        NONE,
        /// What stands before the first empty line is not a header (RFC 5322 section 2.2).
        MALFORMED,
        /// It has been through [#MOST_HOPS] servers.
        LOOP
    }

    /// Takes what is to be stored.
    @FunctionalInterface
    public interface Sink {
        /// Takes the bytes from `from` (included) to `to` (excluded), which are the caller's again
        /// when this returns.
        void take(byte[] bytes, int from, int to) throws IOException;
    }

    private enum Part {
        HEADER,
        BODY,
        REFUSED
    }

    /// What is done with the field that the line belongs to.
    private enum Field {
        NONE,
        COPIED,
        DROPPED,
        COMPLETED,
        MASQUERADED
    }

    private static final byte[] LINE_FEED = {'\n'};

    private final Treatment treatment;
    private final Sink sink;
    private Part part = Part.HEADER;
    private Field field = Field.NONE;
    private Fault fault = Fault.NONE;
    private byte[] partial = new byte[0];
    private int partialLength;
    private final StringBuilder collected = new StringBuilder();
    private int nameLength;
    private int hops;
    private boolean hasDate;
    private boolean hasMessageId;

    /// An intake before the first byte of a message.
    public Intake(Treatment treatment, Sink sink) {
        this.treatment = treatment;
        this.sink = sink;
    }

    /// The same for a message that has our own Received field already, which is no hop.
    public static Intake withOurTrace(Treatment treatment, Sink sink) {
        var intake = new Intake(treatment, sink);
        intake.hops = -1;
        return intake;
    }

    /// Takes the next bytes of the content.
    public void take(byte[] bytes, int from, int to) throws IOException {
        int at = from;
        while (at < to && part == Part.HEADER) {
            int end = at;
            while (end < to && bytes[end] != '\n') {
                end++;
            }
            if (end == to) {
                keep(bytes, at, to);
                return;
            }
            if (partialLength == 0) {
                line(bytes, at, end);
            } else {
                keep(bytes, at, end);
                linePutTogether();
            }
            at = end + 1;
        }
        if (part == Part.BODY && at < to) {
            sink.take(bytes, at, to);
        }
    }

    /// There is no more. What is wrong with the message, if anything is.
    public Fault end() throws IOException {
        if (part == Part.HEADER && partialLength > 0) {
            linePutTogether();
        }
        if (part == Part.HEADER) {
            endHeader();
        }
        return fault;
    }

    private void keep(byte[] bytes, int from, int to) {
        int needed = partialLength + to - from;
        if (needed > partial.length) {
            partial = Arrays.copyOf(partial, Math.max(needed, partial.length * 2));
        }
        System.arraycopy(bytes, from, partial, partialLength, to - from);
        partialLength = needed;
    }

    private void linePutTogether() throws IOException {
        int length = partialLength;
        partialLength = 0;
        line(partial, 0, length);
    }

    private void line(byte[] bytes, int from, int to) throws IOException {
        if (from == to) {
            endHeader();
            if (part == Part.HEADER) {
                sink.take(LINE_FEED, 0, 1);
                part = Part.BODY;
                partial = new byte[0];
            }
        } else if (bytes[from] == ' ' || bytes[from] == '\t') {
            continuation(bytes, from, to);
        } else {
            int colon = indexOf(bytes, ':', from, to);
            if (colon < 0) {
                refuse(Fault.MALFORMED);
            } else {
                field(bytes, from, colon, to);
            }
        }
    }

    private void continuation(byte[] bytes, int from, int to) throws IOException {
        switch (field) {
            case NONE -> refuse(Fault.MALFORMED);
            case COPIED -> copy(bytes, from, to);
            case COMPLETED, MASQUERADED -> collect(bytes, from, to);
            case DROPPED -> {}
        }
    }

    private void field(byte[] bytes, int from, int colon, int to) throws IOException {
        finishField();
        if (nameLength + colon - from >= LONGEST_NAME) {
            refuse(Fault.MALFORMED);
            return;
        }
        nameLength = colon - from;
        field = begin(name(bytes, from, colon));
        if (fault == Fault.LOOP) {
            refuse(fault);
            return;
        }
        switch (field) {
            case COPIED -> copy(bytes, from, to);
            case COMPLETED, MASQUERADED -> collect(bytes, from, to);
            case NONE, DROPPED -> {}
        }
    }

    /// Notes that a field of this name, in small letters, begins.
    private Field begin(String name) {
        switch (name) {
            case "received" -> {
                hops++;
                if (hops >= MOST_HOPS) {
                    fault = Fault.LOOP;
                }
            }
            case "date" -> hasDate = true;
            case "message-id" -> hasMessageId = true;
            case "bcc" -> {
                return treatment instanceof Treatment.Mended ? Field.DROPPED : Field.COPIED;
            }
            case "from", "sender" -> {
                return treatment instanceof Treatment.Mended(_, _, _, Author.Only _)
                        ? Field.MASQUERADED
                        : completed(name);
            }
            case "to", "cc" -> {
                return completed(name);
            }
            default -> {}
        }
        return Field.COPIED;
    }

    private Field completed(String name) {
        return treatment instanceof Treatment.Mended && !name.equals("sender")
                ? Field.COMPLETED
                : Field.COPIED;
    }

    private static String name(byte[] bytes, int from, int colon) {
        int to = colon;
        while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
            to--; // RFC 5322 section 4.5 allows as much white space as you like
        }
        // The fields we look for have short names: spare the text of the others.
        return to - from > 16
                ? ""
                : new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT);
    }

    private void copy(byte[] bytes, int from, int to) throws IOException {
        sink.take(bytes, from, to);
        sink.take(LINE_FEED, 0, 1);
    }

    private void collect(byte[] bytes, int from, int to) throws IOException {
        if (collected.length() + to - from >= LONGEST_FIELD) {
            refuse(Fault.MALFORMED);
            return;
        }
        if (!collected.isEmpty()) {
            collected.append('\n');
        }
        collected.append(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private void finishField() throws IOException {
        if (collected.isEmpty()
                || !(treatment instanceof Treatment.Mended(var domain, _, _, var author))) {
            return;
        }
        int colon = collected.indexOf(":");
        var value = collected.substring(colon + 1);
        var changed =
                switch (author) {
                    case Author.Only(var mailbox) when field == Field.MASQUERADED ->
                            Masquerade.of(value, bytes(mailbox));
                    case Author.Only _, Author.AsWritten _ ->
                            AddressCompletion.complete(value, domain);
                };
        write(collected.substring(0, colon + 1) + changed + "\n");
        collected.setLength(0);
    }

    /// A mailbox as a header has it: one character for each byte of UTF-8 (RFC 6532 section 3.1).
    private static String bytes(Mailbox mailbox) {
        var utf8 = mailbox.toString().getBytes(StandardCharsets.UTF_8);
        return new String(utf8, StandardCharsets.ISO_8859_1);
    }

    private void endHeader() throws IOException {
        finishField();
        switch (treatment) {
            case Treatment.AsItCame() -> {}
            case Treatment.Mended(_, var date, var messageId, _) -> date(date, messageId);
        }
    }

    private void date(Instant date, String messageId) throws IOException {
        if (!hasDate) {
            write("Date: " + MailDate.of(date) + "\n");
        }
        if (!hasMessageId) {
            write("Message-ID: <" + messageId + ">\n");
        }
    }

    private void write(String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        sink.take(bytes, 0, bytes.length);
    }

    private void refuse(Fault why) {
        fault = why;
        part = Part.REFUSED;
        collected.setLength(0);
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
