package org.postern.config;

/// An `mda wrapper` directive: a named command around the delivery command, which stands for `%{mda}`.
///
///     mda wrapper name command
public record Wrapper(Position at, String name, String command) implements Directive {

    /// Reads the rest of a line that began with `mda wrapper`.
    static Wrapper parse(Tokens in) throws Syntax {
        return new Wrapper(
                in.position(),
                in.text("the name of a wrapper"),
                in.template("the command of the wrapper", Specifiers.Place.WRAPPER));
    }
}
