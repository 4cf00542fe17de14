package org.postern.config;

/// An `mda wrapper` directive: a named command around the delivery command, which stands for `%{mda}`.
///
///     mda wrapper name command
public record Wrapper(Position at, String name, String command) implements Directive {

    /// The words after `mda`.
    enum Word {
        LIMIT,
        WRAPPER
    }

    /// Reads the rest of a line that began with `mda`.
    static Wrapper parse(Tokens in) throws Syntax {
        var place = in.position();
        var word = in.word(Word.class, "wrapper");
        return switch (word) {
            case WRAPPER ->
                    new Wrapper(
                            in.position(),
                            in.text("the name of a wrapper"),
                            in.template("the command of the wrapper", Specifiers.Place.WRAPPER));
            case LIMIT -> throw in.unsupported(place, "mda limit");
        };
    }
}
