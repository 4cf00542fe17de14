package org.postern.config;

/// An `mta` directive: how many envelopes of a next hop that is down are remembered, to be tried as soon
/// as it is up again.
///
///     mta max-deferred number
public record Mta(Position at, int maxDeferred) implements Directive {

    /// The words after `mta`.
    enum Word {
        LIMIT,
        MAX_DEFERRED
    }

    /// Reads the rest of a line that began with `mta`.
    static Mta parse(Tokens in, Position at) throws Syntax {
        var place = in.position();
        var word = in.word(Word.class, "an option of mta");
        return switch (word) {
            case MAX_DEFERRED -> new Mta(at, in.count());
            case LIMIT -> throw in.unsupported(place, "mta limit");
        };
    }
}
