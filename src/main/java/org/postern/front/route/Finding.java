package org.postern.front.route;

import org.postern.table.Answer;

/// What the test of one criterion found.
public sealed interface Finding {
    /// It holds.
    record Yes() implements Finding {}

    /// It does not hold.
    record No() implements Finding {}

    /// It makes no sense to ask here: the condition fails, with or without `!`.
    record Never() implements Finding {}

    /// It could not be found out: the whole evaluation ends.
    record CouldNotTell(String cause) implements Finding {}

    static Finding of(boolean holds) {
        return holds ? new Yes() : new No();
    }

    static Finding of(Answer<String> answer) {
        return switch (answer) {
            case Answer.Found<String> _ -> new Yes();
            case Answer.Absent<String> _ -> new No();
            case Answer.Failed<String>(var cause) -> new CouldNotTell(cause);
        };
    }
}
