package org.postern.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.config.Sources;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Leash;
import org.postern.ipc.Room;
import org.postern.log.Log;
import org.postern.os.Landlock;

/// A room's process, whichever it is at the moment: started, watched, and started again when it
/// dies, with a growing delay.
///
/// Guarded by its lock, which is held while a room answers: at most for the patience of whoever
/// asks, and while a room starts. [#status] needs no lock. A thread of its own watches.
final class RoomProcess {
    /// Knows how a room lives by the configuration of the moment; asked at each restart.
    @FunctionalInterface
    interface Plan {
        Life life(Room room) throws IOException;
    }

    private static final Duration WORD = Duration.ofSeconds(10);
    private static final Duration FIRST_DELAY = Duration.ofMillis(100);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

    /// A room that lived this long has recovered: the next delay is the first again.
    private static final Duration RECOVERED = Duration.ofMinutes(1);

    private final Room room;
    private final Java java;
    private final Plan plan;
    private final Deadlines deadlines;
    private final Log log;
    private final ReentrantLock lock = new ReentrantLock();
    private final java.util.concurrent.locks.Condition wake = lock.newCondition();

    /// Null between lives. Written with the lock.
    private volatile @Nullable RoomChild child;

    /// Whom a configuration was handed that has not been answered; null if nobody was.
    private @Nullable RoomChild handed;

    private boolean stopping;
    private volatile int restarts;

    RoomProcess(Room room, Java java, Plan plan, Deadlines deadlines, Log log) {
        this.room = room;
        this.java = java;
        this.plan = plan;
        this.deadlines = deadlines;
        this.log = log;
    }

    /// Gives birth to the room's process, which then waits for its first word: so that several can
    /// come up at the same time.
    ///
    /// @throws IOException if there is no process; it is not tried again
    void spawn(Life first) throws IOException {
        lock.lock();
        try {
            var _ = born(first);
        } finally {
            lock.unlock();
        }
    }

    /// Says the first word to the process and returns when the room works.
    ///
    /// @throws IOException if it does not; it is not tried again
    void begin() throws IOException {
        begin(Set.of());
    }

    /// The same, with this paused, too.
    void begin(Set<Leash.Lane> paused) throws IOException {
        lock.lock();
        try {
            var born = child;
            if (born == null) {
                throw new IllegalStateException(room + " is not born");
            }
            live(born, paused);
            Thread.ofPlatform().daemon().name("watch " + room.word()).start(this::watch);
        } finally {
            lock.unlock();
        }
    }

    private RoomChild born(Life first) throws IOException {
        var born = new RoomChild(room, first, java, deadlines, log);
        if (born.landlock() instanceof Landlock.Outcome.Unavailable(var cause) && restarts == 0) {
            log.warn(room.word() + " runs without Landlock: " + cause);
        }
        child = born;
        return born;
    }

    private void live(RoomChild born, Set<Leash.Lane> paused) throws IOException {
        boolean lives = false;
        try {
            born.begin(paused);
            lives = true;
        } finally {
            if (!lives) {
                born.letGo();
                child = null;
            }
        }
    }

    private void watch() {
        var delay = FIRST_DELAY;
        try {
            while (true) {
                long born = System.nanoTime();
                if (!waitForEnd()) {
                    return;
                }
                if (System.nanoTime() - born > RECOVERED.toNanos()) {
                    delay = FIRST_DELAY;
                }
                delay = revive(delay);
            }
        } catch (InterruptedException e) {
            // The supervisor ends.
        } catch (RuntimeException e) {
            log.bug("watching " + room.word(), e);
        }
    }

    /// Waits until the room is dead. False if it was meant to die.
    private boolean waitForEnd() throws InterruptedException {
        var watched = child;
        if (watched == null) {
            return false;
        }
        var exit = watched.awaitEnd();
        lock.lock();
        try {
            watched.letGo();
            child = null;
            if (!stopping) {
                log.warn("lost child: " + room.word() + " " + exit);
            }
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    /// Starts the room again, however often it takes. Returns the delay before the next time.
    private Duration revive(Duration first) throws InterruptedException {
        var delay = first;
        while (true) {
            lock.lock();
            try {
                long left = delay.toNanos();
                while (left > 0 && !stopping) {
                    left = wake.awaitNanos(left);
                }
                if (stopping) {
                    throw new InterruptedException("stopping");
                }
                delay = delay.multipliedBy(2);
                delay = delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
                restarted();
                live(born(plan.life(room)), Set.of());
                log.info("info: " + room.word() + " restarted");
                return delay;
            } catch (IOException e) {
                log.warn("cannot restart " + room.word() + ": " + e.getMessage());
            } catch (RuntimeException e) {
                // Nobody else would start it again.
                log.bug("restarting " + room.word(), e);
            } finally {
                lock.unlock();
            }
        }
    }

    // Only the thread that watches counts.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void restarted() {
        restarts++;
    }

    /// The process that hears what it is told; null if there is none.
    private @Nullable RoomChild held() {
        var now = child;
        return now != null && now.isHeld() ? now : null;
    }

    /// Would the room, if it runs, need another fence than it has to live like this?
    boolean needsReplacementFor(Life wanted) {
        lock.lock();
        try {
            var now = child;
            return now != null && !now.life().hasRoomFor(wanted);
        } finally {
            lock.unlock();
        }
    }

    /// What the room says to a configuration.
    sealed interface Readiness {
        /// It is ready for it.
        record Ready() implements Readiness {}

        /// It is down, and learns of it when it is started again.
        record Down() implements Readiness {}

        /// It could not work by it.
        record Not(String why) implements Readiness {}
    }

    /// Hands the room a new configuration, for which it makes ready while others do; [#readiness]
    /// waits for its answer.
    void prepare(Sources sources, Patience patience) {
        lock.lock();
        try {
            var now = held();
            handed = now;
            if (now != null) {
                now.prepare(sources, patience);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the room is ready for the configuration that it was handed. One that dies
    /// meanwhile is not: perhaps it died of it.
    Readiness readiness(long generation, Patience patience) {
        lock.lock();
        try {
            var asked = handed;
            handed = null;
            if (asked == null) {
                return new Readiness.Down();
            }
            return asked == child
                    ? asked.readiness(generation, patience)
                    : new Readiness.Not(room.word() + " ended while it prepared");
        } finally {
            lock.unlock();
        }
    }

    /// Forget the configuration that was handed over, and the successor that was announced.
    void drop() {
        lock.lock();
        try {
            var now = held();
            if (now != null) {
                now.drop(Patience.of(WORD));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Has the room work by the configuration that it has prepared; [#adopted] waits until it does.
    void adopt(Sources sources, Patience patience) {
        lock.lock();
        try {
            var now = held();
            if (now != null) {
                now.adopt(sources, patience);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the room works by this configuration. One that is down is started by it; one
    /// that does not take it is killed, and then is.
    void adopted(Sources sources, Patience patience) {
        lock.lock();
        try {
            var now = held();
            if (now != null) {
                now.adopted(sources, patience);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Has the room let a successor listen where it does. One that is down is in nobody's way.
    ///
    /// @return what is paused in it
    /// @throws IOException if it does not
    Set<Leash.Lane> makeWay(Patience patience) throws IOException {
        lock.lock();
        try {
            var now = held();
            return now == null ? Set.of() : now.makeWay(patience);
        } finally {
            lock.unlock();
        }
    }

    private void tell(Leash word) {
        lock.lock();
        try {
            var now = held();
            if (now != null) {
                now.tell(word, Patience.of(WORD));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Tells the room how much to log.
    void speak(Leash.Verbosity verbosity) {
        tell(new Leash.Speak(verbosity));
    }

    /// Ends the room when it has finished what is under way, within `atMost`; does not wait for
    /// that. It is not started again.
    void retire(Duration atMost) {
        finish(new Leash.Retire(atMost));
        Thread.ofPlatform()
                .daemon()
                .name("retire " + room.word())
                .start(() -> awaitEnd(atMost.plusSeconds(20)));
    }

    /// Has the process of the room ended?
    boolean isGone() {
        var now = child;
        return now == null || now.isGone();
    }

    /// Ends the room for good: asks it to finish within `grace`, then kills it.
    void stop(Duration grace) {
        finish(new Leash.Stop(grace));
        awaitEnd(grace.plusSeconds(5));
    }

    /// The same, without waiting for it.
    void stopSoon(Duration grace) {
        Thread.ofPlatform().daemon().name("stop " + room.word()).start(() -> stop(grace));
    }

    /// It is not started again, and is told how to end.
    private void finish(Leash last) {
        lock.lock();
        try {
            stopping = true;
            wake.signalAll();
            var now = held();
            if (now != null) {
                now.tell(last, Patience.of(WORD));
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitEnd(Duration patience) {
        var dying = child;
        if (dying != null) {
            dying.awaitEnd(patience);
        }
    }

    /// One line about the room, for `smtpctl show status`.
    String status() {
        var now = child;
        var state = now == null ? "down" : now.state();
        var fence = now == null ? "" : " " + now.fence();
        return "room " + room.word() + " " + state + " restarts=" + restarts + fence;
    }
}
