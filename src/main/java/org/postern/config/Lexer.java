package org.postern.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes tokens of the bytes of the configuration: quoting, line continuation, comments, macros and
/// included files end here.
///
/// A macro's value is read again as text in the place of its name; tokens that come of it stand,
/// for messages, where the `$` stands.
final class Lexer {
    /// The number of bytes a word or a quoted string may have.
    static final int MAX_WORD = 8191;

    /// How many files may include one another.
    static final int MAX_DEPTH = 16;

    private static final int END = -1;

    private static final String NOT_IN_WORDS = "(){}<>!=#,";

    private static final String AFTER_NUMBER = " \t\n\r\f\u000b),/}=";

    /// The words that cannot be a plain string, used by the grammar or kept for it.
    static final Set<String> RESERVED =
            Set.of(
                    """
                    action admd alias any auth auth-optional auth-without-tls backup bounce
                    bypass ca cert chain
                    chroot ciphers commit compression connect data data-line dhe disconnect domain
                    ehlo encryption expand-only fcrdns filter for forward-only from group helo
                    helo-src host hostname hostnames include inet4 inet6 junk key limit listen lmtp
                    local mail-from maildir mask-src masquerade match max-deferred max-message-size
                    mbox mda mta mx no-dsn no-verify noop on phase pki port proc proc-exec protocols
                    proxy-v2 queue quit rcpt-to rdns received-auth recipient regex reject relay
                    report rewrite rset scheduler senders smtp smtp-in smtp-out smtps socket src srs
                    sub-addr-delim table tag tagged tls tls-require ttl user userbase verify virtual
                    warn-interval wrapper xclient
                    """
                            .split("\\s+"));

    private record Macro(String value, Position at, boolean fromCommandLine) {}

    /// Where reading stands, to come back to.
    private record Mark(
            int index,
            int line,
            int column,
            boolean ended,
            String expansion,
            int expanded,
            boolean lastExpanded) {}

    private static final class Reader {
        final String name;
        final String text;
        int index;
        int line = 1;
        int column = 1;
        boolean ended;

        Reader(String name, String text) {
            this.name = name;
            this.text = text;
        }

        int at(int where) {
            return where < text.length() ? text.charAt(where) : END;
        }

        /// The text from `start` to `end`, up to which all is read now; there is no newline in it.
        String take(int start, int end) {
            column += end - index;
            index = end;
            return text.substring(start, end);
        }
    }

    private final Sources sources;
    private final Deque<Reader> files = new ArrayDeque<>();
    private final Map<String, Macro> macros = new HashMap<>();
    private final Map<Position, String> notes = new HashMap<>();
    private final Map<String, Position> returns = new LinkedHashMap<>();
    private Reader file;
    private String expansion = "";
    private int expanded;
    private Position expansionAt = Position.BUILT_IN;

    // Where the byte read last stands; its position is made only for what needs it.
    private String lastFile = "";
    private int lastLine = 1;
    private int lastColumn = 1;
    private boolean lastExpanded;

    Lexer(Sources sources) {
        this.sources = sources;
        this.file = new Reader(sources.main(), sources.mainText());
        files.push(file);
        for (String define : sources.defines()) {
            int equals = define.lastIndexOf('=');
            if (equals > 0) {
                var at = new Position("-D " + define, 1, 1);
                macros.putIfAbsent(
                        define.substring(0, equals),
                        new Macro(define.substring(equals + 1), at, true));
            }
        }
    }

    /// Defines a macro, unless the command line has; a later definition replaces an earlier one.
    void define(String name, String value, Position at) {
        var known = macros.get(name);
        if (known == null || !known.fromCommandLine()) {
            macros.put(name, new Macro(value, at, false));
        }
    }

    /// Goes on with the text of another file, and comes back after its end.
    void include(Position at, String name) throws Syntax {
        for (Reader open : files) {
            if (open.name.equals(name)) {
                throw error(at, "\"" + name + "\" includes itself");
            }
        }
        if (files.size() >= MAX_DEPTH) {
            throw error(at, "more than " + MAX_DEPTH + " files include one another");
        }
        var text = sources.text(name);
        if (text.isEmpty()) {
            throw error(at, "cannot read \"" + name + "\"");
        }
        file = new Reader(name, text.get());
        files.push(file);
    }

    /// The complaint about each file whose lines end in CR LF. They are read as if they ended in
    /// LF, so that one complaint is enough.
    List<Problem> returns() {
        return returns.values().stream()
                .map(
                        at ->
                                sources.problem(
                                        at,
                                        "the lines of this file end in CR LF, not in LF",
                                        List.of("mend it with: sed -i 's/\\r$//' " + at.file())))
                .toList();
    }

    /// What there is to say about the macro that was expanded at this place.
    Optional<String> note(Position at) {
        return Optional.ofNullable(notes.get(at));
    }

    /// The next token; after the end of the main file always [Token.Kind#END].
    Token next() throws Syntax {
        int c = skipBlanksAndComment();
        while (c == '$' && !lastExpanded) {
            expand();
            c = skipBlanksAndComment();
        }
        var at = last();
        return switch (c) {
            case END -> end(at);
            case '\n' -> new Token(Token.Kind.NEWLINE, "\n", at);
            case '"', '\'' -> new Token(Token.Kind.STRING, quoted(c, at), at);
            case '=' -> arrowOrEquals(at);
            default -> wordOrPunctuation(c, at);
        };
    }

    private Token end(Position at) throws Syntax {
        files.pop();
        var outer = files.peek();
        if (outer == null) {
            files.push(file);
            return new Token(Token.Kind.END, "", at);
        }
        file = outer;
        return next();
    }

    private int skipBlanksAndComment() throws Syntax {
        int c = plain();
        while (c == ' ' || c == '\t') {
            c = plain();
        }
        if (c == '#') {
            while (c != '\n' && c != END) {
                c = plain();
            }
        }
        return c;
    }

    /// Puts the value of a macro, whose `$` is read already, before the text that follows.
    private void expand() throws Syntax {
        var at = last();
        var name = new StringBuilder();
        var mark = mark();
        int c = plain();
        while (isAlphanumeric(c) || c == '_') {
            name.append((char) c);
            mark = mark();
            c = plain();
        }
        reset(mark);
        var macro = macros.get(name.toString());
        if (macro == null) {
            throw error(at, "no macro \"" + name + "\" is defined before this line");
        }
        notes.put(at, "$" + name + " is '" + macro.value() + "', from " + macro.at());
        expansion = macro.value();
        expanded = 0;
        expansionAt = at;
    }

    private Token arrowOrEquals(Position at) {
        var mark = mark();
        if (plain() == '>') {
            return new Token(Token.Kind.ARROW, "=>", at);
        }
        reset(mark);
        return new Token(Token.Kind.PUNCTUATION, "=", at);
    }

    private Token wordOrPunctuation(int c, Position at) throws Syntax {
        if (c == '-' || isDigit(c)) {
            var number = number(c, at);
            if (number.isPresent()) {
                return number.get();
            }
        }
        if (isAlphanumeric(c) || c == ':' || c == '_') {
            var word = word(c, at);
            var kind = RESERVED.contains(word) ? Token.Kind.KEYWORD : Token.Kind.STRING;
            return new Token(kind, word, at);
        }
        if (c != '\r' && (c < ' ' || c > '~')) {
            throw error(at, "a byte that has no place here: " + hex(c));
        }
        return new Token(Token.Kind.PUNCTUATION, String.valueOf((char) c), at);
    }

    /// Digits, if they end where a number may end; else nothing is read.
    private Optional<Token> number(int first, Position at) throws Syntax {
        var start = mark();
        var digits = new StringBuilder().append((char) first);
        var mark = mark();
        int c = plain();
        while (isDigit(c) && digits.length() < MAX_WORD) {
            digits.append((char) c);
            mark = mark();
            c = plain();
        }
        boolean ends = c == END || AFTER_NUMBER.indexOf(c) >= 0;
        if (!ends || digits.toString().equals("-")) {
            reset(start);
            return Optional.empty();
        }
        reset(mark);
        try {
            return Optional.of(
                    new Token(
                            Token.Kind.NUMBER,
                            Long.toString(Long.parseLong(digits.toString())),
                            at));
        } catch (NumberFormatException _) {
            throw error(at, "a number beyond 64 bits");
        }
    }

    private String word(int first, Position at) throws Syntax {
        int end = lastExpanded ? -1 : plainWordEnd();
        if (end >= 0) {
            return file.take(file.index - 1, end);
        }
        var word = new StringBuilder().append((char) first);
        var mark = mark();
        int c = plain();
        while (isInWord(c)) {
            append(word, c, at);
            mark = mark();
            c = plain();
        }
        reset(mark);
        return word.toString();
    }

    /// Where the word ends whose first byte is read already; -1 if it is long or has a backslash in
    /// it, and has to be read byte by byte.
    private int plainWordEnd() {
        int end = file.index;
        int most = Math.min(file.text.length(), file.index + MAX_WORD - 1);
        while (end < most && isInWord(file.text.charAt(end)) && file.text.charAt(end) != '\\') {
            end++;
        }
        if (file.at(end) == '\\' || (end == most && end < file.text.length())) {
            return -1;
        }
        return end;
    }

    /// Where the closing quote is, if there is nothing before it that has to be read byte by byte;
    /// else -1.
    private int plainQuoteEnd(int quote) {
        int most = Math.min(file.text.length(), file.index + MAX_WORD);
        for (int end = file.index; end < most; end++) {
            char c = file.text.charAt(end);
            if (c == quote) {
                return end;
            }
            if (c == '\\' || c == 0x7f || c < ' ') {
                return -1;
            }
        }
        return -1;
    }

    /// The text up to the closing quote. A newline in it is dropped; a backslash only protects the
    /// quote, a blank and a newline, and otherwise stays.
    private String quoted(int quote, Position at) throws Syntax {
        int end = lastExpanded ? -1 : plainQuoteEnd(quote);
        if (end >= 0) {
            var plain = file.take(file.index, end);
            raw();
            return plain;
        }
        var text = new StringBuilder();
        while (true) {
            int c = raw();
            if (c == END) {
                throw error(at, "the quoted string is never closed");
            }
            if (c == quote) {
                return text.toString();
            }
            if (c == '\n') {
                continue;
            }
            if (c != '\\') {
                append(text, c, at);
                continue;
            }
            var mark = mark();
            int next = raw();
            if (next == quote || next == ' ' || next == '\t') {
                append(text, next, at);
            } else if (next != '\n') {
                reset(mark);
                append(text, '\\', at);
            }
        }
    }

    private void append(StringBuilder text, int c, Position at) throws Syntax {
        if (c == 0x7f || (c < ' ' && c != '\t')) {
            throw error(last(), "a control character in a string: " + hex(c));
        }
        if (text.length() >= MAX_WORD) {
            throw error(at, "a string of more than " + MAX_WORD + " bytes");
        }
        text.append((char) c);
    }

    /// The next byte outside quotes: a backslash protects what follows it, or joins two lines.
    /// Before the end of a file comes one newline, whether it is written or not.
    private int plain() {
        while (true) {
            int c = raw();
            if (c == '\\') {
                c = raw();
                if (c == '\n') {
                    continue;
                }
            }
            if (c == END && !file.ended) {
                file.ended = true;
                return '\n';
            }
            return c;
        }
    }

    private Position last() {
        return lastExpanded ? expansionAt : new Position(lastFile, lastLine, lastColumn);
    }

    private int raw() {
        if (expanded < expansion.length()) {
            lastExpanded = true;
            return expansion.charAt(expanded++);
        }
        lastExpanded = false;
        lastFile = file.name;
        lastLine = file.line;
        lastColumn = file.column;
        if (file.index == file.text.length()) {
            return END;
        }
        char c = file.text.charAt(file.index++);
        if (c == '\r' && file.at(file.index) == '\n') {
            returns.putIfAbsent(file.name, new Position(file.name, file.line, file.column));
            c = file.text.charAt(file.index++);
        }
        file.column++;
        if (c == '\n') {
            file.line++;
            file.column = 1;
        }
        return c;
    }

    private Mark mark() {
        return new Mark(
                file.index, file.line, file.column, file.ended, expansion, expanded, lastExpanded);
    }

    private void reset(Mark mark) {
        file.index = mark.index();
        file.line = mark.line();
        file.column = mark.column();
        file.ended = mark.ended();
        expansion = mark.expansion();
        expanded = mark.expanded();
        lastExpanded = mark.lastExpanded();
    }

    private Syntax error(Position at, String message) {
        return new Syntax(sources.problem(at, message));
    }

    private static boolean isInWord(int c) {
        return isAlphanumeric(c) || (c > ' ' && c < 0x7f && NOT_IN_WORDS.indexOf(c) < 0);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isAlphanumeric(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static String hex(int c) {
        return "0x" + Integer.toHexString(0x100 | c).substring(1);
    }
}
