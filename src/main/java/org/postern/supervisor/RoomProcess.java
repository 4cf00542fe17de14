package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Leash;
import org.postern.ipc.Malformed;
import org.postern.ipc.Room;
import org.postern.ipc.StreamChannel;
import org.postern.log.Log;
import org.postern.os.Child;
import org.postern.os.Confinement;
import org.postern.os.Landlock;
import org.postern.os.Program;
import org.postern.os.Spawn;
import org.postern.os.Stdio;

/// One room's process: started, watched, and started again when it dies, with a growing delay.
///
/// Guarded by its lock; a thread of its own watches.
final class RoomProcess {
    /// What a room is started with; asked for anew at each start.
    interface Plan {
        /// The confinement of `room` now.
        Confinement confinement(Room room);

        /// What the confinement stands on, besides what it says: other files at its paths are
        /// another confinement.
        String footing(Room room);

        /// The first word to `room`.
        Leash.Start start(Room room) throws IOException;
    }

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration RELOAD = Duration.ofSeconds(30);
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

    // All null between lives.
    private @Nullable Child child;
    private @Nullable Conversation<Leash, Leash.Answer> leash;
    private @Nullable Confinement confinement;
    private boolean stopping;
    private int restarts;
    private String fence = "";
    private String footing = "";

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
    void spawn() throws IOException {
        lock.lock();
        try {
            born();
        } finally {
            lock.unlock();
        }
    }

    /// Says the first word to the process and returns when the room works.
    ///
    /// @throws IOException if it does not; it is not tried again
    void begin() throws IOException {
        lock.lock();
        try {
            live();
            Thread.ofPlatform().daemon().name("watch " + room.word()).start(this::watch);
        } finally {
            lock.unlock();
        }
    }

    private void born() throws IOException {
        var fenced = plan.confinement(room);
        footing = plan.footing(room);
        var command = java.commandLine(room);
        var program =
                new Program(
                        java.executable(),
                        command,
                        Map.of("LANG", "C.UTF-8", "PATH", "/usr/bin:/bin"),
                        Path.of("/"),
                        new Stdio.Pipe(),
                        new Stdio.Pipe(),
                        new Stdio.Inherit(),
                        Program.Session.NEW);
        var born = Spawn.start(program, fenced);
        noteFence(born.landlock());
        child = born;
        leash =
                new Conversation<>(
                        new StreamChannel(born.output(), born.input()),
                        Leash.frames(),
                        Leash.answers(),
                        deadlines);
        confinement = fenced;
    }

    private void live() throws IOException {
        var talk = leash;
        if (talk == null) {
            throw new IllegalStateException(room + " is not born");
        }
        try {
            talk.say(plan.start(room));
            switch (talk.hear(START)) {
                case Leash.Answer.Started() -> {}
                case Leash.Answer.Failed(var why) ->
                        throw new IOException(room.word() + ": " + why);
                case Leash.Answer.Reloaded _ ->
                        throw new IOException(room.word() + " was reloaded before it started");
            }
        } catch (IOException | RuntimeException e) {
            try {
                kill();
            } finally {
                forget();
            }
            throw e;
        }
    }

    private void kill() throws IOException {
        var condemned = child;
        if (condemned != null) {
            condemned.kill();
        }
    }

    private void noteFence(Landlock.Outcome outcome) {
        fence =
                switch (outcome) {
                    case Landlock.Outcome.NotAsked() -> "landlock=none";
                    case Landlock.Outcome.Applied(int abi, _) -> "landlock=" + abi;
                    case Landlock.Outcome.Unavailable(_) -> "landlock=unavailable";
                };
        if (outcome instanceof Landlock.Outcome.Unavailable(var cause) && restarts == 0) {
            log.warn(room.word() + " runs without Landlock: " + cause);
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
        var exit = watched.waitFor();
        lock.lock();
        try {
            forget();
            if (!stopping) {
                log.warn("lost child: " + room.word() + " " + exit);
            }
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        var dead = child;
        if (dead != null) {
            dead.close();
        }
        child = null;
        leash = null;
        confinement = null;
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
                restarts++;
                born();
                live();
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

    /// Would `wanted`, standing on `ground`, be a different fence from the one around the running
    /// room?
    boolean needsReplacementFor(Confinement wanted, String ground) {
        lock.lock();
        try {
            return confinement != null && !(confinement.equals(wanted) && footing.equals(ground));
        } finally {
            lock.unlock();
        }
    }

    /// Hands the room a new configuration and waits until it works by it. A room that is dead just
    /// now learns it when it is started again; and so does one whose answer makes no sense, because
    /// it is killed: what it works by, only it knows.
    ///
    /// @throws IOException if the room does not take it
    void reload(Leash.Reload word) throws IOException {
        lock.lock();
        try {
            var talk = leash;
            if (talk == null) {
                return;
            }
            talk.say(word);
            long wanted = word.sources().generation();
            switch (talk.hear(RELOAD)) {
                case Leash.Answer.Reloaded(long generation) -> {
                    if (generation != wanted) {
                        startOver("is at generation " + generation + ", not " + wanted);
                    }
                }
                case Leash.Answer.Failed(var why) ->
                        throw new IOException(room.word() + ": " + why);
                case Leash.Answer.Started() -> startOver("says that it started");
            }
        } catch (Malformed e) {
            startOver("says " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void startOver(String instead) throws IOException {
        log.warn(room.word() + " was told to reload, but " + instead + ": it is killed");
        leash = null;
        kill();
    }

    /// Tells the room how much to log.
    void speak(Leash.Verbosity verbosity) {
        lock.lock();
        try {
            if (leash != null) {
                leash.say(new Leash.Speak(verbosity));
                leash.flush();
            }
        } catch (IOException e) {
            log.warn(room.word() + " does not hear: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /// Ends the room for good: asks it to finish within `grace`, then kills it.
    void stop(Duration grace) {
        var dying = ask(grace);
        if (dying == null) {
            return;
        }
        try {
            if (dying.waitFor(grace.plusSeconds(5)).isEmpty()) {
                log.warn(room.word() + " did not end in time and is killed");
                dying.kill();
                var _ = dying.waitFor(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("cannot kill " + room.word() + ": " + e.getMessage());
        }
    }

    private @Nullable Child ask(Duration grace) {
        lock.lock();
        try {
            stopping = true;
            wake.signalAll();
            if (leash != null) {
                leash.say(new Leash.Stop(grace));
                leash.flush();
            }
        } catch (IOException e) {
            // It is dying already.
        } finally {
            lock.unlock();
        }
        return child;
    }

    /// One line about the room, for `smtpctl show status`.
    String status() {
        lock.lock();
        try {
            var alive = child;
            return alive == null
                    ? "room " + room.word() + " down restarts=" + restarts
                    : "room "
                            + room.word()
                            + " running pid="
                            + alive.pid()
                            + " restarts="
                            + restarts
                            + " "
                            + fence;
        } finally {
            lock.unlock();
        }
    }
}
