package org.postern.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.postern.mail.EnvelopeId;

/// Tells a worker that hung up from a room that died: when the last conversation of a room ends,
/// what its workers had in hand within the seconds before may be why. May be used from any thread.
final class Casualties {
    private static final long RECENT = Duration.ofSeconds(5).toNanos();

    private record Lost(long at, List<EnvelopeId> envelopes) {}

    private final Consumer<List<EnvelopeId>> suspects;
    private final Deque<Lost> recent = new ArrayDeque<>(); // guarded by this
    private int open; // guarded by this

    /// Casualties that are told to `suspects`.
    Casualties(Consumer<List<EnvelopeId>> suspects) {
        this.suspects = suspects;
    }

    /// A worker has come.
    synchronized void came() {
        open++;
    }

    /// A worker hung up with these in hand.
    synchronized void lost(List<EnvelopeId> envelopes) {
        forgetOld();
        recent.addLast(new Lost(System.nanoTime(), envelopes));
    }

    /// A worker has gone.
    void went() {
        var all = new ArrayList<EnvelopeId>();
        synchronized (this) {
            open--;
            forgetOld();
            if (open == 0) {
                recent.forEach(lost -> all.addAll(lost.envelopes()));
                recent.clear();
            }
        }
        if (!all.isEmpty()) {
            suspects.accept(all);
        }
    }

    private void forgetOld() {
        long now = System.nanoTime();
        while (!recent.isEmpty() && now - recent.getFirst().at() > RECENT) {
            recent.removeFirst();
        }
    }
}
