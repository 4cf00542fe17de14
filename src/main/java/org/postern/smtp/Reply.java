package org.postern.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;

/// What a server answers, RFC 5321 section 4.2: a code, and one or more lines of text. An enhanced
/// status code (RFC 2034 section 4) stands at the beginning of each line's text.
///
/// @param code 200 to 599
/// @param lines at least one, without control characters, at most 4,000 characters each
public record Reply(int code, List<String> lines) {
    /// The longest line of text that is kept.
    public static final int LONGEST_LINE = 4000;

    public Reply {
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("a reply code of " + code);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a reply without a line");
        }
        lines = lines.stream().map(Reply::printable).toList();
    }

    /// A reply of one line, without an enhanced status code.
    public static Reply of(int code, String text) {
        return new Reply(code, List.of(text));
    }

    /// A reply of one line, with an enhanced status code such as `2.1.5`.
    public static Reply of(int code, String status, String text) {
        return new Reply(code, List.of(status + " " + text));
    }

    /// A reply of one line, with an enhanced status code.
    public static Reply of(int code, EnhancedStatus status, String text) {
        return of(code, status.toString(), text);
    }

    /// What each line of a reply begins with, and what is left to say: the reply that `text`, such
    /// as `550 5.1.1 No such user`, writes out; empty if it is none.
    public static Optional<Reply> parse(String text) {
        if (text.length() < 3 || !text.chars().limit(3).allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int code = Integer.parseInt(text.substring(0, 3));
        if (code < 200 || code > 599 || (text.length() > 3 && text.charAt(3) != ' ')) {
            return Optional.empty();
        }
        return Optional.of(of(code, text.length() > 4 ? text.substring(4) : ""));
    }

    /// The enhanced status code of the first line.
    public Optional<EnhancedStatus> status() {
        return EnhancedStatus.parse(lines.getFirst());
    }

    /// Has the command been carried out, or may the client go on (2yz, 3yz)?
    public boolean isPositive() {
        return code < 400;
    }

    /// Would the same command perhaps be carried out later (4yz)?
    public boolean isTransient() {
        return code >= 400 && code < 500;
    }

    /// Will the same command never be carried out (5yz)?
    public boolean isPermanent() {
        return code >= 500;
    }

    /// The reply as it goes over the wire: each line ended by CR LF.
    public Chunk wire() {
        var out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            out.append(code)
                    .append(i == lines.size() - 1 ? ' ' : '-')
                    .append(lines.get(i))
                    .append("\r\n");
        }
        return Chunk.of(out.toString());
    }

    /// The reply as one line, for a log: the code, then the lines' text.
    @Override
    public String toString() {
        return code + " " + String.join(" ", lines);
    }

    private static String printable(String line) {
        var text = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
        if (text.chars().noneMatch(Reply::isControl)) {
            return text;
        }
        var clean = new StringBuilder(text.length());
        text.chars().forEach(c -> clean.append(isControl(c) ? '?' : (char) c));
        return clean.toString();
    }

    private static boolean isControl(int c) {
        return (c < ' ' && c != '\t') || c == 127 || c > 255;
    }

    /// Puts a reply together from the lines of a server.
    public static final class Assembly {
        /// The most lines of one reply that are listened to.
        public static final int MOST_LINES = 200;

        private final List<String> lines = new ArrayList<>();
        private int code;

        /// Takes the next line, without its end; the reply, if that was its last.
        ///
        /// @throws MalformedReply if it is no line of a reply, its code is not that of the lines
        ///   before it, or there are too many
        public Optional<Reply> add(String line) throws MalformedReply {
            if (line.length() < 3 || !line.chars().limit(3).allMatch(c -> c >= '0' && c <= '9')) {
                throw new MalformedReply("a reply without a code");
            }
            int said = Integer.parseInt(line.substring(0, 3));
            char mark = line.length() > 3 ? line.charAt(3) : ' ';
            if (said < 200 || said > 599 || (mark != ' ' && mark != '-')) {
                throw new MalformedReply("a malformed reply line");
            }
            if (!lines.isEmpty() && said != code) {
                throw new MalformedReply("a reply with two codes");
            }
            if (lines.size() == MOST_LINES) {
                throw new MalformedReply("a reply of more than " + MOST_LINES + " lines");
            }
            code = said;
            lines.add(line.length() > 4 ? line.substring(4) : "");
            if (mark == '-') {
                return Optional.empty();
            }
            var reply = new Reply(code, lines);
            lines.clear();
            return Optional.of(reply);
        }
    }
}
