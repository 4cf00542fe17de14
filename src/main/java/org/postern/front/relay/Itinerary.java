package org.postern.front.relay;

import java.util.List;
import org.postern.mail.Outcome;

/// The hosts to try, in their order, or why there are none.
sealed interface Itinerary {
    /// At least one.
    record Hops(List<Hop> hops) implements Itinerary {
        public Hops {
            hops = List.copyOf(hops);
        }
    }

    /// There is nowhere to go; the outcome says whether for good.
    record DeadEnd(Outcome outcome) implements Itinerary {}
}
