package org.postern.front.server;

/// Lets connections in, or keeps them waiting while mail in is paused. Any thread may ask; guarded
/// by its own monitor.
final class Gate {
    private boolean shut;

    /// Keeps whoever comes waiting from now on.
    ///
    /// @return whether that is new
    synchronized boolean shut() {
        boolean isNew = !shut;
        shut = true;
        return isNew;
    }

    /// Lets everybody in again.
    ///
    /// @return whether that is new
    synchronized boolean open() {
        boolean isNew = shut;
        shut = false;
        notifyAll();
        return isNew;
    }

    /// Is it shut?
    synchronized boolean isShut() {
        return shut;
    }

    /// Waits until it is open.
    synchronized void pass() throws InterruptedException {
        while (shut) {
            wait(60_000);
        }
    }
}
