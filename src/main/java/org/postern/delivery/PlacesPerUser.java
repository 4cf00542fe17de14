package org.postern.delivery;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Limits how many deliveries for one user are under way at a time.
final class PlacesPerUser {
    private static final long PATIENCE_SECONDS = 60;

    private final int most;

    // Guarded by itself: the users that somebody delivers to, or waits to deliver to.
    private final Map<String, Places> users = new HashMap<>();

    private static final class Places {
        final Semaphore free;
        int interested;

        Places(int most) {
            this.free = new Semaphore(most);
        }
    }

    PlacesPerUser(int most) {
        this.most = most;
    }

    /// Waits for a place, at most a minute.
    ///
    /// @return whether there is one now, which has to be given back
    boolean take(String user) throws InterruptedException {
        Places places;
        synchronized (users) {
            places = users.computeIfAbsent(user, _ -> new Places(most));
            places.interested++;
        }
        boolean taken = false;
        try {
            taken = places.free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return taken;
        } finally {
            if (!taken) {
                leave(user, places);
            }
        }
    }

    /// Gives a place back.
    void giveBack(String user) {
        Places places;
        synchronized (users) {
            places = java.util.Objects.requireNonNull(users.get(user));
        }
        places.free.release();
        leave(user, places);
    }

    private void leave(String user, Places places) {
        synchronized (users) {
            if (--places.interested == 0) {
                users.remove(user);
            }
        }
    }
}
