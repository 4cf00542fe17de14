package org.postern.ipc;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Ends waits that have lasted too long, by closing the channel that is waited on: blocking
/// channels have no time limit of their own.
///
/// One for a room; its one daemon thread looks twice a second. Only channels that wait under a
/// deadline are held, so ten thousand idle ones cost nothing.
public final class Deadlines {
    private final Set<Watched> waiting = ConcurrentHashMap.newKeySet();

    /// Starts the watching thread.
    public Deadlines() {
        Thread.ofPlatform().daemon().name("deadlines").start(this::run);
    }

    /// A watch over `channel`, without a deadline as yet.
    public Watched watch(Channel channel) {
        return new Watched(channel);
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                return;
            }
            long now = System.nanoTime();
            for (var watched : waiting) {
                watched.endIfOver(now);
            }
        }
    }

    /// The watch over one channel. Its owner sets and clears the deadline.
    public final class Watched {
        private final Channel channel;
        private volatile long due;
        private volatile boolean over;

        private Watched(Channel channel) {
            this.channel = channel;
        }

        /// From now on the channel is closed unless [#none] is called within `patience`.
        public void in(Duration patience) {
            due = System.nanoTime() + patience.toNanos();
            waiting.add(this);
        }

        /// There is no deadline any more.
        public void none() {
            waiting.remove(this);
        }

        /// Was the channel closed because a deadline passed?
        public boolean isOver() {
            return over;
        }

        private void endIfOver(long now) {
            if (now - due < 0 || !waiting.remove(this)) {
                return;
            }
            over = true;
            try {
                channel.close();
            } catch (IOException e) {
                // It is as good as closed: the thread that waits has been woken with an error.
            }
        }
    }
}
