package org.postern.backend;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.backend.Source.Away;
import org.postern.backend.Source.Refused;

/// A few connections to one server, made when they are needed and kept. Used by any thread.
///
/// @param <C> a connection; used by one thread at a time
final class Pool<C> implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /// How connections are made and ended.
    interface Maker<C> {
        C open() throws Away, Refused;

        void close(C connection);
    }

    /// What is done with a connection.
    interface Work<C, R> {
        R with(C connection) throws Away, Refused;
    }

    private final Maker<C> maker;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<C> kept = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /// A pool of at most `most` connections.
    Pool(Maker<C> maker, int most) {
        this.maker = maker;
        this.free = new Semaphore(most);
    }

    /// Does some work with a connection. When one that was kept turns out to be dead, the work is
    /// done again with a fresh one: a server that was started anew is not noticed.
    <R> R with(Work<C, R> work) throws Away, Refused {
        try {
            if (!free.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Away("all connections to the server are busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Away("interrupted", e);
        }
        try {
            var used = Optional.ofNullable(kept.pollFirst());
            if (used.isPresent()) {
                try {
                    return with(used.get(), work);
                } catch (Away e) {
                    if (TOO_LATE.equals(e.getMessage())) {
                        throw e;
                    }
                    drop();
                }
            }
            return with(maker.open(), work);
        } finally {
            free.release();
        }
    }

    /// The message of an [Away] after which there is no time for another try.
    static final String TOO_LATE = "the server does not answer in time";

    private <R> R with(C connection, Work<C, R> work) throws Away, Refused {
        boolean sound = false;
        try {
            var result = work.with(connection);
            sound = true;
            return result;
        } catch (Refused e) {
            sound = true;
            throw e;
        } finally {
            if (sound && !closed) {
                kept.addFirst(connection);
            } else {
                maker.close(connection);
            }
        }
    }

    private void drop() {
        for (var one = kept.pollFirst(); one != null; one = kept.pollFirst()) {
            maker.close(one);
        }
    }

    @Override
    public void close() {
        closed = true;
        drop();
    }
}
