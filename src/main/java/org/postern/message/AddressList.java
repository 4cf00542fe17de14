package org.postern.message;

import java.util.ArrayList;
import java.util.List;

/// Reads address lists, as header fields and command lines have them: RFC 5322 section 3.4 with the
/// obsolete forms of section 4.4, groups (RFC 6854), any characters beyond ASCII (RFC 6532), and
/// mailboxes that lack their domain.
public final class AddressList {
    /// A mailbox of a list.
    ///
    /// @param from where it begins, with a route, without its name and brackets
    /// @param to where it ends (excluded)
    /// @param address the same without white space, comments and a route: `local-part` or
    ///   `local-part@domain`
    public record Place(int from, int to, String address) {
        /// Does it lack its domain?
        boolean isBare() {
            return AddressList.isBare(address);
        }
    }

    /// What came of reading a list.
    public sealed interface Reading {}

    /// Its mailboxes in their order, those of groups among them.
    public record Found(List<Place> places) implements Reading {
        public Found {
            places = List.copyOf(places);
        }
    }

    /// It is none, so that nobody knows what others would find in it.
    ///
    /// @param why what is wrong, in words
    public record Malformed(String why) implements Reading {}

    /// The same on its way out of the reader.
    private static final class Mistake extends Exception {
        private static final long serialVersionUID = 1;

        Mistake(String why) {
            super(why, null, false, false);
        }
    }

    private static final char END = '\0';

    private final String value;
    private final List<Place> mailboxes = new ArrayList<>();
    private int at;
    private boolean inGroup;

    /// The address that is being read, without what means nothing.
    private final StringBuilder address = new StringBuilder();

    /// Where the words in front of what is looked at begin and end, and whether they can be a
    /// local-part: joined by dots.
    private int wordsFrom;

    private int wordsTo;
    private boolean areJoined;

    private AddressList(String value) {
        this.value = value;
    }

    /// Reads a list.
    public static Reading read(String value) {
        var list = new AddressList(value);
        try {
            list.read();
            return new Found(list.mailboxes);
        } catch (Mistake e) {
            return new Malformed(String.valueOf(e.getMessage()));
        }
    }

    /// Does an address lack its domain? An `@` in quotes is part of the name.
    private static boolean isBare(String address) {
        int at = address.lastIndexOf('@');
        return at < 0 || address.endsWith("\"");
    }

    private void read() throws Mistake {
        while (true) {
            element();
            switch (next()) {
                case END -> {
                    require(!inGroup, "a group without its \";\"");
                    return;
                }
                case ',' -> at++;
                case ';' -> {
                    require(inGroup, "a stray \";\"");
                    inGroup = false;
                    at++;
                }
                default -> throw new Mistake("a stray \"" + value.charAt(at) + '"');
            }
        }
    }

    /// What stands between two commas; perhaps nothing.
    private void element() throws Mistake {
        address.setLength(0);
        words();
        switch (next()) {
            case '@' -> {
                requireName();
                int from = wordsFrom;
                found(from, domain());
            }
            case '<' -> angle();
            case ':' -> {
                require(!inGroup && wordsFrom < wordsTo, "a stray \":\"");
                inGroup = true;
                at++;
                element();
            }
            default -> {
                if (wordsFrom < wordsTo) {
                    requireName();
                    found(wordsFrom, wordsTo);
                }
            }
        }
    }

    private void found(int from, int to) {
        mailboxes.add(new Place(from, to, address.toString()));
    }

    private void requireName() throws Mistake {
        require(wordsFrom < wordsTo, "an address without a name");
        require(areJoined, "more than an address");
    }

    /// `<` and all up to the `>`, perhaps with a route; nothing between them is nobody's address.
    private void angle() throws Mistake {
        at++;
        if (next() == '>') {
            at++;
            return;
        }
        int from = at;
        route();
        address.setLength(0);
        words();
        requireName();
        int to = next() == '@' ? domain() : wordsTo;
        require(next() == '>', "a \"<\" without its \">\"");
        at++;
        found(from, to);
    }

    /// A route in front of an address (RFC 5322 section 4.4), if there is one.
    private void route() throws Mistake {
        while (next() == '@' || next() == ',') {
            if (next() == '@') {
                domain();
            } else {
                at++;
            }
            char behind = next();
            require(behind == ',' || behind == ':' || behind == '@', "a route without its end");
            if (behind == ':') {
                at++;
                next();
                return;
            }
        }
    }

    /// Reads words as far as they go.
    private void words() throws Mistake {
        char c = next();
        wordsFrom = at;
        wordsTo = at;
        areJoined = true;
        boolean joins = true;
        while (c == '"' || isAtomCharacter(c)) {
            joins |= c == '.';
            areJoined &= joins;
            int from = at;
            if (c == '"') {
                quoted();
                joins = false;
            } else {
                atom();
                joins = value.charAt(at - 1) == '.';
            }
            address.append(value, from, at);
            wordsTo = at;
            c = next();
        }
    }

    /// Reads an `@` and the domain behind it, and says where that ends.
    private int domain() throws Mistake {
        at++;
        address.append('@');
        if (next() == '[') {
            int from = at;
            literal();
            address.append(value, from, at);
            return at;
        }
        words();
        require(wordsFrom < wordsTo && areJoined && hasNoQuote(), "an address without its domain");
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

    private void quoted() throws Mistake {
        at++;
        while (character("a quoted string without its end") != '"') {
            pass();
        }
        at++;
    }

    private void literal() throws Mistake {
        at++;
        while (character("an address literal without its end") != ']') {
            require(value.charAt(at) != '[', "a stray \"[\"");
            pass();
        }
        at++;
    }

    /// Passes over white space and comments: the character behind them.
    private char next() throws Mistake {
        while (at < value.length()) {
            char c = value.charAt(at);
            if (c == '(') {
                comment();
            } else if (isSpace(c)) {
                at++;
            } else {
                require(c > ' ' && c != 127, "a control character");
                return c;
            }
        }
        return END;
    }

    private void comment() throws Mistake {
        int depth = 0;
        do {
            switch (character("a comment without its end")) {
                case '(' -> depth++;
                case ')' -> depth--;
                default -> {}
            }
            pass();
        } while (depth > 0);
    }

    /// Passes over a character, or over a `\` and the one behind it.
    private void pass() throws Mistake {
        if (value.charAt(at) == '\\') {
            at++;
            character("a \"\\\" at the end");
        }
        at++;
    }

    private char character(String otherwise) throws Mistake {
        require(at < value.length(), otherwise);
        char c = value.charAt(at);
        require((c >= ' ' && c != 127) || isSpace(c), "a control character");
        return c;
    }

    private static void require(boolean sound, String otherwise) throws Mistake {
        if (!sound) {
            throw new Mistake(otherwise);
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n';
    }

    private static boolean isAtomCharacter(char c) {
        return c > ' ' && c != 127 && "()<>[]:;@\\,\"".indexOf(c) < 0;
    }
}
