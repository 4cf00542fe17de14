package org.postern.config;

import java.util.List;
import java.util.Map;

/// What is to be said of classic mistakes: words of OpenSMTPD before version 6.4, and words in the
/// wrong place.
final class Lessons {

    /// By the first word of the directive: what an unexpected word was meant to be.
    private static final Map<String, Map<String, String>> BY_DIRECTIVE =
            Map.of(
                    "match",
                    Map.ofEntries(
                            Map.entry("alias", "alias goes into the action"),
                            Map.entry("virtual", "virtual goes into the action"),
                            Map.entry("userbase", "userbase goes into the action"),
                            Map.entry("user", "user goes into the action"),
                            Map.entry("ttl", "ttl goes into the action"),
                            Map.entry(
                                    "deliver",
                                    "how to deliver goes into an action, which the match names"),
                            Map.entry(
                                    "relay",
                                    "relay is a method of an action, which the match names:"
                                            + " action \"out\" relay"),
                            Map.entry("sender", "sender is called mail-from now"),
                            Map.entry("recipient", "recipient is called rcpt-to now"),
                            Map.entry("tagged", "tagged is called tag now"),
                            Map.entry("source", "source is called src now"),
                            Map.entry("accept", "a match that does not reject names an action"),
                            Map.entry("domain", "domain stands after for: for domain ..."),
                            Map.entry("src", "src stands after from: from src ..."),
                            Map.entry("rdns", "rdns stands after from: from rdns ..."),
                            Map.entry("any", "any stands after from or for"),
                            Map.entry("local", "local stands after from or for")),
                    "action",
                    Map.ofEntries(
                            Map.entry("deliver", "leave out deliver to: the method stands alone"),
                            Map.entry("via", "via is called host now"),
                            Map.entry("as", "as is called mail-from in relay, user elsewhere, now"),
                            Map.entry("source", "source is called src now"),
                            Map.entry("hostname", "hostname is called helo now"),
                            Map.entry("hostnames", "hostnames is called helo-src now"),
                            Map.entry(
                                    "verify", "relay tls checks certificates without a word more"),
                            Map.entry("certificate", "certificate is called pki now"),
                            Map.entry("expire", "expire is called ttl now"),
                            Map.entry("for", "for whom an action is goes into a match"),
                            Map.entry("from", "from whom goes into a match"),
                            Map.entry("smarthost", "a smart host is named with host")),
                    "listen",
                    Map.ofEntries(
                            Map.entry(
                                    "secure",
                                    "secure is two lines now: one with tls, one with smtps"),
                            Map.entry("ssl", "ssl is called smtps now"),
                            Map.entry("starttls", "STARTTLS is offered with tls"),
                            Map.entry("certificate", "certificate is called pki now"),
                            Map.entry("enable", "auth stands without enable"),
                            Map.entry("address", "the address stands right after on"),
                            Map.entry("mask-source", "mask-source is called mask-src now")),
                    "pki",
                    Map.of("certificate", "certificate is called cert now"),
                    "ca",
                    Map.of("certificate", "certificate is called cert now"),
                    "queue",
                    Map.of("expire", "expire is called ttl now"),
                    "smtp",
                    Map.of(
                            "max-recipients", "smtp limit max-rcpt sets the number of recipients",
                            "max-size", "smtp max-message-size sets the size of messages"));

    /// By the first word of a line that begins with no directive: what to write instead.
    private static final Map<String, String> BEGINNINGS =
            Map.of(
                    "limit", "limits belong to a directive: smtp limit, mta limit, mda limit",
                    "expire", "write: queue ttl 4d",
                    "bounce-warn", "write: bounce warn-interval 4h, 2d",
                    "max-message-size", "write: smtp max-message-size 35M",
                    "subaddressing-delimiter", "write: smtp sub-addr-delim \"+\"",
                    "hostname", "the name of the server stands in the file mailname",
                    "relay", "relay is a method of an action: action \"out\" relay",
                    "ssl", "write: pki name cert \"/path\" key \"/path\"",
                    "certificate", "write: pki name cert \"/path\" key \"/path\"");

    private static final String QUOTED_BEGINNINGS = "/@*-.[]~%|+&;\\^?`";

    private Lessons() {}

    /// What there is to say of a token that is not expected where it stands.
    ///
    /// @param begun the tokens of the directive before it
    static List<String> of(List<Token> begun, Token found, String expected) {
        if (begun.isEmpty()) {
            var lesson = isWord(found) ? BEGINNINGS.get(found.text()) : null;
            return lesson == null ? List.of() : List.of(lesson);
        }
        if (begun.getFirst().text().equals("listen") && found.is('*')) {
            return List.of("everywhere is two lines: listen on 0.0.0.0, and listen on \"::\"");
        }
        if (found.kind() == Token.Kind.PUNCTUATION
                && QUOTED_BEGINNINGS.contains(found.text())
                && !expected.startsWith("the end of the line")) {
            return List.of("a string that begins with " + found.text() + " needs quotes");
        }
        var directive = begun.getFirst().text();
        if (directive.equals("table") && begun.size() == 2 && found.is('=')) {
            return List.of("there is no = between a table and what it holds");
        }
        if (directive.equals("bounce")
                && begun.size() > 2
                && expected.equals("the end of the line")) {
            return List.of("the times are parted by commas: 1h, 4h");
        }
        if (directive.equals("action")
                && expected.equals("the end of the line")
                && begun.stream().anyMatch(Lessons::isTtl)
                && !isTtl(found)) {
            return List.of("ttl is the last option of an action");
        }
        if (found.is('!')) {
            return directive.equals("match") || directive.equals("filter")
                    ? List.of("a ! stands before the whole criterion, as in: !from src ...")
                    : List.of();
        }
        var lesson =
                isWord(found)
                        ? BY_DIRECTIVE.getOrDefault(directive, Map.of()).get(found.text())
                        : null;
        return lesson == null ? List.of() : List.of(lesson);
    }

    private static boolean isTtl(Token token) {
        return token.kind() == Token.Kind.KEYWORD && token.text().equals("ttl");
    }

    private static boolean isWord(Token token) {
        return token.kind() == Token.Kind.KEYWORD || token.kind() == Token.Kind.STRING;
    }
}
