package org.postern.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// A POSIX extended regular expression over bytes, without regard to case, that says whether it
/// occurs anywhere in a text.
///
/// The text is a stranger's, so the time is linear: all states of a Thompson automaton are followed
/// at once, and there is no backtracking. GNU's `\w \W \s \S \b \B \< \>` are understood;
/// back-references and escapes without a meaning are refused.
public final class Regex {
    /// How many states an expression may have.
    static final int MAX_STATES = 10_000;

    /// Says what is wrong with a pattern.
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /// The expressions of one table, as many as memory has room for.
    static final class Collection {
        /// How many states they may have together.
        static final int MAX_STATES = 1_000_000;

        private final List<Regex> expressions = new ArrayList<>();
        private final Keeping keeping;
        private int states;

        /// Whether the expressions are wanted, or only whether they are sound.
        enum Keeping {
            ALL,
            NONE
        }

        Collection(Keeping keeping) {
            this.keeping = keeping;
        }

        /// Adds an expression.
        ///
        /// @throws Malformed if it is none, or one too many
        void add(String pattern) throws Malformed {
            var one = compile(pattern);
            if (states + one.states.size() > MAX_STATES) {
                throw new Malformed(
                        "the expressions of this table are too many, or too large: "
                                + MAX_STATES
                                + " states at most");
            }
            states += one.states.size();
            if (keeping == Keeping.ALL) {
                expressions.add(one);
            }
        }

        /// All that were added.
        List<Regex> expressions() {
            return List.copyOf(expressions);
        }
    }

    /// One state of the automaton.
    sealed interface State {
        /// Reads one byte of the set.
        record Read(BitSet bytes, int next) implements State {}

        /// Goes on in two places.
        record Split(int first, int second) implements State {}

        /// Goes on if the place is right.
        record Test(Place place, int next) implements State {}

        /// The expression has been found.
        record Accept() implements State {}
    }

    /// Places between bytes.
    enum Place {
        BEGIN,
        END,
        WORD_EDGE,
        NO_WORD_EDGE,
        WORD_BEGIN,
        WORD_END
    }

    private final List<State> states;
    private final int start;

    Regex(List<State> states, int start) {
        this.states = List.copyOf(states);
        this.start = start;
    }

    /// Reads a pattern; a leading `(?i)` changes nothing.
    ///
    /// @throws Malformed if it is no POSIX extended regular expression, or too large
    public static Regex compile(String pattern) throws Malformed {
        return RegexParser.parse(pattern.startsWith("(?i)") ? pattern.substring(4) : pattern);
    }

    /// Whether the expression occurs in the text, whose characters are bytes.
    public boolean occursIn(String text) {
        return new Run(text).found();
    }

    /// How many states are looked at to find it in the text, or not.
    long steps(String text) {
        var run = new Run(text);
        run.found();
        return run.steps;
    }

    /// How many states there are.
    int size() {
        return states.size();
    }

    /// One search: the states reached at the current place, each once.
    private final class Run {
        private final String text;
        private int[] now = new int[states.size()];
        private int[] next = new int[states.size()];
        private final int[] seenAt = new int[states.size()];
        private final int[] pending = new int[2 * states.size() + 2];
        private int nowSize;
        private int nextSize;
        private long steps;

        Run(String text) {
            this.text = text;
            Arrays.fill(seenAt, -1);
        }

        boolean found() {
            for (int at = 0; ; at++) {
                // Unanchored: a match may begin at every place.
                if (reach(start, at)) {
                    return true;
                }
                swap();
                if (at == text.length()) {
                    return false;
                }
                for (int i = 0; i < nowSize; i++) {
                    steps++;
                    if (states.get(now[i]) instanceof State.Read(var bytes, int then)
                            && bytes.get(text.charAt(at) & 0xff)
                            && reach(then, at + 1)) {
                        return true;
                    }
                }
            }
        }

        private void swap() {
            var spare = now;
            now = next;
            nowSize = nextSize;
            next = spare;
            nextSize = 0;
        }

        /// Notes a state, and all that are reached from it without reading, as reached at `at`;
        /// true if the accepting one is among them.
        private boolean reach(int state, int at) {
            int size = 0;
            pending[size++] = state;
            while (size > 0) {
                int one = pending[--size];
                steps++;
                if (seenAt[one] == at) {
                    continue;
                }
                seenAt[one] = at;
                switch (states.get(one)) {
                    case State.Accept() -> {
                        return true;
                    }
                    case State.Read _ -> next[nextSize++] = one;
                    case State.Split(int first, int second) -> {
                        pending[size++] = second;
                        pending[size++] = first;
                    }
                    case State.Test(var place, int then) -> {
                        if (holds(place, at)) {
                            pending[size++] = then;
                        }
                    }
                }
            }
            return false;
        }

        private boolean holds(Place place, int at) {
            boolean before = at > 0 && isWord(text.charAt(at - 1));
            boolean after = at < text.length() && isWord(text.charAt(at));
            return switch (place) {
                case BEGIN -> at == 0;
                case END -> at == text.length();
                case WORD_EDGE -> before != after;
                case NO_WORD_EDGE -> before == after;
                case WORD_BEGIN -> !before && after;
                case WORD_END -> before && !after;
            };
        }
    }

    /// Whether `c` is a letter, a digit or `_`.
    static boolean isWord(char c) {
        return c == '_'
                || (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z');
    }
}
