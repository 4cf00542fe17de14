package org.postern.tool;

import java.util.ArrayList;
import java.util.List;

/// What the words after `smtpctl` come to.
sealed interface Command {
    /// A command, with the words that the caller chose.
    record Run(Verb verb, List<String> operands) implements Command {
        public Run {
            operands = List.copyOf(operands);
        }
    }

    /// No command.
    ///
    /// @param fault what is wrong
    /// @param possibilities the commands that begin like this
    record Wrong(Fault fault, List<Verb> possibilities) implements Command {
        public Wrong {
            possibilities = List.copyOf(possibilities);
        }
    }

    /// Why words are no command.
    enum Fault {
        /// No command has such a word there.
        INVALID,
        /// The word abbreviates several.
        AMBIGUOUS,
        /// More words are needed.
        INCOMPLETE
    }

    /// Reads words. Each keyword may be cut to a beginning that no other keyword has in its place;
    /// a keyword written out is always itself.
    static Command parse(List<String> words) {
        var candidates = List.of(Verb.values());
        for (int i = 0; i < words.size(); i++) {
            var next = matching(candidates, i, words.get(i));
            if (next.isEmpty()) {
                return new Wrong(Fault.INVALID, candidates);
            }
            if (!agree(next, i)) {
                return new Wrong(Fault.AMBIGUOUS, next);
            }
            candidates = next;
        }
        for (var verb : candidates) {
            if (verb.slots().size() == words.size()) {
                return new Run(verb, operands(verb, words));
            }
        }
        return new Wrong(Fault.INCOMPLETE, candidates);
    }

    private static List<Verb> matching(List<Verb> candidates, int place, String word) {
        var exact = new ArrayList<Verb>();
        var abbreviated = new ArrayList<Verb>();
        var accepting = new ArrayList<Verb>();
        for (var verb : candidates) {
            if (verb.slots().size() <= place) {
                continue;
            }
            switch (verb.slots().get(place)) {
                case Verb.Slot.Keyword(var keyword) -> {
                    if (keyword.equals(word)) {
                        exact.add(verb);
                    } else if (!word.isEmpty() && keyword.startsWith(word)) {
                        abbreviated.add(verb);
                    }
                }
                case Verb.Slot.Chosen(var operand) -> {
                    if (operand.accepts(word)) {
                        accepting.add(verb);
                    }
                }
            }
        }
        if (!exact.isEmpty()) {
            return exact;
        }
        return abbreviated.isEmpty() ? accepting : abbreviated;
    }

    private static boolean agree(List<Verb> verbs, int place) {
        var first = verbs.getFirst().slots().get(place);
        for (var verb : verbs) {
            if (!verb.slots().get(place).equals(first)) {
                return false;
            }
        }
        return true;
    }

    private static List<String> operands(Verb verb, List<String> words) {
        var operands = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++) {
            if (verb.slots().get(i) instanceof Verb.Slot.Chosen) {
                operands.add(words.get(i));
            }
        }
        return operands;
    }
}
