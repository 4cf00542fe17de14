package org.postern.supervisor;

import java.util.Optional;
import java.util.function.Supplier;

/// A deed that many may ask for at the same time, and that is done once for all who wait: each gets
/// the answer of a round that began after it had asked. Guarded by its own monitor; the deed is
/// done without it, by the one thread that [#serve]s.
final class Rounds<A> {
    private final Supplier<A> deed;

    /// The round that has not begun; who asks waits for it.
    private Round<A> next = new Round<>();

    private static final class Round<A> {
        private boolean isWanted;
        private boolean isOver;
        private Optional<A> answer = Optional.empty();
    }

    /// Rounds of `deed`, once they are served.
    Rounds(Supplier<A> deed) {
        this.deed = deed;
    }

    /// The answer of a round that begins after this is called. Waits for as long as the deed takes,
    /// twice at most.
    ///
    /// @throws IllegalStateException if the round that was waited for ended in a bug
    synchronized A ask() throws InterruptedException {
        var mine = next;
        mine.isWanted = true;
        notifyAll();
        while (!mine.isOver) {
            wait();
        }
        return mine.answer.orElseThrow(() -> new IllegalStateException("a round has failed"));
    }

    /// Does the deed whenever somebody asks, until it is interrupted or the deed ends in a bug. For
    /// one thread: a platform thread where the deed waits for pipes.
    void serve() throws InterruptedException {
        while (true) {
            var round = begin();
            Optional<A> answer = Optional.empty();
            try {
                answer = Optional.of(deed.get());
            } finally {
                finish(round, answer);
            }
        }
    }

    private synchronized Round<A> begin() throws InterruptedException {
        while (!next.isWanted) {
            wait();
        }
        var begun = next;
        next = new Round<>();
        return begun;
    }

    private synchronized void finish(Round<A> round, Optional<A> answer) {
        round.answer = answer;
        round.isOver = true;
        notifyAll();
    }
}
