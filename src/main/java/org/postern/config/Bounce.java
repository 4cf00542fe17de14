package org.postern.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A `bounce` directive: after which times in the queue the sender is told that a message is late.
///
///     bounce warn-interval time [, time ...]
public record Bounce(Position at, List<Duration> warnIntervals) implements Directive {

    /// How many warnings a message can cause; further intervals do not count.
    public static final int MAX_WARNINGS = 4;

    public Bounce {
        warnIntervals = List.copyOf(warnIntervals);
    }

    /// The words after `bounce`.
    enum Word {
        WARN_INTERVAL
    }

    /// Reads the rest of a line that began with `bounce`.
    static Bounce parse(Tokens in, Position at) throws Syntax {
        in.word(Word.class, "warn-interval");
        var intervals = new ArrayList<Duration>();
        do {
            intervals.add(in.duration());
        } while (in.accepts(','));
        return new Bounce(at, intervals);
    }
}
