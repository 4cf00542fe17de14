package org.postern.delivery;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postern.os.IOCallable;

/// Limits how many threads do something for the same user, or with the same file, at a time.
final class Places {
    private static final long PATIENCE_SECONDS = 60;

    private final int most;

    // Guarded by itself: the users or files that somebody is busy with, or waits for.
    private final Map<String, Queue> queues = new HashMap<>();

    private static final class Queue {
        final Semaphore free;
        int interested;

        Queue(int most) {
            this.free = new Semaphore(most);
        }
    }

    Places(int most) {
        this.most = most;
    }

    /// Does `work` when there is a place for `name`, for which it waits at most a minute.
    ///
    /// @throws IOException if there was none in time, or from the work
    <T> T within(String name, IOCallable<T> work) throws IOException {
        var queue = enter(name);
        try {
            if (!queue.free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("too much waits already");
            }
            try {
                return work.call();
            } finally {
                queue.free.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        } finally {
            leave(name, queue);
        }
    }

    private Queue enter(String name) {
        synchronized (queues) {
            var queue = queues.computeIfAbsent(name, _ -> new Queue(most));
            queue.interested++;
            return queue;
        }
    }

    private void leave(String name, Queue queue) {
        synchronized (queues) {
            if (--queue.interested == 0) {
                queues.remove(name);
            }
        }
    }
}
