package org.postern.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A `match` directive. Matches are tried in the order of the file; the first whose conditions all hold
/// decides what becomes of the envelope.
///
///     match [!] criterion ... action name
///     match [!] criterion ... reject
///
/// The conditions are complete, `from local` and `for local` included where the line leaves them out,
/// and stand in the order in which they are tested: tag, from, for, helo, auth, tls, mail-from, rcpt-to.
public record Match(Position at, List<Condition> conditions, Outcome outcome) implements Directive {

    public Match {
        conditions = List.copyOf(conditions);
    }

    /// What a match does with an envelope.
    public sealed interface Outcome {
        /// Gives it to an action.
        record Act(Position at, String action) implements Outcome {}

        /// Refuses it, for good.
        record Reject() implements Outcome {}

        /// The words that end a match.
        enum Word {
            ACTION,
            REJECT
        }

        /// Reads the end of a match.
        static Outcome parse(Tokens in) throws Syntax {
            return switch (in.word(Word.class, "an outcome")) {
                case ACTION -> new Act(in.position(), in.text("the name of an action"));
                case REJECT -> new Reject();
            };
        }
    }

    /// Reads the rest of a line that began with `match`.
    static Match parse(Tokens in, Position at) throws Syntax {
        var conditions = new ArrayList<Condition>();
        Set<Criterion.Slot> seen = EnumSet.noneOf(Criterion.Slot.class);
        while (!in.sees(Outcome.Word.class)) {
            var start = in.position();
            for (Condition condition : Condition.parse(in)) {
                if (!seen.add(condition.criterion().slot())) {
                    throw in.repeated(start, condition.criterion().slot());
                }
                conditions.add(condition);
            }
        }
        if (!seen.contains(Criterion.Slot.FROM)) {
            conditions.add(Condition.holds(at, new Criterion.FromLocal()));
        }
        if (!seen.contains(Criterion.Slot.FOR)) {
            conditions.add(Condition.holds(at, new Criterion.ForLocal()));
        }
        conditions.sort(Comparator.comparing(condition -> condition.criterion().slot()));
        return new Match(at, conditions, Outcome.parse(in));
    }
}
