package org.postern.front.server;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.postern.log.Log;
import org.postern.smtp.Reply;

/// Turns away those for whom there is no place. What that costs is bounded however many come: so
/// many are answered at a time and the others hung up on, and so many lines are logged in ten
/// seconds and the others counted. Any thread may call; the counts are guarded by its monitor.
final class Refusals {
    private static final int ANSWERED_AT_A_TIME = 64;
    private static final int LINES = 20;
    private static final long PERIOD = 10_000_000_000L;

    private final Log log;
    private final LongSupplier nanos;
    private final Semaphore answering = new Semaphore(ANSWERED_AT_A_TIME);
    private long since;
    private int lines;
    private long unlogged;

    /// @param nanos a clock that counts nanoseconds
    Refusals(Log log, LongSupplier nanos) {
        this.log = log;
        this.nanos = nanos;
        this.since = nanos.getAsLong();
    }

    /// Says why, and hangs up.
    ///
    /// @param address the client's, for the log
    void refuse(Link link, String address, Reply reply) throws IOException {
        refuse(address, reply);
        if (answering.tryAcquire()) {
            try {
                var bytes = reply.wire().toArray();
                link.write(bytes, bytes.length);
                link.closeGently();
            } finally {
                answering.release();
            }
        }
    }

    /// The same without a word; the caller hangs up.
    void refuse(String address, Reply reply) {
        if (isLogged()) {
            log.entry()
                    .subsystem("smtp")
                    .event("turned-away")
                    .quoted("reason", reply)
                    .word("address", address)
                    .write();
        }
    }

    private synchronized boolean isLogged() {
        tick();
        boolean isLogged = lines < LINES;
        if (isLogged) {
            lines++;
        } else {
            unlogged++;
        }
        return isLogged;
    }

    /// Logs how many were turned away without a line, when the time has come.
    synchronized void tick() {
        long now = nanos.getAsLong();
        if (now - since < PERIOD) {
            return;
        }
        if (unlogged > 0) {
            log.warn("smtp: turned away " + unlogged + " more connections");
        }
        since = now;
        lines = 0;
        unlogged = 0;
    }
}
