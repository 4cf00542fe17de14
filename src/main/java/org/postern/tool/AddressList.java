package org.postern.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;

/// Reads the addresses out of a list as header fields and command lines write them (RFC 5322
/// section 3.4): names, comments, quoted strings, groups and routes are left out.
final class AddressList {
    /// What is wrong with a list.
    static final class BadAddress extends Exception {
        private static final long serialVersionUID = 1;

        BadAddress(String text) {
            super(text);
        }
    }

    private final String text;
    private final List<String> found = new ArrayList<>();
    private final StringBuilder plain = new StringBuilder();
    private final StringBuilder angle = new StringBuilder();
    private int at;
    private Angle seen = Angle.NONE;
    private Gap gap = Gap.NONE;

    private enum Angle {
        NONE,
        OPEN,
        CLOSED
    }

    /// White space in what may turn out to be a bare address.
    private enum Gap {
        NONE,
        PENDING,
        /// Two words: only a display name has those.
        FOUND
    }

    private AddressList(String text) {
        this.text = text;
    }

    /// The addresses in `text`, as they are written: `local-part` or `local-part@domain`.
    ///
    /// @throws BadAddress if it is not a list of addresses
    static List<String> parse(String text) throws BadAddress {
        return new AddressList(text).read();
    }

    private List<String> read() throws BadAddress {
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '(' -> comment();
                case '"' -> until('"');
                case '[' -> until(']');
                case '<' -> open();
                case '>' -> close();
                case ',', ';' -> separate(c);
                case ':' -> colon();
                case ' ', '\t', '\r', '\n' -> space();
                default -> add(c);
            }
            at++;
        }
        if (seen == Angle.OPEN) {
            throw bad("a \"<\" without its \">\"");
        }
        finish();
        return List.copyOf(found);
    }

    private void comment() throws BadAddress {
        int depth = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return;
            }
        }
        throw bad("a comment without an end");
    }

    private void until(char end) throws BadAddress {
        add(text.charAt(at++));
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            add(c);
            if (c == '\\' && at + 1 < text.length()) {
                add(text.charAt(++at));
            } else if (c == end) {
                return;
            }
        }
        throw bad("no end to " + (end == '"' ? "a quoted string" : "an address literal"));
    }

    private void open() throws BadAddress {
        if (seen != Angle.NONE) {
            throw bad("a second \"<\"");
        }
        seen = Angle.OPEN;
    }

    private void close() throws BadAddress {
        if (seen != Angle.OPEN) {
            throw bad("a \">\" without its \"<\"");
        }
        seen = Angle.CLOSED;
    }

    /// A comma inside angle brackets belongs to a route (RFC 5322 section 4.4).
    private void separate(char separator) throws BadAddress {
        if (seen != Angle.OPEN) {
            finish();
        } else if (separator == ',' && angle.toString().startsWith("@")) {
            angle.append(separator);
        } else {
            throw bad("a \"<\" without its \">\"");
        }
    }

    /// Ends the name of a group, or a route.
    private void colon() throws BadAddress {
        switch (seen) {
            case OPEN -> {
                if (!angle.toString().startsWith("@")) {
                    throw bad("a stray \":\"");
                }
                angle.setLength(0);
            }
            case NONE -> {
                plain.setLength(0);
                gap = Gap.NONE;
            }
            case CLOSED -> throw bad("a stray \":\"");
        }
    }

    private void space() {
        if (seen == Angle.NONE && !plain.isEmpty() && gap == Gap.NONE) {
            gap = Gap.PENDING;
        }
    }

    private void add(char c) throws BadAddress {
        switch (seen) {
            case NONE -> {
                if (gap == Gap.PENDING) {
                    char before = plain.charAt(plain.length() - 1);
                    boolean joined = c == '@' || c == '.' || before == '@' || before == '.';
                    gap = joined ? Gap.NONE : Gap.FOUND;
                }
                plain.append(c);
            }
            case OPEN -> angle.append(c);
            case CLOSED -> throw bad("text after \">\"");
        }
    }

    private void finish() throws BadAddress {
        if (seen == Angle.CLOSED) {
            if (!angle.isEmpty()) {
                found.add(angle.toString());
            }
        } else if (!plain.isEmpty()) {
            if (gap == Gap.FOUND) {
                throw bad("more than an address: " + plain);
            }
            found.add(plain.toString());
        }
        plain.setLength(0);
        angle.setLength(0);
        seen = Angle.NONE;
        gap = Gap.NONE;
    }

    private BadAddress bad(String what) {
        return new BadAddress(what + " in \"" + text.strip() + "\"");
    }

    /// The mailbox that `address` is on a machine called `domain`: an address without a domain is
    /// one of its users, and needless quotes are dropped. Empty if it is none.
    static Optional<Mailbox> complete(String address, String domain) {
        int at = address.lastIndexOf('@');
        var local = at < 0 ? address : address.substring(0, at);
        if (local.length() > 2 && local.startsWith("\"") && local.endsWith("\"")) {
            var inside = local.substring(1, local.length() - 1);
            local = AddressSyntax.isLocalPart(inside) ? inside : local;
        }
        return Mailbox.of(local, at < 0 ? domain : address.substring(at + 1));
    }
}
