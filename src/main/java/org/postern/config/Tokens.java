package org.postern.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.mail.AddressSyntax;

/// The tokens of a configuration, one ahead, and the words of the grammar as enums: `MAIL_FROM` is
/// the keyword `mail-from`.
final class Tokens {
    private static final Map<String, Integer> PORTS =
            Map.of("smtp", 25, "smtps", 465, "submissions", 465, "submission", 587, "lmtp", 24);

    /// The words of each enum by their texts, in the order of the enum.
    private static final ClassValue<Map<String, Enum<?>>> VOCABULARIES =
            new ClassValue<>() {
                @Override
                protected Map<String, Enum<?>> computeValue(Class<?> words) {
                    var texts = new LinkedHashMap<String, Enum<?>>();
                    for (Object constant : words.getEnumConstants()) {
                        var word = (Enum<?>) constant;
                        texts.put(text(word), word);
                    }
                    return Collections.unmodifiableMap(texts);
                }
            };

    /// How the names of tables begin that are written where they are used.
    static final String TABLE_IN_PLACE = "<dynamic:";

    /// How the names of chains begin that are written where they are used.
    static final String CHAIN_IN_PLACE = "<dynchain:";

    /// How many tokens of a directive are kept for what is said of a mistake in it.
    private static final int KEPT = 500;

    private final Sources sources;
    private final Lexer lexer;
    private final List<TableDefinition> inPlace = new ArrayList<>();
    private final List<Filter> chains = new ArrayList<>();
    private final List<Token> begun = new ArrayList<>();

    /// The words that would have done in the place of the next token.
    private final List<Map<String, Enum<?>>> candidates = new ArrayList<>();

    private final List<Token> ahead = new ArrayList<>(1);
    private final List<Problem> notYet = new ArrayList<>();
    private int depth;
    private Position opened = Position.BUILT_IN;

    Tokens(Sources sources) {
        this.sources = sources;
        this.lexer = new Lexer(sources);
    }

    Lexer lexer() {
        return lexer;
    }

    /// The tables written where they are used, in the order of the file.
    List<TableDefinition> inPlace() {
        return inPlace;
    }

    /// The chains of filters written where they are used, in the order of the file.
    List<Filter> chains() {
        return chains;
    }

    /// The words read so far that nothing acts on yet, in the order of the file.
    List<Problem> notYet() {
        return notYet;
    }

    /// The first tokens of the directive that is being read.
    List<Token> begun() {
        return begun;
    }

    /// The keyword that an enum constant stands for.
    static String text(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether there are only printable ASCII characters in `text`.
    static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    Token peek() throws Syntax {
        if (ahead.isEmpty()) {
            ahead.add(lexer.next());
        }
        return ahead.getFirst();
    }

    private Token take() throws Syntax {
        var token = peek();
        ahead.clear();
        candidates.clear();
        if (begun.size() < KEPT) {
            begun.add(token);
        }
        if (token.is('{') && depth++ == 0) {
            opened = token.at();
        } else if (token.is('}')) {
            depth--;
        }
        return token;
    }

    /// Where the next token begins.
    Position position() throws Syntax {
        return peek().at();
    }

    /// Begins a directive.
    void begin() {
        begun.clear();
        depth = 0;
    }

    boolean sees(char punctuation) throws Syntax {
        return peek().is(punctuation);
    }

    boolean seesString() throws Syntax {
        return peek().kind() == Token.Kind.STRING;
    }

    /// Whether a table may begin here.
    boolean seesPlainTable() throws Syntax {
        return seesString() || sees('<') || sees('{');
    }

    /// Whether a table may begin here, `regex` before it included.
    boolean seesTable() throws Syntax {
        return seesPlainTable() || sees(TableRef.Pattern.class);
    }

    <E extends Enum<E>> boolean sees(Class<E> words) throws Syntax {
        return finds(words, Token.Kind.KEYWORD);
    }

    private <E extends Enum<E>> boolean finds(Class<E> words, Token.Kind kind) throws Syntax {
        var token = peek();
        var vocabulary = vocabulary(words);
        candidates.add(vocabulary);
        return token.kind() == kind && vocabulary.containsKey(token.text());
    }

    private static Map<String, Enum<?>> vocabulary(Class<?> words) {
        return VOCABULARIES.get(words);
    }

    boolean accepts(char punctuation) throws Syntax {
        if (!sees(punctuation)) {
            return false;
        }
        take();
        return true;
    }

    <E extends Enum<E>> boolean accepts(Class<E> words) throws Syntax {
        if (!sees(words)) {
            return false;
        }
        takeNamed(words);
        return true;
    }

    void expect(char punctuation, String what) throws Syntax {
        if (!accepts(punctuation)) {
            throw expected(what);
        }
    }

    /// Reads one of the keywords of an enum.
    <E extends Enum<E>> E word(Class<E> words, String what) throws Syntax {
        if (sees(words)) {
            return takeNamed(words);
        }
        throw expected(what);
    }

    /// Reads a string that is one of the names of an enum.
    <E extends Enum<E>> E name(Class<E> names, String what) throws Syntax {
        if (finds(names, Token.Kind.STRING)) {
            return takeNamed(names);
        }
        throw expected(what);
    }

    private <E extends Enum<E>> E takeNamed(Class<E> words) throws Syntax {
        var token = take();
        var word = words.cast(vocabulary(words).get(token.text()));
        if (word == null) {
            throw new IllegalStateException(token.text() + " is not a word of " + words);
        }
        NotYet.named(word).ifPresent(named -> refuse(token.at(), named));
        return word;
    }

    /// Notes that the configuration wants what nothing acts on yet; reading goes on.
    private void refuse(Position at, String named) {
        notYet.add(error(at, '"' + named + "\" is not supported yet").problem());
    }

    /// Notes the same of what has no keyword of its own.
    void uses(Position at, Enum<?> what, String named) {
        if (NotYet.named(what).isPresent()) {
            refuse(at, named);
        }
    }

    /// Reads a string.
    String string(String what) throws Syntax {
        var token = peek();
        return switch (token.kind()) {
            case STRING -> take().text();
            case KEYWORD, NUMBER -> throw expected(what, " (as a string it needs quotes)");
            case ARROW, PUNCTUATION, NEWLINE, END -> throw expected(what);
        };
    }

    /// Reads a string that is not empty.
    String text(String what) throws Syntax {
        var at = position();
        var text = string(what);
        if (text.isEmpty()) {
            throw error(at, "expected " + what + ", found an empty string");
        }
        return text;
    }

    /// Reads a string that may hold format specifiers.
    String template(String what, Specifiers.Place place) throws Syntax {
        var at = position();
        var template = text(what);
        var mistake = Specifiers.mistake(template, place);
        if (mistake.isPresent()) {
            throw error(at, mistake.get());
        }
        return template;
    }

    /// Reads the name of something declared elsewhere.
    NameRef reference(String what) throws Syntax {
        return new NameRef(position(), text(what));
    }

    /// Reads the name of a `pki` or `ca` declared elsewhere, in lower case.
    NameRef foldedReference(String what) throws Syntax {
        var name = reference(what);
        return new NameRef(name.at(), AddressSyntax.fold(name.name()));
    }

    /// Reads the name that a directive declares.
    String declaredName(String what) throws Syntax {
        var at = position();
        var name = text(what);
        if (name.startsWith("<")) {
            throw error(at, "a name that begins with < is built in");
        }
        if (name.length() > TableDefinition.MAX_NAME || !isPlain(name)) {
            throw error(
                    at, what + " has 1 to " + TableDefinition.MAX_NAME + " printable characters");
        }
        return name;
    }

    /// Reads an absolute path.
    String path(String what) throws Syntax {
        var at = position();
        var path = text(what);
        if (!path.startsWith("/") || !isPlain(path)) {
            throw error(at, "expected " + what + " as an absolute path, found \"" + path + '"');
        }
        return path;
    }

    /// Reads a host name or an address literal.
    String hostName(String what) throws Syntax {
        var at = position();
        var name = text(what);
        if (!AddressSyntax.isDomain(name)) {
            throw error(at, "expected " + what + ", found \"" + name + "\"");
        }
        return name;
    }

    /// Reads a number from 0 to 2^31-1.
    int count() throws Syntax {
        var at = position();
        long number = number("a number");
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw error(at, "expected a number from 0 to " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    private long number(String what) throws Syntax {
        if (peek().kind() != Token.Kind.NUMBER) {
            throw expected(what);
        }
        return Long.parseLong(take().text());
    }

    /// Reads a TCP port, as a number or by name.
    int port() throws Syntax {
        var at = position();
        if (peek().kind() == Token.Kind.NUMBER) {
            long number = number("a port");
            if (number < 1 || number > 65535) {
                throw error(at, "expected a port from 1 to 65535");
            }
            return (int) number;
        }
        if (sees(Listen.PortWord.class)) {
            return PORTS.getOrDefault(take().text(), Listen.SMTP_PORT);
        }
        var name = text("a port");
        var port = PORTS.get(name);
        if (port == null) {
            throw error(at, "no port is known as \"" + name + "\"");
        }
        return port;
    }

    /// Reads a time: digits and one of `s`, `m`, `h`, `d`.
    Duration duration() throws Syntax {
        var at = position();
        var text = peek().kind() == Token.Kind.NUMBER ? take().text() : string("a time");
        return Quantity.duration(text)
                .orElseThrow(
                        () ->
                                error(
                                        at,
                                        "expected a time such as 30m, 4h or 2d, found \""
                                                + text
                                                + '"'));
    }

    /// Reads a number of bytes, as a number or with a suffix such as `M`.
    long size() throws Syntax {
        var at = position();
        var text = peek().kind() == Token.Kind.NUMBER ? take().text() : string("a size");
        var size = Quantity.size(text);
        if (size.isEmpty()) {
            throw error(at, "expected a size such as 35M, found \"" + text + '"');
        }
        return size.getAsLong();
    }

    boolean acceptsArrow() throws Syntax {
        if (peek().kind() != Token.Kind.ARROW && !sees('=')) {
            return false;
        }
        take();
        return true;
    }

    void expectArrow() throws Syntax {
        if (!acceptsArrow()) {
            throw expected("'=' and a value");
        }
    }

    void skipNewlines() throws Syntax {
        while (peek().kind() == Token.Kind.NEWLINE) {
            take();
        }
    }

    /// Whether another element follows in braces; if not, the closing brace has been read.
    boolean separated() throws Syntax {
        if (accepts(',')) {
            skipNewlines();
            return true;
        }
        skipNewlines();
        return !accepts('}');
    }

    /// Declares a table that is written where it is used, and gives its name.
    String declareInPlace(Position at, TableDefinition.Origin origin) {
        var name = TABLE_IN_PLACE + inPlace.size() + ">";
        inPlace.add(new TableDefinition(at, name, origin));
        return name;
    }

    /// Declares a chain of filters that is written where it is used, and gives its name.
    String declareChain(Position at, Filter.Kind.Chain chain) {
        var name = CHAIN_IN_PLACE + String.format(Locale.ROOT, "%08x>", chains.size() + 1);
        chains.add(new Filter(at, name, chain));
        return name;
    }

    /// Reads the end of a line, and not a token further: the next line may depend on this one.
    void endOfLine() throws Syntax {
        switch (peek().kind()) {
            case NEWLINE -> take();
            case END -> {}
            case STRING, KEYWORD, NUMBER, ARROW, PUNCTUATION ->
                    throw expected("the end of the line");
        }
    }

    /// Skips to the end of the directive in which an error was found, braces included; the answer
    /// is where a brace was opened that is never closed.
    Optional<Position> recover() {
        while (true) {
            try {
                var token = peek();
                if (token.kind() == Token.Kind.END) {
                    return depth > 0 ? Optional.of(opened) : Optional.empty();
                }
                take();
                if (token.kind() == Token.Kind.NEWLINE && depth <= 0) {
                    return Optional.empty();
                }
            } catch (Syntax _) {
                ahead.clear(); // The line is lost already; one message for it is enough.
            }
        }
    }

    <E extends Enum<E>> void refuseRepeated(Class<E> words) throws Syntax {
        if (sees(words)) {
            throw error(position(), peek().text() + " is already specified");
        }
    }

    Syntax repeated(Position at, Enum<?> word) {
        return error(at, text(word) + " is already specified");
    }

    /// The error that something else was expected where the next token stands.
    Syntax expected(String what) throws Syntax {
        return expected(what, "");
    }

    /// The error that a line begins with what is neither a directive nor a macro definition.
    Syntax notADirective(Token first) {
        var words = Stream.of(Directive.Word.values()).map(Tokens::text).toList();
        return unexpected(
                first,
                "a directive or a macro definition",
                Nearest.to(first.text(), words),
                "",
                Lessons.of(List.of(), first, "a directive"));
    }

    private Syntax expected(String what, String hint) throws Syntax {
        var token = peek();
        // What only lacks quotes is no word in the wrong place.
        var lessons = hint.isEmpty() ? Lessons.of(begun, token, what) : List.<String>of();
        var near =
                token.kind() == Token.Kind.STRING && lessons.isEmpty()
                        ? Nearest.to(token.text(), candidateTexts())
                        : Optional.<String>empty();
        return unexpected(token, what, near, hint, lessons);
    }

    private List<String> candidateTexts() {
        return candidates.stream().flatMap(words -> words.keySet().stream()).toList();
    }

    private Syntax unexpected(
            Token found, String what, Optional<String> near, String hint, List<String> lessons) {
        return error(
                found.at(),
                "expected "
                        + what
                        + ", found "
                        + found.described()
                        + hint
                        + near.map(word -> "; did you mean " + word + "?").orElse(""),
                lessons);
    }

    private Syntax error(Position at, String message, List<String> notes) {
        var all = new ArrayList<>(notes);
        lexer.note(at).ifPresent(all::add);
        return new Syntax(sources.problem(at, message, all));
    }

    Syntax error(Position at, String message) {
        return error(at, message, List.of());
    }
}
