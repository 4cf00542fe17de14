package org.postern.table;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.postern.table.Regex.Malformed;
import org.postern.table.Regex.Place;
import org.postern.table.Regex.State;

/// Reads POSIX extended regular expressions (IEEE Std 1003.1, Base Definitions, section 9.4).
///
/// The automaton is built from its end to its beginning: each part is made knowing the state that
/// follows it.
final class RegexParser {
    private static final int MAX_REPEAT = 255;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_PARTS = 10 * Regex.MAX_STATES;

    /// A part of an expression.
    private sealed interface Part {
        record Bytes(BitSet bytes) implements Part {}

        record At(Place place) implements Part {}

        record All(List<Part> parts) implements Part {}

        record Either(List<Part> parts) implements Part {}

        record Repeat(Part part, int least, int most) implements Part {}
    }

    private static final int WITHOUT_END = -1;

    private final String pattern;
    private final List<State> states = new ArrayList<>();
    private int at;
    private int depth;
    private int built;

    private RegexParser(String pattern) {
        this.pattern = pattern;
    }

    static Regex parse(String pattern) throws Malformed {
        var parser = new RegexParser(pattern);
        var part = parser.alternatives();
        if (parser.at < pattern.length()) {
            throw new Malformed("a ')' without '('");
        }
        int start = parser.build(part, parser.add(new State.Accept()));
        return new Regex(parser.states, start);
    }

    private Part alternatives() throws Malformed {
        if (++depth > MAX_DEPTH) {
            throw new Malformed("more than " + MAX_DEPTH + " nested groups");
        }
        var either = new ArrayList<Part>();
        either.add(sequence());
        while (accepts('|')) {
            either.add(sequence());
        }
        depth--;
        return either.size() == 1 ? either.getFirst() : new Part.Either(either);
    }

    private Part sequence() throws Malformed {
        var all = new ArrayList<Part>();
        while (at < pattern.length() && peek() != '|' && peek() != ')') {
            var part = atom();
            while (at < pattern.length() && "*+?{".indexOf(peek()) >= 0) {
                if (part instanceof Part.At) {
                    // POSIX leaves it open; glibc's regcomp(3) refuses it.
                    throw new Malformed("'" + peek() + "' repeats a place, not a character");
                }
                part = repeated(part);
            }
            all.add(part);
        }
        return new Part.All(all);
    }

    private Part repeated(Part part) throws Malformed {
        return switch (take()) {
            case '*' -> new Part.Repeat(part, 0, WITHOUT_END);
            case '+' -> new Part.Repeat(part, 1, WITHOUT_END);
            case '?' -> new Part.Repeat(part, 0, 1);
            default -> interval(part);
        };
    }

    private Part interval(Part part) throws Malformed {
        // {,m} is GNU's, and glibc's regcomp(3) takes it.
        int least = at < pattern.length() && peek() == ',' ? 0 : number();
        int most = least;
        if (accepts(',')) {
            most = at < pattern.length() && peek() == '}' ? WITHOUT_END : number();
        }
        if (!accepts('}')) {
            throw new Malformed("an interval is {n}, {n,}, {n,m} or {,m}");
        }
        if (most != WITHOUT_END && most < least) {
            throw new Malformed("an interval that ends before it begins");
        }
        return new Part.Repeat(part, least, most);
    }

    private int number() throws Malformed {
        int begin = at;
        int number = 0;
        while (at < pattern.length() && peek() >= '0' && peek() <= '9' && number <= MAX_REPEAT) {
            number = 10 * number + take() - '0';
        }
        if (begin == at || number > MAX_REPEAT) {
            throw new Malformed("an interval counts from 0 to " + MAX_REPEAT);
        }
        return number;
    }

    private Part atom() throws Malformed {
        char c = take();
        return switch (c) {
            case '(' -> {
                var group = alternatives();
                if (!accepts(')')) {
                    throw new Malformed("a '(' without ')'");
                }
                yield group;
            }
            case '[' -> new Part.Bytes(new Bracket().parse());
            case '.' -> new Part.Bytes(inverted(new BitSet()));
            case '^' -> new Part.At(Place.BEGIN);
            case '$' -> new Part.At(Place.END);
            case '\\' -> escaped();
            case '*', '+', '?', '{' -> throw new Malformed("nothing to repeat before '" + c + "'");
            default -> new Part.Bytes(literal(c));
        };
    }

    private Part escaped() throws Malformed {
        if (at == pattern.length()) {
            throw new Malformed("a '\\' at the end");
        }
        char c = take();
        return switch (c) {
            case 'w' -> new Part.Bytes(words());
            case 'W' -> new Part.Bytes(inverted(words()));
            case 's' -> new Part.Bytes(CharacterClass.SPACE.bytes());
            case 'S' -> new Part.Bytes(inverted(CharacterClass.SPACE.bytes()));
            case 'b' -> new Part.At(Place.WORD_EDGE);
            case 'B' -> new Part.At(Place.NO_WORD_EDGE);
            case '<' -> new Part.At(Place.WORD_BEGIN);
            case '>' -> new Part.At(Place.WORD_END);
            case '`' -> new Part.At(Place.BEGIN);
            case '\'' -> new Part.At(Place.END);
            default -> {
                if (Regex.isWord(c) && c != '_') {
                    throw new Malformed("'\\" + c + "' has no meaning");
                }
                yield new Part.Bytes(literal(c));
            }
        };
    }

    /// Adds the states of a part before the state `next`; the answer is where it begins.
    private int build(Part part, int next) throws Malformed {
        // An empty group has no states, however often it is repeated.
        if (++built > MAX_PARTS) {
            throw tooLarge();
        }
        return switch (part) {
            case Part.Bytes(var bytes) -> add(new State.Read(bytes, next));
            case Part.At(var place) -> add(new State.Test(place, next));
            case Part.All(var parts) -> {
                int start = next;
                for (Part one : parts.reversed()) {
                    start = build(one, start);
                }
                yield start;
            }
            case Part.Either(var parts) -> {
                int start = build(parts.getLast(), next);
                for (Part one : parts.reversed().subList(1, parts.size())) {
                    start = add(new State.Split(build(one, next), start));
                }
                yield start;
            }
            case Part.Repeat(var one, int least, int most) -> repeat(one, least, most, next);
        };
    }

    private int repeat(Part part, int least, int most, int next) throws Malformed {
        int start = next;
        if (most == WITHOUT_END) {
            // The loop needs its own number before its body is known.
            int loop = add(new State.Accept());
            states.set(loop, new State.Split(build(part, loop), next));
            start = loop;
        }
        for (int i = least; i < most; i++) {
            start = add(new State.Split(build(part, start), next));
        }
        for (int i = 0; i < least; i++) {
            start = build(part, start);
        }
        return start;
    }

    private int add(State state) throws Malformed {
        if (states.size() >= Regex.MAX_STATES) {
            throw tooLarge();
        }
        states.add(state);
        return states.size() - 1;
    }

    private static Malformed tooLarge() {
        return new Malformed("it is too large");
    }

    private char peek() {
        return pattern.charAt(at);
    }

    private char take() {
        return pattern.charAt(at++);
    }

    private boolean accepts(char c) {
        boolean there = at < pattern.length() && peek() == c;
        at += there ? 1 : 0;
        return there;
    }

    /// A byte in both of its cases.
    private static BitSet literal(char c) {
        var bytes = new BitSet(256);
        bytes.set(c & 0xff);
        return bothCases(bytes);
    }

    private static BitSet bothCases(BitSet bytes) {
        for (int upper = 'A'; upper <= 'Z'; upper++) {
            int lower = upper + 'a' - 'A';
            if (bytes.get(upper) || bytes.get(lower)) {
                bytes.set(upper);
                bytes.set(lower);
            }
        }
        return bytes;
    }

    private static BitSet words() {
        var bytes = CharacterClass.ALNUM.bytes();
        bytes.set('_');
        return bytes;
    }

    private static BitSet inverted(BitSet bytes) {
        bytes.flip(0, 256);
        return bytes;
    }

    /// A bracket expression, section 9.3.5.
    private final class Bracket {
        private final BitSet bytes = new BitSet(256);

        BitSet parse() throws Malformed {
            boolean negated = accepts('^');
            boolean first = true;
            while (first || !at(']')) {
                if (at == pattern.length()) {
                    throw new Malformed("a '[' without ']'");
                }
                if (pattern.startsWith("[:", at)) {
                    bytes.or(CharacterClass.named(named(':')).bytes());
                    noRange();
                } else if (pattern.startsWith("[=", at)) {
                    bytes.set(single(named('=')));
                    noRange();
                } else {
                    range();
                }
                first = false;
            }
            at++;
            // Case first: [^a] leaves out 'A' as well.
            bothCases(bytes);
            return negated ? inverted(bytes) : bytes;
        }

        private void range() throws Malformed {
            int from = end();
            if (!at('-') || at + 1 >= pattern.length() || pattern.charAt(at + 1) == ']') {
                bytes.set(from);
                return;
            }
            at++;
            int to = end();
            if (to < from) {
                throw new Malformed("a range that ends before it begins");
            }
            bytes.set(from, to + 1);
            noRange();
        }

        /// What went before is no beginning of a range.
        private void noRange() throws Malformed {
            if (at('-') && !pattern.startsWith("-]", at)) {
                throw new Malformed("a range that begins with a range or a class");
            }
        }

        private int end() throws Malformed {
            if (pattern.startsWith("[.", at)) {
                return single(named('.'));
            }
            return take() & 0xff;
        }

        private int single(String name) throws Malformed {
            if (name.length() != 1) {
                throw new Malformed("no collating element is called '" + name + "'");
            }
            return name.charAt(0) & 0xff;
        }

        private String named(char mark) throws Malformed {
            int close = pattern.indexOf(mark + "]", at + 2);
            if (close < 0) {
                throw new Malformed("a '[" + mark + "' without '" + mark + "]'");
            }
            var name = pattern.substring(at + 2, close);
            at = close + 2;
            return name;
        }

        private boolean at(char c) {
            return at < pattern.length() && peek() == c;
        }
    }
}
