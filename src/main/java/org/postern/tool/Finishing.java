package org.postern.tool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.postern.mail.Mailbox;
import org.postern.message.MailDate;

/// Makes of a letter what is sent: without Bcc and Return-Path, with From and Date, and with a body
/// whose lines a mail server may carry.
final class Finishing {
    private static final int LONGEST_LINE = 990;
    private static final List<String> DROPPED = List.of("Bcc", "Return-Path");

    /// How the body goes out.
    private enum Encoding {
        AS_IT_IS,
        QUOTED_PRINTABLE
    }

    private final Letter letter;
    private final List<String> header = new ArrayList<>();
    private Encoding encoding = Encoding.AS_IT_IS;

    /// Finishes `letter`.
    ///
    /// @param from who wrote it, if it does not say
    /// @param fullName the same's name; may be empty
    Finishing(Letter letter, Mailbox from, String fullName, Instant now) {
        this.letter = letter;
        if (letter.field("From").isEmpty()) {
            header.add("From: " + author(from, fullName));
        }
        if (letter.field("Date").isEmpty()) {
            header.add("Date: " + MailDate.of(now));
        }
        for (var field : letter.fields()) {
            if (DROPPED.stream().noneMatch(field::isNamed)) {
                header.add(field.text());
            }
        }
        if (letter.body().longestLine() >= LONGEST_LINE) {
            shorten();
        }
    }

    private static String author(Mailbox from, String fullName) {
        var address = "<" + from + ">";
        return fullName.isEmpty() ? address : phrase(fullName) + " " + address;
    }

    /// A display name: words as they are, others quoted, or encoded (RFC 2047 section 2) when they
    /// are not ASCII.
    static String phrase(String name) {
        boolean ascii = true;
        boolean words = true;
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            ascii &= c >= 32 && c < 127;
            words &= Character.isLetterOrDigit(c) || " !#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        if (!ascii) {
            var bytes = name.getBytes(StandardCharsets.UTF_8);
            return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(bytes) + "?=";
        }
        return words ? name : quoted.append('"').toString();
    }

    private void shorten() {
        addUnlessThere("MIME-Version", "1.0");
        addUnlessThere("Content-Type", "text/plain; charset=unknown-8bit");
        addUnlessThere("Content-Disposition", "inline");
        if (letter.field("Content-Transfer-Encoding").isEmpty()) {
            addUnlessThere("Content-Transfer-Encoding", "quoted-printable");
            encoding = Encoding.QUOTED_PRINTABLE;
        }
    }

    private void addUnlessThere(String name, String value) {
        if (letter.field(name).isEmpty()) {
            header.add(name + ": " + value);
        }
    }

    /// Is any byte of what is sent outside ASCII?
    boolean isEightBit() {
        for (var field : header) {
            if (!field.chars().allMatch(c -> c < 128)) {
                return true;
            }
        }
        return encoding == Encoding.AS_IT_IS && letter.body().isEightBit();
    }

    /// Writes the message, its lines ended by LF.
    void writeTo(OutputStream out) throws IOException {
        for (var field : header) {
            out.write(field.getBytes(StandardCharsets.ISO_8859_1));
            out.write('\n');
        }
        out.write('\n');
        try (var body = letter.body().open()) {
            switch (encoding) {
                case AS_IT_IS -> body.transferTo(out);
                case QUOTED_PRINTABLE -> QuotedPrintable.encode(body, out);
            }
        }
    }
}
