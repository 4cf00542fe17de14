package org.postern.config;

import java.util.List;

/// A criterion of a match and whether it has to hold or not to hold.
public record Condition(Position at, Sense sense, Criterion criterion) {

    /// Whether a criterion has to hold.
    public enum Sense {
        /// It has to hold.
        HOLDS,
        /// It has not to hold (`!`).
        FAILS
    }

    static Condition holds(Position at, Criterion criterion) {
        return new Condition(at, Sense.HOLDS, criterion);
    }

    /// Reads one criterion with its `!`. Some stand for two conditions: `from auth` is `from any`
    /// and `auth`, and the `!` belongs to the second.
    static List<Condition> parse(Tokens in) throws Syntax {
        var at = in.position();
        var sense = in.accepts('!') ? Sense.FAILS : Sense.HOLDS;
        var criterion = Criterion.parse(in);
        var meant = new Condition(at, sense, criterion.meant());
        return switch (criterion) {
            case Criterion.Parsed.Single _ -> List.of(meant);
            case Criterion.Parsed.Also(var also, _) -> List.of(holds(at, also), meant);
        };
    }
}
