package org.postern.front.server;

import java.util.HashMap;
import java.util.Map;

/// How many sessions the users of this machine have, in all and each. Any thread may ask; guarded
/// by its own monitor.
final class Places {
    /// What a client is told when there is no place for it.
    enum Found {
        PLACE,
        ALL_TAKEN,
        TOO_MANY_OF_ITS_OWN
    }

    private final int most;
    private final int mostOfOne;
    private final Map<Object, Integer> taken = new HashMap<>();
    private int all;

    Places(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /// Takes a place for `source`, which is given back by [#leave] if one was found.
    synchronized Found take(Object source) {
        if (all >= most) {
            return Found.ALL_TAKEN;
        }
        int ofIt = taken.getOrDefault(source, 0);
        if (ofIt >= mostOfOne) {
            return Found.TOO_MANY_OF_ITS_OWN;
        }
        taken.put(source, ofIt + 1);
        all++;
        return Found.PLACE;
    }

    /// Gives a place of `source` back.
    synchronized void leave(Object source) {
        all--;
        taken.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }

    /// How many are taken.
    synchronized int all() {
        return all;
    }
}
