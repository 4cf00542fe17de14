package org.postern.front.relay;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.HungUp;
import org.postern.ipc.Work;
import org.postern.log.Log;

/// Takes work from the queue and reports what came of it, one piece after the other, on a thread of
/// its own. When the queue is away it comes back later: what it held is deferred by then.
final class Worker implements Runnable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int RESULTS_IN_REPORT = 100;

    /// What a worker tells of itself.
    interface Foreman {
        /// It waits for work.
        void idle();

        /// It waited, and has got work.
        void busy();

        /// It waited, and the queue is gone.
        void gone();
    }

    private final Path socket;
    private final Courier courier;
    private final Foreman foreman;
    private final Deadlines deadlines;
    private final Log log;
    private final Frames<Work> frames;
    private final Frames<Work.Assignment> assignments;
    private final Object state = new Object();
    private boolean stopping; // guarded by state
    private boolean working; // guarded by state
    private List<SocketChannel> channel = List.of(); // guarded by state; at most one

    Worker(
            Path socket,
            Courier courier,
            Foreman foreman,
            Deadlines deadlines,
            Log log,
            Frames<Work> frames,
            Frames<Work.Assignment> assignments) {
        this.socket = socket;
        this.courier = courier;
        this.foreman = foreman;
        this.deadlines = deadlines;
        this.log = log;
        this.frames = frames;
        this.assignments = assignments;
    }

    @Override
    public void run() {
        var pause = FIRST_PAUSE;
        while (!isStopping()) {
            try {
                talk();
                pause = FIRST_PAUSE;
            } catch (HungUp e) {
                log.debug("relay: the queue hung up: " + e.getMessage());
            } catch (IOException e) {
                log.debug("relay: no work from the queue: " + e);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.bug("mail out: an attempt ended", e);
            }
            if (isStopping() || !sleep(pause)) {
                return;
            }
            var longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        }
    }

    private static boolean sleep(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void talk() throws IOException, InterruptedException {
        try (var connected = Hearing.connect(socket)) {
            synchronized (state) {
                channel = List.of(connected);
            }
            var queue = new Conversation<>(connected, frames, assignments, deadlines);
            queue.say(new Work.Ready(Work.Lane.RELAY));
            queue.flush();
            while (mayWait()) {
                var work = nextWork(queue);
                if (!mayBegin()) {
                    return;
                }
                if (courier.knows(work)) {
                    report(courier.carry(work, queue), queue);
                } else {
                    for (var envelope : work.envelopes()) {
                        queue.say(new Work.NotYet(envelope.id()));
                    }
                    report(List.of(), queue);
                }
            }
        } finally {
            synchronized (state) {
                channel = List.of();
                working = false;
            }
        }
    }

    private Work.Assignment.Try nextWork(Conversation<Work, Work.Assignment> queue)
            throws IOException {
        foreman.idle();
        boolean heard = false;
        try {
            var word = queue.hearWhenever();
            heard = true;
            if (word instanceof Work.Assignment.Try work && !work.envelopes().isEmpty()) {
                return work;
            }
            throw new IOException("the queue handed out no work");
        } finally {
            if (heard) {
                foreman.busy();
            } else {
                foreman.gone();
            }
        }
    }

    /// Everything that was said must be on its way before anyone may hang up for us: a report that
    /// is lost is a message that goes out twice.
    private void report(List<Work.Result> results, Conversation<Work, Work.Assignment> queue)
            throws IOException {
        for (int i = 0; i < results.size(); i += RESULTS_IN_REPORT) {
            int to = Math.min(results.size(), i + RESULTS_IN_REPORT);
            queue.say(new Work.Report(results.subList(i, to)));
        }
        if (!isStopping()) {
            queue.say(new Work.Ready(Work.Lane.RELAY));
        }
        queue.flush();
    }

    private boolean mayWait() {
        synchronized (state) {
            working = false;
            return !stopping;
        }
    }

    /// Work that was handed out while we were told to stop is not begun.
    private boolean mayBegin() {
        synchronized (state) {
            working = !stopping;
            return working;
        }
    }

    private boolean isStopping() {
        synchronized (state) {
            return stopping;
        }
    }

    /// Is an attempt under way?
    boolean isWorking() {
        synchronized (state) {
            return working;
        }
    }

    /// Take no more work. An attempt that is under way goes on.
    void stop() {
        synchronized (state) {
            stopping = true;
            if (!working) {
                hangUp();
            }
        }
    }

    /// Hang up, whatever is under way: it is deferred.
    void abandon() {
        synchronized (state) {
            stopping = true;
            hangUp();
        }
    }

    private void hangUp() {
        for (var open : channel) {
            try {
                open.close();
            } catch (IOException e) {
                log.debug("relay: closing the conversation: " + e);
            }
        }
    }
}
