package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postern.config.Sources;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Leash;
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
    /// How a room lives: what it may reach, and its first word.
    ///
    /// @param footing what the confinement stands on, besides what it says: other files at its
    ///   paths are another confinement
    /// @param tables how much memory it has for tables, in megabytes
    record Life(Confinement confinement, String footing, int tables, Leash.Start start) {
        long generation() {
            return start.sources().generation();
        }

        /// The same by another configuration.
        Life by(Sources sources) {
            return with(sources, start.paused());
        }

        /// The same with this paused.
        Life paused(Set<Leash.Lane> paused) {
            return with(start.sources(), paused);
        }

        private Life with(Sources sources, Set<Leash.Lane> paused) {
            var first =
                    new Leash.Start(
                            start.config(),
                            start.spool(),
                            start.run(),
                            start.users(),
                            sources,
                            start.verbosity(),
                            start.sink(),
                            paused,
                            start.arrival(),
                            start.secret());
            return new Life(confinement, footing, tables, first);
        }
    }

    /// Knows how a room lives by the configuration of the moment; asked at each restart.
    @FunctionalInterface
    interface Plan {
        Life life(Room room) throws IOException;
    }

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration PREPARE = Duration.ofSeconds(60);
    private static final Duration ADOPT = Duration.ofSeconds(30);
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
    private @Nullable Life life;

    /// Whom a configuration was handed that has not been answered; null if nobody was.
    private @Nullable Conversation<Leash, Leash.Answer> handed;

    /// The generation that the room has prepared and not adopted, or 0.
    private long prepared;

    private boolean stopping;
    private int restarts;
    private String fence = "";

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
            born(first);
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
            var born = life;
            if (born != null && !paused.isEmpty()) {
                life = born.paused(paused);
            }
            live();
            Thread.ofPlatform().daemon().name("watch " + room.word()).start(this::watch);
        } finally {
            lock.unlock();
        }
    }

    private void born(Life first) throws IOException {
        var command = java.commandLine(room, first.tables());
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
        var born = Spawn.start(program, first.confinement());
        noteFence(born.landlock());
        child = born;
        leash =
                new Conversation<>(
                        new StreamChannel(born.output(), born.input()),
                        Leash.frames(),
                        Leash.answers(),
                        deadlines);
        life = first;
    }

    private void live() throws IOException {
        var talk = leash;
        var now = life;
        if (talk == null || now == null) {
            throw new IllegalStateException(room + " is not born");
        }
        try {
            talk.say(now.start());
            switch (talk.hear(START)) {
                case Leash.Answer.Started() -> {}
                case Leash.Answer.Failed(var why) ->
                        throw new IOException(room.word() + ": " + why);
                case Leash.Answer.Prepared _, Leash.Answer.Adopted _, Leash.Answer.GivesWay _ ->
                        throw new IOException(room.word() + " answers before it started");
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
        life = null;
        prepared = 0;
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
                born(plan.life(room));
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

    /// Would the room, if it runs, need another fence than it has to live like this?
    boolean needsReplacementFor(Life wanted) {
        lock.lock();
        try {
            var now = life;
            return now != null
                    && !(now.confinement().equals(wanted.confinement())
                            && now.footing().equals(wanted.footing())
                            && now.tables() == wanted.tables());
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
    void prepare(Sources sources) {
        lock.lock();
        try {
            handed = leash;
            tell(new Leash.Prepare(sources));
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the room is ready for the configuration that it was handed. One that dies
    /// meanwhile is not: perhaps it died of it.
    Readiness readiness(long generation) {
        lock.lock();
        try {
            var talk = handed;
            handed = null;
            if (talk == null) {
                return new Readiness.Down();
            }
            if (talk != leash) {
                return new Readiness.Not(room.word() + " ended while it prepared");
            }
            return switch (talk.hear(PREPARE)) {
                case Leash.Answer.Prepared(long ready) when ready == generation -> {
                    prepared = generation;
                    yield new Readiness.Ready();
                }
                case Leash.Answer.Failed(var why) -> new Readiness.Not(room.word() + ": " + why);
                case Leash.Answer.Prepared _,
                        Leash.Answer.Started _,
                        Leash.Answer.Adopted _,
                        Leash.Answer.GivesWay _ ->
                        notReady("does not prepare for generation " + generation);
            };
        } catch (IOException e) {
            return notReady(String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    private Readiness notReady(String instead) {
        startOver("prepare", instead);
        return new Readiness.Not(room.word() + " did not prepare: " + instead);
    }

    /// Forget the configuration that was handed over, and the successor that was announced.
    void drop() {
        tell(new Leash.Drop());
        lock.lock();
        try {
            prepared = 0;
        } finally {
            lock.unlock();
        }
    }

    /// Has the room work by the configuration that it has prepared; [#adopted] waits until it does.
    void adopt(Sources sources) {
        lock.lock();
        try {
            if (prepared == sources.generation()) {
                tell(new Leash.Adopt(prepared));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the room works by the configuration of this generation. One that was started
    /// again since it was asked to prepare is handed it anew; one that does not take it is killed
    /// and started by it.
    void adopted(Sources sources) {
        long generation = sources.generation();
        lock.lock();
        try {
            var talk = leash;
            var now = life;
            if (talk == null || now == null) {
                wake.signalAll();
                return;
            }
            if (prepared != generation && now.generation() == generation) {
                return;
            }
            if (prepared != generation) {
                talk.say(new Leash.Prepare(sources));
                if (!(talk.hear(PREPARE) instanceof Leash.Answer.Prepared)) {
                    startOver("reload", "does not prepare");
                    return;
                }
                talk.say(new Leash.Adopt(generation));
            }
            prepared = 0;
            switch (talk.hear(ADOPT)) {
                case Leash.Answer.Adopted(long reached) -> {
                    if (reached == generation) {
                        life = now.by(sources);
                    } else {
                        startOver("reload", "is at generation " + reached + ", not " + generation);
                    }
                }
                case Leash.Answer.Failed(var why) -> startOver("reload", "says: " + why);
                case Leash.Answer.Started _, Leash.Answer.Prepared _, Leash.Answer.GivesWay _ ->
                        startOver("reload", "says something else");
            }
        } catch (IOException e) {
            startOver("reload", String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    /// Has the room let a successor listen where it does. One that is down is in nobody's way.
    ///
    /// @return what is paused in it
    /// @throws IOException if it does not
    Set<Leash.Lane> makeWay() throws IOException {
        lock.lock();
        try {
            var talk = leash;
            if (talk == null) {
                return Set.of();
            }
            talk.say(new Leash.MakeWay());
            return switch (talk.hear(ADOPT)) {
                case Leash.Answer.GivesWay(var paused) -> paused;
                case Leash.Answer.Failed(var why) ->
                        throw new IOException(room.word() + ": " + why);
                case Leash.Answer.Started _, Leash.Answer.Prepared _, Leash.Answer.Adopted _ ->
                        throw new IOException(room.word() + " does not make way");
            };
        } finally {
            lock.unlock();
        }
    }

    private void startOver(String order, String instead) {
        if (leash == null) {
            return;
        }
        log.warn(
                room.word()
                        + " was told to "
                        + order
                        + ", but "
                        + Log.visible(instead)
                        + ": it is killed");
        leash = null;
        try {
            kill();
        } catch (IOException e) {
            log.warn("cannot kill " + room.word() + ": " + e.getMessage());
        }
    }

    private void tell(Leash word) {
        lock.lock();
        try {
            var talk = leash;
            if (talk != null) {
                talk.say(word);
                talk.flush();
            }
        } catch (IOException e) {
            log.warn(room.word() + " does not hear: " + e.getMessage());
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
        lock.lock();
        try {
            stopping = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        tell(new Leash.Retire(atMost));
        Thread.ofPlatform()
                .daemon()
                .name("retire " + room.word())
                .start(() -> awaitEnd(atMost.plusSeconds(20)));
    }

    /// Has the process of the room ended?
    boolean isGone() {
        return alive() == null;
    }

    private @Nullable Child alive() {
        lock.lock();
        try {
            return child;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the process of the room, which is then started again.
    void startAnew() {
        lock.lock();
        try {
            startOver("give its place back", "somebody has been in it");
        } finally {
            lock.unlock();
        }
    }

    /// Ends the room for good: asks it to finish within `grace`, then kills it.
    void stop(Duration grace) {
        ask(grace);
        awaitEnd(grace.plusSeconds(5));
    }

    /// The same, without waiting for it.
    void stopSoon(Duration grace) {
        Thread.ofPlatform().daemon().name("stop " + room.word()).start(() -> stop(grace));
    }

    private void awaitEnd(Duration patience) {
        var dying = alive();
        if (dying == null) {
            return;
        }
        try {
            if (dying.waitFor(patience).isEmpty()) {
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

    private void ask(Duration grace) {
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
    }

    /// One line about the room, for `smtpctl show status`.
    String status() {
        lock.lock();
        try {
            var alive = child;
            var now = alive == null ? "down" : "running pid=" + alive.pid();
            var fenced = alive == null ? "" : " " + fence;
            return "room " + room.word() + " " + now + " restarts=" + restarts + fenced;
        } finally {
            lock.unlock();
        }
    }
}
