package org.postern.config;

/// An `admd` directive: the name of the administration this server belongs to, which filters are told.
///
///     admd string
public record Administration(Position at, String name) implements Directive {

    /// Reads the rest of a line that began with `admd`.
    static Administration parse(Tokens in) throws Syntax {
        var at = in.position();
        var name = in.text("the name of an administration");
        if (!Tokens.isPlain(name)) {
            throw in.error(at, "the name of an administration has printable ASCII characters only");
        }
        return new Administration(at, name);
    }
}
