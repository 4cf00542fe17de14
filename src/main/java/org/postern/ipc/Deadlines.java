package org.postern.ipc;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.log.Log;

/// Ends waits that have lasted too long, by closing the channel that is waited on: blocking
/// channels have no time limit of their own.
///
/// One for a room; its one daemon thread looks twice a second. Setting and clearing a deadline is
/// one write to a field, because sessions do it at every turn; a timer for each wait would wake a
/// thread each time.
public final class Deadlines {
    private static final long NONE = Long.MIN_VALUE;

    private final Overheard overheard = new Overheard();

    // A channel is taken in at its first deadline, and dropped when it is seen to be closed.
    private final Set<Watched> known = ConcurrentHashMap.newKeySet();

    /// Starts the watching thread.
    public Deadlines() {
        Thread.ofPlatform().daemon().name("deadlines").start(Vital.thread(this::run));
    }

    /// From now on the traces `imsg` and `mproc` of `log` show the conversations that this watches.
    public void show(Log log) {
        overheard.show(log);
    }

    Overheard overheard() {
        return overheard;
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
            for (var watched : known) {
                watched.look(now);
            }
        }
    }

    /// The watch over one channel. Its owner sets and clears the deadline.
    public final class Watched {
        private final Channel channel;
        private volatile long due = NONE;
        private volatile boolean over;
        private boolean taken;

        private Watched(Channel channel) {
            this.channel = channel;
        }

        /// From now on the channel is closed unless [#none] is called within `patience`.
        public void in(Duration patience) {
            due = Math.max(System.nanoTime() + patience.toNanos(), NONE + 1);
            if (!taken) {
                taken = true;
                known.add(this);
            }
        }

        /// There is no deadline any more.
        public void none() {
            due = NONE;
        }

        /// Was the channel closed because a deadline passed?
        public boolean isOver() {
            return over;
        }

        private void look(long now) {
            if (!channel.isOpen()) {
                known.remove(this);
                return;
            }
            long limit = due;
            if (limit == NONE || now - limit < 0) {
                return;
            }
            over = true;
            known.remove(this);
            try {
                channel.close();
            } catch (IOException e) {
                // It is as good as closed: the thread that waits has been woken with an error.
            }
        }
    }
}
