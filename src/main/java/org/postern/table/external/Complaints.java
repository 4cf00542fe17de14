package org.postern.table.external;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Tells the log what is wrong with one table program, at most once a second. Guarded by its
/// monitor.
final class Complaints {
    private static final long SECOND = 1_000_000_000;

    private final String table;
    private final Consumer<String> log;
    private final LongSupplier nanoTime;
    private long lastTold;
    private long untold;

    Complaints(String table, Consumer<String> log, LongSupplier nanoTime) {
        this.table = table;
        this.log = log;
        this.nanoTime = nanoTime;
        this.lastTold = nanoTime.getAsLong() - SECOND;
    }

    /// Something went wrong; told unless something else was told a moment ago.
    synchronized void complain(String what) {
        long now = nanoTime.getAsLong();
        if (now - lastTold < SECOND) {
            untold++;
            return;
        }
        lastTold = now;
        long before = untold;
        untold = 0;
        log.accept(table + ": " + what + (before == 0 ? "" : " (and " + before + " more)"));
    }

    /// Something that happens rarely; always told.
    void tell(String what) {
        log.accept(table + ": " + what);
    }
}
