package org.postern.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds the mailboxes in the value of a From, Sender or like field: an address list of RFC 5322
/// section 3.4 with the obsolete forms of section 4.4, groups (RFC 6854), any characters beyond
/// ASCII (RFC 6532), and mailboxes that lack their domain.
final class AddressList {
    /// Where an addr-spec stands, from the first character (included) to the last (excluded).
    record Place(int from, int to) {}

    /// The value cannot be understood.
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final char END = '\0';

    private final String value;
    private final List<Place> mailboxes = new ArrayList<>();
    private int at;
    private boolean inGroup;

    /// Where the words in front of what is looked at begin and end, and whether they can be a
    /// local-part: joined by dots.
    private int wordsFrom;

    private int wordsTo;
    private boolean areJoined;

    private AddressList(String value) {
        this.value = value;
    }

    /// Where the mailboxes of a value stand, in their order; empty if it is malformed, so that
    /// nobody knows what others will find in it.
    static Optional<List<Place>> mailboxes(String value) {
        var list = new AddressList(value);
        try {
            list.read();
            return Optional.of(List.copyOf(list.mailboxes));
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    private void read() throws Malformed {
        while (true) {
            element();
            switch (next()) {
                case END -> {
                    require(!inGroup);
                    return;
                }
                case ',' -> at++;
                case ';' -> {
                    require(inGroup);
                    inGroup = false;
                    at++;
                    char behind = next();
                    require(behind == ',' || behind == END);
                }
                default -> throw new Malformed();
            }
        }
    }

    /// What stands between two commas; perhaps nothing.
    private void element() throws Malformed {
        words();
        switch (next()) {
            case '@' -> {
                require(wordsFrom < wordsTo && areJoined);
                int from = wordsFrom;
                at++;
                mailboxes.add(new Place(from, domain()));
            }
            case '<' -> angle();
            case ':' -> {
                require(!inGroup && wordsFrom < wordsTo);
                inGroup = true;
                at++;
                element();
            }
            default -> {
                if (wordsFrom < wordsTo) {
                    require(areJoined);
                    mailboxes.add(new Place(wordsFrom, wordsTo));
                }
            }
        }
    }

    /// `<` and all up to the `>`, perhaps with a route.
    private void angle() throws Malformed {
        at++;
        next();
        int from = at;
        while (next() == '@' || next() == ',') {
            boolean isName = next() == '@';
            at++;
            if (isName) {
                domain();
            }
            require(next() == ',' || next() == ':' || next() == '@');
            if (next() == ':') {
                at++;
                break;
            }
        }
        words();
        require(wordsFrom < wordsTo && areJoined);
        int to = wordsTo;
        if (next() == '@') {
            at++;
            to = domain();
        }
        require(next() == '>');
        at++;
        mailboxes.add(new Place(from, to));
    }

    /// Reads words as far as they go.
    private void words() throws Malformed {
        char c = next();
        wordsFrom = at;
        wordsTo = at;
        areJoined = true;
        boolean joins = true;
        while (c == '"' || isAtomCharacter(c)) {
            joins |= c == '.';
            areJoined &= joins;
            if (c == '"') {
                quoted();
                joins = false;
            } else {
                atom();
                joins = value.charAt(at - 1) == '.';
            }
            wordsTo = at;
            c = next();
        }
    }

    /// Reads a domain, and says where it ends.
    private int domain() throws Malformed {
        if (next() == '[') {
            literal();
            return at;
        }
        words();
        require(wordsFrom < wordsTo && areJoined && hasNoQuote());
        return wordsTo;
    }

    private boolean hasNoQuote() {
        int quote = value.indexOf('"', wordsFrom);
        return quote < 0 || quote >= wordsTo;
    }

    private void atom() {
        while (at < value.length() && isAtomCharacter(value.charAt(at))) {
            at++;
        }
    }

    private void quoted() throws Malformed {
        at++;
        while (character() != '"') {
            pass();
        }
        at++;
    }

    private void literal() throws Malformed {
        at++;
        while (character() != ']') {
            require(character() != '[');
            pass();
        }
        at++;
    }

    /// Passes over white space and comments: the character behind them.
    private char next() throws Malformed {
        while (at < value.length()) {
            char c = value.charAt(at);
            if (c == '(') {
                comment();
            } else if (c == ' ' || c == '\t' || c == '\n') {
                at++;
            } else {
                require(c > ' ' && c != 127);
                return c;
            }
        }
        return END;
    }

    private void comment() throws Malformed {
        int depth = 0;
        do {
            switch (character()) {
                case '(' -> depth++;
                case ')' -> depth--;
                default -> {}
            }
            pass();
        } while (depth > 0);
    }

    /// Passes over a character, or over a `\` and the one behind it.
    private void pass() throws Malformed {
        if (character() == '\\') {
            at++;
            character();
        }
        at++;
    }

    private char character() throws Malformed {
        require(at < value.length());
        char c = value.charAt(at);
        require((c >= ' ' && c != 127) || c == '\t' || c == '\n');
        return c;
    }

    private static void require(boolean sound) throws Malformed {
        if (!sound) {
            throw new Malformed();
        }
    }

    private static boolean isAtomCharacter(char c) {
        return c > ' ' && c != 127 && "()<>[]:;@\\,\"".indexOf(c) < 0;
    }
}
