package org.postern.supervisor;

import java.util.Optional;
import java.util.function.Supplier;

/// A deed that many may ask for at the same time, and that is done once for all who wait: each gets
/// the answer of a round that began after it had asked. Guarded by its own monitor; the deed is
/// done without it, by one of those who ask.
final class Rounds<A> {
    private final Supplier<A> deed;
    private long begun;
    private long done;
    private Optional<A> last = Optional.empty();

    /// Rounds of `deed`.
    Rounds(Supplier<A> deed) {
        this.deed = deed;
    }

    /// The answer of a round that begins after this is called.
    ///
    /// @throws IllegalStateException if the round that was waited for ended in a bug
    A ask() throws InterruptedException {
        synchronized (this) {
            long enough = begun + 1;
            while (done < begun && done < enough) {
                wait();
            }
            if (done >= enough) {
                return last.orElseThrow(() -> new IllegalStateException("a round has failed"));
            }
            begun++;
        }
        Optional<A> answer = Optional.empty();
        try {
            answer = Optional.of(deed.get());
            return answer.get();
        } finally {
            finish(answer);
        }
    }

    private synchronized void finish(Optional<A> answer) {
        last = answer;
        done = begun;
        notifyAll();
    }
}
