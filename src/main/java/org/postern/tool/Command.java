package org.postern.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            if (fits(verb, words.size())) {
                return new Run(verb, operands(verb, words));
            }
        }
        return new Wrong(Fault.INCOMPLETE, candidates);
    }

    private static boolean fits(Verb verb, int words) {
        int places = verb.slots().size();
        return verb.slots().getLast() instanceof Verb.Slot.Rest
                ? words >= places - 1
                : words == places;
    }

    /// The slot of the word at `place`; the last one takes all that follow, if it is for that.
    private static Optional<Verb.Slot> slot(Verb verb, int place) {
        var slots = verb.slots();
        if (place < slots.size()) {
            return Optional.of(slots.get(place));
        }
        return slots.getLast() instanceof Verb.Slot.Rest rest
                ? Optional.of(rest)
                : Optional.empty();
    }

    private static List<Verb> matching(List<Verb> candidates, int place, String word) {
        var exact = new ArrayList<Verb>();
        var abbreviated = new ArrayList<Verb>();
        var accepting = new ArrayList<Verb>();
        for (var verb : candidates) {
            var slot = slot(verb, place);
            if (slot.isEmpty()) {
                continue;
            }
            switch (slot.get()) {
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
                case Verb.Slot.Rest() -> accepting.add(verb);
            }
        }
        if (!exact.isEmpty()) {
            return exact;
        }
        return abbreviated.isEmpty() ? accepting : abbreviated;
    }

    private static boolean agree(List<Verb> verbs, int place) {
        var first = slot(verbs.getFirst(), place);
        for (var verb : verbs) {
            if (!slot(verb, place).equals(first)) {
                return false;
            }
        }
        return true;
    }

    private static List<String> operands(Verb verb, List<String> words) {
        var operands = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++) {
            switch (slot(verb, i).orElseThrow()) {
                case Verb.Slot.Keyword _ -> {}
                case Verb.Slot.Chosen _, Verb.Slot.Rest _ -> operands.add(words.get(i));
            }
        }
        return operands;
    }
}
