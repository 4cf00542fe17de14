package org.postern.message;

/// Gives the addresses in a From, To or Cc field that lack a domain one, for users who write to
/// `bob` and mean their neighbour.
final class AddressCompletion {
    private final String value;
    private final String domain;
    private final StringBuilder out;
    private int comments;
    private int group;
    private boolean quoted;
    private boolean escaped;
    private boolean bracketed;
    private boolean seesAt;
    private boolean seesGroup;
    private boolean broken;
    private int lastText = -1;
    private int bracketEnd = -1;
    private int bracketText;

    private AddressCompletion(String value, String domain) {
        this.value = value;
        this.domain = domain;
        this.out = new StringBuilder(value.length() + 32);
    }

    /// `value` with `@domain` added to each address of the list that has no domain. Groups, the
    /// empty `<>`, and what is not well-formed stay as they are.
    static String complete(String value, String domain) {
        return new AddressCompletion(value, domain).run();
    }

    private String run() {
        int from = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ',' && isBare() && group == 0) {
                element(from, i);
                out.append(',');
                from = i + 1;
                startElement();
            } else {
                look(c, i);
            }
        }
        broken |= !isBare();
        element(from, value.length());
        return out.toString();
    }

    private boolean isBare() {
        return !quoted && comments == 0 && !escaped && !bracketed;
    }

    private void startElement() {
        seesAt = false;
        seesGroup = false;
        broken = false;
        lastText = -1;
        bracketEnd = -1;
        bracketText = 0;
    }

    private void look(char c, int at) {
        boolean inComment = comments > 0;
        if (escaped) {
            escaped = false;
        } else if (c == '\\' && (quoted || inComment)) {
            escaped = true;
        } else if (quoted) {
            quoted = c != '"';
        } else if (c == '(') {
            comments++;
            return;
        } else if (c == ')') {
            comments--;
            broken |= comments < 0;
            comments = Math.max(comments, 0);
            return;
        } else if (!inComment) {
            bare(c, at);
        }
        if (!inComment && !isSpace(c)) {
            lastText = at;
        }
    }

    private void bare(char c, int at) {
        switch (c) {
            case '"' -> quoted = true;
            case '<' -> {
                broken |= bracketed;
                bracketed = true;
                bracketText = 0;
            }
            case '>' -> {
                broken |= !bracketed;
                bracketed = false;
                bracketEnd = at;
            }
            case '@' -> seesAt = true;
            case ':' -> {
                seesGroup = true;
                group = bracketed ? 0 : 1;
            }
            case ';' -> group = 0;
            default -> {}
        }
        if (bracketed && c != '<' && !isSpace(c)) {
            bracketText++;
        }
    }

    private void element(int from, int to) {
        boolean stays =
                broken
                        || seesAt
                        || seesGroup
                        || lastText < 0
                        || (bracketEnd >= 0 && bracketText == 0);
        if (stays) {
            out.append(value, from, to);
        } else {
            int place = bracketEnd >= 0 ? endOfText(bracketEnd) : lastText + 1;
            out.append(value, from, place).append('@').append(domain).append(value, place, to);
        }
    }

    private int endOfText(int end) {
        int place = end;
        while (isSpace(value.charAt(place - 1))) {
            place--;
        }
        return place;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
