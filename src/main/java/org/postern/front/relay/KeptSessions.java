package org.postern.front.relay;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sessions that wait for another message on their route. The one used last is used first; one that
/// waits too long is ended. Guarded by its own lock; what is taken out belongs to the taker.
final class KeptSessions {
    private static final int MOST = 500;

    private final Map<Route, Deque<ClientSession>> idle = new HashMap<>();
    private final Duration patience;
    private final InstantSource clock;
    private int count;
    private boolean closed;

    KeptSessions(Duration patience, InstantSource clock) {
        this.patience = patience;
        this.clock = clock;
    }

    /// A session on `route`, if one waits.
    synchronized Optional<ClientSession> take(Route route) {
        var sessions = idle.get(route);
        if (sessions == null) {
            return Optional.empty();
        }
        var session = sessions.pollLast();
        if (sessions.isEmpty()) {
            idle.remove(route);
        }
        if (session == null) {
            return Optional.empty();
        }
        count--;
        return Optional.of(session);
    }

    /// Does a session wait on `route`?
    synchronized boolean holds(Route route) {
        return idle.containsKey(route);
    }

    /// Keeps `session` for the next message on `route`.
    ///
    /// @return false if there is no place for it: the caller ends it
    synchronized boolean keep(Route route, ClientSession session) {
        if (closed || count >= MOST) {
            return false;
        }
        session.rest();
        idle.computeIfAbsent(route, _ -> new ArrayDeque<>(2)).addLast(session);
        count++;
        return true;
    }

    /// Takes out the sessions that have waited too long.
    synchronized List<ClientSession> takeExpired() {
        var expired = new ArrayList<ClientSession>();
        var now = clock.instant();
        var left = idle.values().iterator();
        while (left.hasNext()) {
            var sessions = left.next();
            while (!sessions.isEmpty()
                    && !sessions.getFirst().usedLast().plus(patience).isAfter(now)) {
                expired.add(sessions.removeFirst());
                count--;
            }
            if (sessions.isEmpty()) {
                left.remove();
            }
        }
        return expired;
    }

    /// Takes out all, and keeps none from now on.
    synchronized List<ClientSession> takeAll() {
        closed = true;
        var all = idle.values().stream().flatMap(Deque::stream).toList();
        idle.clear();
        count = 0;
        return all;
    }

    /// How many wait.
    synchronized int count() {
        return count;
    }
}
