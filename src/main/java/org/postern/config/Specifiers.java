package org.postern.config;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Checks the format specifiers of a delivery command or path, so that a typing error shows when the
/// configuration is read and not when mail arrives. The room `delivery` expands them.
///
///     specifier = "%{" token [ "[" range "]" ] [ ":" modifier { "|" modifier } ] "}"
final class Specifiers {
    private static final int MAX_LENGTH = 127;

    private static final Set<String> TOKENS =
            Set.of(
                    "sender",
                    "sender.user",
                    "sender.domain",
                    "rcpt",
                    "rcpt.user",
                    "rcpt.domain",
                    "dest",
                    "dest.user",
                    "dest.domain",
                    "user.username",
                    "user.directory",
                    "mbox.from",
                    "mda");

    private static final Pattern FORM =
            Pattern.compile(
                    "([A-Za-z.]+)(?:\\[(?:[-+]?[0-9]+|([-+]?[0-9]+):([-+]?[0-9]+)?|:[-+]?[0-9]+)])?"
                            + "(?::(?:lowercase|uppercase|strip|raw)"
                            + "(?:\\|(?:lowercase|uppercase|strip|raw))*)?",
                    Pattern.CASE_INSENSITIVE);

    /// Where a text with specifiers stands.
    enum Place {
        ACTION,
        /// Around the command of an action, which is `%{mda}` here.
        WRAPPER
    }

    private Specifiers() {}

    /// What is wrong with the specifiers of a text, if anything is.
    static Optional<String> mistake(String text, Place place) {
        int at = 0;
        while ((at = text.indexOf('%', at)) >= 0) {
            if (text.startsWith("%%", at)) {
                at += 2;
                continue;
            }
            if (!text.startsWith("%{", at)) {
                at++;
                continue;
            }
            int end = text.indexOf('}', at);
            if (end < 0) {
                return Optional.of("a %{ without }");
            }
            var mistake = specifierMistake(text.substring(at + 2, end), place);
            if (mistake.isPresent()) {
                return mistake;
            }
            at = end + 1;
        }
        return Optional.empty();
    }

    private static Optional<String> specifierMistake(String specifier, Place place) {
        var form = FORM.matcher(specifier);
        if (specifier.length() > MAX_LENGTH || !form.matches()) {
            return Optional.of("%{" + specifier + "} is malformed");
        }
        var token = form.group(1).toLowerCase(Locale.ROOT);
        if (!TOKENS.contains(token)) {
            return Optional.of(
                    "%{"
                            + token
                            + "} is unknown"
                            + Nearest.to(token, TOKENS)
                                    .map(near -> "; did you mean %{" + near + "}?")
                                    .orElse(""));
        }
        if (isBackwards(
                Objects.requireNonNullElse(form.group(2), ""),
                Objects.requireNonNullElse(form.group(3), ""))) {
            return Optional.of("%{" + specifier + "} ends before it begins");
        }
        return token.equals("mda") && place == Place.ACTION
                ? Optional.of("%{mda} has a meaning in a wrapper only")
                : Optional.empty();
    }

    /// A range whose ends are both counted from the beginning of the value; of others nothing can
    /// be said.
    private static boolean isBackwards(String first, String last) {
        if (first.isEmpty() || last.isEmpty() || first.startsWith("-") || last.startsWith("-")) {
            return false;
        }
        return new BigInteger(first).compareTo(new BigInteger(last)) > 0;
    }
}
