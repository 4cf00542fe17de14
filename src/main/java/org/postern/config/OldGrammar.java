package org.postern.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Translates a line of the language that OpenSMTPD spoke before version 6.4 (2018), so that whoever
/// comes with an old file is shown the lines of today:
///
///     accept from any for domain example.org alias <a> deliver to maildir
///
/// becomes an `action` and a `match`.
final class OldGrammar {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9:_][A-Za-z0-9:_.@+/*-]*");

    private static final Pattern URL = Pattern.compile("([a-z+]+)://(.*)");

    private final List<Token> tokens;
    private final List<String> conditions = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private int next;
    private String method = "";
    private String methodText = "";
    private String ttl = "";

    private OldGrammar(List<Token> tokens) {
        this.tokens = tokens;
    }

    /// Whether a line that begins with `first` may be of the old language.
    static boolean isOldRule(Token first) {
        return (first.kind() == Token.Kind.STRING && first.text().equals("accept"))
                || (first.kind() == Token.Kind.KEYWORD && first.text().equals("reject"));
    }

    /// The lines of today that do what an old `accept` or `reject` line did; none if the line is
    /// not understood.
    static List<String> translate(List<Token> line) {
        var tokens = line.stream().filter(token -> token.kind() != Token.Kind.NEWLINE).toList();
        if (tokens.isEmpty()) {
            return List.of();
        }
        var old = new OldGrammar(tokens);
        return old.read() ? old.lines() : List.of();
    }

    private boolean read() {
        boolean accepts = tokens.getFirst().text().equals("accept");
        next = 1;
        while (next < tokens.size()) {
            var not = accept("!") ? "!" : "";
            if (next == tokens.size() || !(readCondition(not) || readOption() || readMethod())) {
                return false;
            }
        }
        return accepts != method.isEmpty();
    }

    private boolean readCondition(String not) {
        return switch (take()) {
            case "tagged" -> add(not + "tag", value());
            case "sender" -> add(not + "mail-from", value());
            case "recipient" -> add(not + "rcpt-to", value());
            case "from" ->
                    switch (peek()) {
                        case "any", "local" -> add(not + "from", Optional.of(take()));
                        case "source" -> {
                            next++;
                            yield add(not + "from src", value());
                        }
                        default -> false;
                    };
            case "for" ->
                    switch (peek()) {
                        case "any", "local" -> add(not + "for", Optional.of(take()));
                        case "domain" -> {
                            next++;
                            yield add(not + "for domain", value());
                        }
                        default -> false;
                    };
            default -> {
                next--;
                yield false;
            }
        };
    }

    private boolean add(String words, Optional<String> value) {
        value.ifPresent(text -> conditions.add(words + " " + text));
        return value.isPresent();
    }

    private boolean readOption() {
        var word = take();
        return switch (word) {
            case "alias", "virtual", "userbase" -> option(word);
            case "expire" -> {
                var time = value();
                time.ifPresent(text -> ttl = " ttl " + text);
                yield time.isPresent();
            }
            case "forward-only" -> {
                method = word;
                methodText = word;
                yield true;
            }
            default -> {
                next--;
                yield false;
            }
        };
    }

    private boolean readMethod() {
        if (accept("deliver")) {
            return accept("to") && readDelivery();
        }
        if (!accept("relay")) {
            return false;
        }
        method = "relay";
        methodText = "relay";
        while (next < tokens.size() && !peek().equals("expire")) {
            if (!readRelayOption()) {
                return false;
            }
        }
        return true;
    }

    private boolean readDelivery() {
        method = take();
        methodText = method;
        switch (method) {
            case "mbox" -> {}
            case "maildir" -> {
                if (seesString() && !peek().equals("expire")) {
                    methodText += " " + shown(tokens.get(next++));
                }
            }
            case "mda", "lmtp" -> {
                var target = value();
                if (target.isEmpty()) {
                    return false;
                }
                methodText += " " + target.get();
            }
            default -> {
                return false;
            }
        }
        if (accept("rcpt-to")) {
            methodText += " rcpt-to";
        }
        if (accept("as")) {
            var user = value();
            user.ifPresent(name -> options.add("user " + name));
            return user.isPresent();
        }
        return true;
    }

    private boolean readRelayOption() {
        return switch (take()) {
            case "via" -> {
                var host = next < tokens.size() ? today(tokens.get(next).text()) : "";
                next++;
                yield !host.isEmpty() && options.add("host " + Printer.quoted(host));
            }
            case "backup" -> {
                if (seesString() && !isRelayWord(peek())) {
                    yield options.add("backup mx " + shown(tokens.get(next++)));
                }
                yield options.add("backup");
            }
            case "as" -> option("mail-from");
            case "source" -> option("src");
            case "hostname" -> option("helo");
            case "hostnames" -> option("helo-src");
            case "auth" -> option("auth");
            case "pki", "certificate" -> option("pki");
            case "ca" -> option("ca");
            case "tls" -> options.add(accept("verify") ? "tls" : "tls no-verify");
            case "verify" -> options.add("tls");
            default -> false;
        };
    }

    private static boolean isRelayWord(String text) {
        return List.of("as", "via", "source", "certificate", "expire").contains(text);
    }

    private boolean option(String word) {
        var value = value();
        value.ifPresent(text -> options.add(word + " " + text));
        return value.isPresent();
    }

    /// The URL of a smart host with the scheme of today.
    private static String today(String url) {
        var parts = URL.matcher(url);
        if (!parts.matches()) {
            return url;
        }
        var scheme =
                switch (parts.group(1)) {
                    case "tls", "tls+auth", "smtp+tls+auth", "secure", "secure+auth" -> "smtp+tls";
                    case "ssl", "ssl+auth", "smtps+auth" -> "smtps";
                    case "smtp+tls" -> "smtp";
                    default -> parts.group(1);
                };
        return scheme + "://" + parts.group(2);
    }

    /// A table in any of its forms, or a string.
    private Optional<String> value() {
        if (next >= tokens.size()) {
            return Optional.empty();
        }
        var first = tokens.get(next);
        if (!first.is('<') && !first.is('{')) {
            next++;
            return first.kind() == Token.Kind.STRING
                            || first.kind() == Token.Kind.KEYWORD
                            || first.kind() == Token.Kind.NUMBER
                    ? Optional.of(shown(first))
                    : Optional.empty();
        }
        char last = first.is('<') ? '>' : '}';
        var text = new StringBuilder();
        while (next < tokens.size()) {
            var token = tokens.get(next++);
            boolean tight = token.is('<') || token.is('>') || token.is(',');
            text.append(tight || text.isEmpty() || text.charAt(text.length() - 1) == '<' ? "" : " ")
                    .append(shown(token));
            if (token.is(last)) {
                return Optional.of(text.toString());
            }
        }
        return Optional.empty();
    }

    private List<String> lines() {
        var match = "match" + (conditions.isEmpty() ? "" : " " + String.join(" ", conditions));
        if (method.isEmpty()) {
            return List.of(match + " reject");
        }
        var name = " \"" + method + "_" + tokens.getFirst().at().line() + '"';
        var lines = new ArrayList<String>();
        // Credentials come after the host they are for, and a table of accounts is the action's.
        options.sort((one, other) -> rank(one) - rank(other));
        lines.add(
                "action"
                        + name
                        + " "
                        + methodText
                        + (options.isEmpty() ? "" : " " + String.join(" ", options))
                        + ttl);
        lines.add(match + " action" + name);
        if (method.equals("relay") && conditions.stream().noneMatch(OldGrammar::isForeign)) {
            lines.add("match auth from any for any action" + name);
        }
        return lines;
    }

    private static int rank(String option) {
        return option.startsWith("auth ") ? 1 : 0;
    }

    private static boolean isForeign(String condition) {
        return condition.contains("from any") || condition.contains("from src");
    }

    private boolean accept(String text) {
        if (next < tokens.size() && tokens.get(next).text().equals(text)) {
            next++;
            return true;
        }
        return false;
    }

    private boolean seesString() {
        return next < tokens.size() && tokens.get(next).kind() == Token.Kind.STRING;
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next).text() : "";
    }

    private String take() {
        var text = peek();
        next++;
        return text;
    }

    /// A token as it may be written.
    static String shown(Token token) {
        return switch (token.kind()) {
            case STRING, KEYWORD, NUMBER -> {
                var text = token.text();
                boolean plain =
                        WORD.matcher(text).matches()
                                && !Lexer.RESERVED.contains(text)
                                && !text.matches("[0-9]+");
                yield plain ? text : Printer.quoted(text);
            }
            case ARROW, PUNCTUATION -> token.text();
            case NEWLINE, END -> "";
        };
    }
}
