package org.postern.config;

import java.time.Duration;

/// A `queue` directive: how long an envelope may wait, where its action does not say.
///
///     queue ttl time
public record Queue(Position at, Duration ttl) implements Directive {

    /// The words after `queue`.
    enum Word {
        COMPRESSION,
        ENCRYPTION,
        TTL
    }

    /// Reads the rest of a line that began with `queue`.
    static Queue parse(Tokens in, Position at) throws Syntax {
        var place = in.position();
        var word = in.word(Word.class, "an option of queue");
        return switch (word) {
            case TTL -> new Queue(at, in.duration());
            case COMPRESSION, ENCRYPTION -> throw in.unsupported(place, word);
        };
    }
}
