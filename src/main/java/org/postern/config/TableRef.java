package org.postern.config;

import java.util.Locale;

/// The use of a table by some directive: its name, and what will be asked of it.
///
///     tables = "<" name ">" | string | "{" elements "}"
///
/// A string or a list in place is a table without a name; the parser gives it one, `<dynamic:0>` and so
/// on, so that whoever uses a table only ever has a name to look for.
public record TableRef(Position at, String name, Service service, Shape shape) {

    /// What a table has to look like at the place where it is used.
    public enum Shape {
        /// Keys only.
        LIST,
        /// Keys with values.
        MAPPING,
        /// Keys; values, where there are any, are not looked at.
        EITHER;

        /// Whether a table of shape `actual` will do.
        public boolean allows(Shape actual) {
            return this == EITHER || actual == EITHER || this == actual;
        }
    }

    /// What to say of a table that has another shape.
    public String mismatch(Shape actual) {
        return "expected a "
                + shape.name().toLowerCase(Locale.ROOT)
                + ", found a "
                + actual.name().toLowerCase(Locale.ROOT);
    }

    /// Reads a table where one is due.
    static TableRef parse(Tokens in, Service service, Shape shape) throws Syntax {
        return new TableRef(in.position(), TableDefinition.parseUse(in), service, shape);
    }

    /// Reads a table that the word `regex` may precede.
    ///
    ///     rt = [ "regex" ] tables
    static TableRef parsePatterns(Tokens in, Service service, Shape shape) throws Syntax {
        if (in.accepts(Pattern.class)) {
            return parse(in, Service.REGEX, Shape.LIST);
        }
        return parse(in, service, shape);
    }

    /// The word that makes patterns of a table's keys.
    enum Pattern {
        REGEX
    }
}
