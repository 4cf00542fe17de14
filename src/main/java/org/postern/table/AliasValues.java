package org.postern.table;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Idna;
import org.postern.mail.Mailbox;

/// Reads the recipients that an alias or a forward file names (aliases(5), forward(5)).
public final class AliasValues {
    /// The number of bytes a line may have.
    public static final int MAX_LINE = 2047;

    private static final int MAX_VALUE = 1023;
    private static final int MAX_NAME = 255;

    private AliasValues() {}

    /// The recipients on one line, parted by commas; [Answer.Failed] if any of them is malformed.
    public static Answer<List<AliasValue>> parse(String line) {
        if (line.length() > MAX_LINE) {
            return new Answer.Failed<>("a line of more than " + MAX_LINE + " bytes");
        }
        if (isPlain(line)) {
            var only = line.indexOf('@') >= 0 ? address(line) : user(line);
            return only.<Answer<List<AliasValue>>>map(one -> new Answer.Found<>(List.of(one)))
                    .orElseGet(() -> new Answer.Failed<>(notOne(line)));
        }
        return split(line)
                .then(
                        texts -> {
                            var values = new ArrayList<AliasValue>();
                            for (String text : texts) {
                                var value = value(text);
                                if (value.isEmpty()) {
                                    return new Answer.Failed<>(notOne(text));
                                }
                                values.add(value.get());
                            }
                            return new Answer.Found<>(List.copyOf(values));
                        });
    }

    /// Whether a line is one user or mailbox, as nearly all are, or nothing that makes sense.
    private static boolean isPlain(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (!AddressSyntax.isLetterOrDigit(c) && "@._-+".indexOf(c) < 0) {
                return false;
            }
        }
        return !line.isEmpty();
    }

    private static String notOne(String text) {
        return "not a recipient: " + shown(text);
    }

    /// The recipients in a forward file: `#` begins a comment, a backslash at the end of a line
    /// continues it. [Answer.Failed] if any line is malformed; a file without recipients is an
    /// empty list. Includes are left out.
    public static Answer<List<AliasValue>> parseForward(String text) {
        var all = new ArrayList<AliasValue>();
        var failures = new ArrayList<String>();
        collect(text, all, failures::add);
        return failures.isEmpty()
                ? new Answer.Found<>(List.copyOf(all))
                : new Answer.Failed<>(failures.getFirst());
    }

    /// The recipients in an included file, which is written like a forward file. A malformed line
    /// is reported, and the others count: losing one member must not lose the list.
    static List<AliasValue> parseInclude(String text, Consumer<String> complaints) {
        var all = new ArrayList<AliasValue>();
        collect(text, all, complaints);
        return List.copyOf(all);
    }

    private static void collect(String text, List<AliasValue> into, Consumer<String> complaints) {
        int number = 0;
        for (String line : lines(text)) {
            number++;
            switch (parse(line)) {
                case Answer.Found<List<AliasValue>>(var values) ->
                        values.stream()
                                .filter(value -> !(value instanceof AliasValue.Include))
                                .forEach(into::add);
                case Answer.Failed<List<AliasValue>>(var cause) ->
                        complaints.accept("line " + number + ": " + cause);
                case Answer.Absent<List<AliasValue>>() -> {}
            }
        }
    }

    /// The lines of a file, comments gone and continued lines joined; a joined line leaves empty
    /// ones behind it, so that they can be counted.
    private static List<String> lines(String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        boolean comment = false;
        int joined = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '\n' : text.charAt(i);
            if (c == '\n') {
                lines.add(line.toString());
                line.setLength(0);
                comment = false;
                for (; joined > 0; joined--) {
                    lines.add("");
                }
            } else if (c == '#') {
                comment = true;
            } else if (!comment && c == '\\' && i + 1 < text.length()) {
                char next = text.charAt(++i);
                if (next == '\n') {
                    joined++;
                } else {
                    line.append(c).append(next);
                }
            } else if (!comment) {
                line.append(c);
            }
        }
        return lines;
    }

    /// Splits at commas that are not protected. A backslash protects one character and disappears;
    /// quotes protect up to the next of their kind, and stay.
    private static Answer<List<String>> split(String line) {
        var values = new ArrayList<String>();
        var value = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\') {
                if (++i == line.length()) {
                    return new Answer.Failed<>("a backslash at the end");
                }
                value.append(line.charAt(i));
                continue;
            }
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            } else if (c == ',' && quote == 0) {
                values.add(value.toString());
                value.setLength(0);
                continue;
            }
            value.append(c);
        }
        values.add(value.toString());
        if (quote != 0) {
            return new Answer.Failed<>("a quote that is never closed");
        }
        return new Answer.Found<>(
                values.stream().map(String::strip).filter(text -> !text.isEmpty()).toList());
    }

    private static Optional<AliasValue> value(String text) {
        if (!text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f))) {
            return Optional.empty();
        }
        var refusal = after(text, "error:");
        if (refusal.isPresent()) {
            return refusal(text.substring(refusal.getAsInt()));
        }
        var include = after(text, "include:");
        if (include.isPresent()) {
            var path = text.substring(include.getAsInt());
            return path.matches("/[ -~]*")
                    ? Optional.of(new AliasValue.Include(path))
                    : Optional.empty();
        }
        if (text.startsWith("|") || text.startsWith("\"|")) {
            return command(text);
        }
        if (text.startsWith("/")) {
            return text.length() <= MAX_VALUE
                    ? Optional.of(new AliasValue.File(text))
                    : Optional.empty();
        }
        return text.indexOf('@') >= 0 ? address(text) : user(text);
    }

    /// Where the text goes on after a keyword, which a colon may precede.
    private static OptionalInt after(String text, String keyword) {
        int start = text.startsWith(":") ? 1 : 0;
        return text.regionMatches(true, start, keyword, 0, keyword.length())
                ? OptionalInt.of(start + keyword.length())
                : OptionalInt.empty();
    }

    private static Optional<AliasValue> refusal(String text) {
        if (!text.matches("[45][0-9][0-9] [A-Za-z0-9][ -~]*") || text.length() > MAX_VALUE) {
            return Optional.empty();
        }
        return Optional.of(
                new AliasValue.Refusal(Integer.parseInt(text.substring(0, 3)), text.substring(4)));
    }

    private static Optional<AliasValue> command(String text) {
        var command = text.substring(1);
        if (text.startsWith("\"")) {
            if (text.length() < 3 || !text.endsWith("\"")) {
                return Optional.empty();
            }
            command = text.substring(2, text.length() - 1);
        }
        return command.isBlank() || command.length() > MAX_VALUE
                ? Optional.empty()
                : Optional.of(new AliasValue.Command(command));
    }

    private static Optional<AliasValue> address(String text) {
        var mailbox = Idna.isAscii(text) ? Mailbox.parse(text) : international(text);
        return mailbox.filter(one -> AddressSyntax.isHostName(one.domain()))
                .map(AliasValue.Address::new);
    }

    /// A mailbox in UTF-8 (RFC 6531 section 3.3), of which each character here is a byte.
    private static Optional<Mailbox> international(String bytes) {
        try {
            var text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(
                                    StandardCharsets.ISO_8859_1
                                            .newEncoder()
                                            .encode(CharBuffer.wrap(bytes)))
                            .toString();
            int at = text.lastIndexOf('@');
            return Mailbox.international(text.substring(0, at), text.substring(at + 1));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Optional<AliasValue> user(String text) {
        return text.length() <= MAX_NAME && isPlain(text) && text.indexOf('@') < 0
                ? Optional.of(new AliasValue.User(text))
                : Optional.empty();
    }

    private static String shown(String text) {
        var start = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return start.replaceAll("[^ -~]", "?");
    }
}
