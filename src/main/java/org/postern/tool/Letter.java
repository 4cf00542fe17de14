package org.postern.tool;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A message as a program wrote it on standard input: header fields, then the body.
///
/// CR LF has become LF. What does not look like a header field (RFC 5322 section 2.2) ends the
/// header, with or without an empty line, so that a text without a header is all body.
final class Letter implements Closeable {
    /// The longest header that is read, in bytes.
    static final int LONGEST_HEADER = 1 << 20;

    /// One header field, folded lines and all, without the last line's end.
    record Field(String name, String text) {
        /// What stands after the colon, in one line.
        String value() {
            return text.substring(text.indexOf(':') + 1).replace("\n", "").strip();
        }

        /// Is it called `other`, in whatever case?
        boolean isNamed(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    private final List<Field> fields = new ArrayList<>();
    private final Body body = new Body();
    private final InputStream in;

    private Letter(InputStream in) {
        this.in = in instanceof BufferedInputStream ? in : new BufferedInputStream(in, 64 * 1024);
    }

    /// Reads a message to the end of `in`; a line with a lone `.` is a line like any other.
    ///
    /// @throws IOException if it cannot be read, or its header is longer than [#LONGEST_HEADER]
    static Letter read(InputStream in) throws IOException {
        var letter = new Letter(in);
        try {
            letter.readHeader();
            letter.readBody();
            return letter;
        } catch (IOException e) {
            letter.close();
            throw e;
        }
    }

    private void readHeader() throws IOException {
        int length = 0;
        var current = new StringBuilder();
        while (true) {
            var line = new StringBuilder();
            int end = readLine(line, LONGEST_HEADER - length);
            length += line.length() + 1;
            boolean continued = !line.isEmpty() && isSpace(line.charAt(0)) && !current.isEmpty();
            if (continued) {
                current.append('\n').append(line);
            } else {
                keep(current);
                current.setLength(0);
                if (isField(line)) {
                    current.append(line);
                } else if (!isSeparator(line)) {
                    startBody(line, end);
                    return;
                }
            }
            if (end < 0) {
                keep(current);
                return;
            }
        }
    }

    /// The line that ended the header is dropped if it is empty, and else the body's first.
    private void startBody(StringBuilder line, int end) throws IOException {
        for (int i = 0; i < line.length(); i++) {
            body.add(line.charAt(i));
        }
        if (!line.isEmpty() && end >= 0) {
            body.add('\n');
        }
    }

    private void readBody() throws IOException {
        for (int octet = next(); octet >= 0; octet = next()) {
            body.add(octet);
        }
        body.end();
    }

    /// Reads a line without its end; says what ended it, LF or -1.
    private int readLine(StringBuilder line, int most) throws IOException {
        int octet = next();
        for (; octet >= 0 && octet != '\n'; octet = next()) {
            if (line.length() >= most) {
                // A long line that is no header field is the body of a text without a header.
                if (isField(line) || most < LONGEST_HEADER) {
                    throw new IOException("the header is longer than 1 MB");
                }
                body(line);
                body.add(octet);
                line.setLength(0);
                return -1;
            }
            line.append((char) octet);
        }
        return octet;
    }

    private void body(CharSequence text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            body.add(text.charAt(i));
        }
    }

    /// One byte, CR LF read as LF.
    private int next() throws IOException {
        int octet = in.read();
        if (octet != '\r') {
            return octet;
        }
        in.mark(1);
        int after = in.read();
        if (after == '\n') {
            return after;
        }
        if (after >= 0) {
            in.reset();
        }
        return octet;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /// A line that mailbox files put before a message.
    private static boolean isSeparator(CharSequence line) {
        return line.toString().startsWith("From ");
    }

    private static boolean isField(CharSequence line) {
        int i = 0;
        while (i < line.length()
                && line.charAt(i) > 32
                && line.charAt(i) < 127
                && line.charAt(i) != ':') {
            i++;
        }
        int name = i;
        while (i < line.length() && isSpace(line.charAt(i))) {
            i++;
        }
        return name > 0 && i < line.length() && line.charAt(i) == ':';
    }

    /// Bcc is for nobody's eyes, but it names recipients; Return-Path is the last server's to
    /// write.
    private void keep(CharSequence text) {
        if (!text.isEmpty()) {
            var whole = text.toString();
            fields.add(new Field(whole.substring(0, whole.indexOf(':')).strip(), whole));
        }
    }

    /// All fields, in order, those that are not sent included.
    List<Field> fields() {
        return fields;
    }

    /// The first field with this name.
    Optional<Field> field(String name) {
        for (var field : fields) {
            if (field.isNamed(name)) {
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }

    /// The body.
    Body body() {
        return body;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
