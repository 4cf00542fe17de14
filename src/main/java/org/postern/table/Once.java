package org.postern.table;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Something that is made when it is first asked for, and then kept. May be asked from any thread.
final class Once<T> {
    /// Makes it.
    @FunctionalInterface
    interface Making<T> {
        T make() throws IOException;
    }

    private final Making<T> making;

    // Null until it was made; written under the lock, read without.
    private volatile @Nullable T made;

    Once(Making<T> making) {
        this.making = making;
    }

    /// Gives it. When making it fails, the next who asks tries again.
    T made() throws IOException {
        var ready = made;
        if (ready != null) {
            return ready;
        }
        synchronized (this) {
            ready = made;
            if (ready == null) {
                ready = making.make();
                made = ready;
            }
            return ready;
        }
    }
}
