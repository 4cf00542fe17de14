package org.postern.supervisor;

import java.time.Duration;

/// How long is waited for several answers together: the time of one is time that the next has not.
///
/// @param end the moment at which it is over, by [System#nanoTime]
/// @param whole how long it was at first, for a message
record Patience(long end, Duration whole) {
    /// From now on so long.
    static Patience of(Duration whole) {
        return new Patience(System.nanoTime() + whole.toNanos(), whole);
    }

    /// What is left of it; a moment when it is over, in which what has come is still heard.
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    /// Is it over?
    boolean isOver() {
        return System.nanoTime() - end >= 0;
    }

    /// Why somebody who said `instead` of an answer, or nothing, is not waited for any longer.
    String orElse(String instead) {
        return isOver() ? "no answer within " + whole.toSeconds() + " seconds" : instead;
    }
}
