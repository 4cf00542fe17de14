package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.postern.config.Sources;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Leash;
import org.postern.ipc.Room;
import org.postern.ipc.StreamChannel;
import org.postern.log.Log;
import org.postern.os.Child;
import org.postern.os.Exit;
import org.postern.os.Landlock;
import org.postern.os.Program;
import org.postern.os.Spawn;
import org.postern.os.Stdio;

/// One process of a room, from its birth to its end, and the leash by which it is held.
///
/// What is said to it, and its answers, are guarded by the lock of its [RoomProcess]; any thread
/// may look whether it lives, wait for its end, and kill it.
final class RoomChild {
    private static final Duration START = Duration.ofSeconds(60);

    private final Room room;
    private final Child process;
    private final Conversation<Leash, Leash.Answer> leash;
    private final Log log;
    private Life life;

    /// The generation that it has prepared and not adopted, or 0.
    private long prepared;

    /// It is out of step, and was killed: nothing more is said to it.
    private boolean isCondemned;

    /// Gives birth to the process, which then waits for its first word.
    ///
    /// @throws IOException if there is no process
    RoomChild(Room room, Life life, Java java, Deadlines deadlines, Log log) throws IOException {
        this.room = room;
        this.life = life;
        this.log = log;
        var program =
                new Program(
                        java.executable(),
                        java.commandLine(room, life.tables()),
                        Map.of("LANG", "C.UTF-8", "PATH", "/usr/bin:/bin"),
                        Path.of("/"),
                        new Stdio.Pipe(),
                        new Stdio.Pipe(),
                        new Stdio.Inherit(),
                        Program.Session.NEW);
        this.process = Spawn.start(program, life.confinement());
        this.leash =
                new Conversation<>(
                        new StreamChannel(process.output(), process.input()),
                        Leash.frames(),
                        Leash.answers(),
                        deadlines);
    }

    /// How it lives now.
    Life life() {
        return life;
    }

    /// What became of its fence.
    Landlock.Outcome landlock() {
        return process.landlock();
    }

    /// Is it still held by its leash? One that is not has been killed, and ends.
    boolean isHeld() {
        return !isCondemned;
    }

    /// Says the first word and returns when the room works, with this paused, too.
    ///
    /// @throws IOException if it does not; it has been killed then
    void begin(Set<Leash.Lane> paused) throws IOException {
        if (!paused.isEmpty()) {
            life = life.paused(paused);
        }
        var patience = Patience.of(START);
        try {
            leash.say(life.start(), patience.left());
            switch (leash.hear(patience.left())) {
                case Leash.Answer.Started() -> {}
                case Leash.Answer.Failed(var why) -> throw new IOException(why);
                case Leash.Answer.Prepared _, Leash.Answer.Adopted _, Leash.Answer.GivesWay _ ->
                        throw new IOException("it answers before it started");
            }
        } catch (IOException e) {
            kill();
            throw new IOException(
                    room.word() + ": " + patience.orElse(String.valueOf(e.getMessage())), e);
        } catch (RuntimeException e) {
            kill();
            throw e;
        }
    }

    /// Hands it a new configuration; [#readiness] hears its answer.
    void prepare(Sources sources, Patience patience) {
        tell(new Leash.Prepare(sources), patience);
    }

    /// Waits for the answer to [#prepare]. One that has none is killed.
    RoomProcess.Readiness readiness(long generation, Patience patience) {
        if (isCondemned) {
            return notReady(patience.orElse("does not hear"));
        }
        try {
            return switch (leash.hear(patience.left())) {
                case Leash.Answer.Prepared(long ready) when ready == generation -> {
                    prepared = generation;
                    yield new RoomProcess.Readiness.Ready();
                }
                case Leash.Answer.Failed(var why) ->
                        new RoomProcess.Readiness.Not(room.word() + ": " + why);
                case Leash.Answer.Prepared _,
                        Leash.Answer.Started _,
                        Leash.Answer.Adopted _,
                        Leash.Answer.GivesWay _ ->
                        notReady("does not prepare for generation " + generation);
            };
        } catch (IOException e) {
            return notReady(patience.orElse(String.valueOf(e.getMessage())));
        }
    }

    private RoomProcess.Readiness notReady(String instead) {
        condemn("prepare", instead);
        return new RoomProcess.Readiness.Not(room.word() + " did not prepare: " + instead);
    }

    /// Says that what was prepared is forgotten.
    void drop(Patience patience) {
        prepared = 0;
        tell(new Leash.Drop(), patience);
    }

    /// Says that the configuration that it has prepared holds now, if it is this one; [#adopted]
    /// hears its answer.
    void adopt(Sources sources, Patience patience) {
        if (prepared == sources.generation()) {
            tell(new Leash.Adopt(prepared), patience);
        }
    }

    /// Waits until it works by this configuration. One that has not prepared it, because it has
    /// been started meanwhile, is handed it now; one that does not take it is killed.
    void adopted(Sources sources, Patience patience) {
        long generation = sources.generation();
        if (isCondemned || (prepared != generation && life.generation() == generation)) {
            return;
        }
        try {
            if (prepared != generation) {
                leash.say(new Leash.Prepare(sources), patience.left());
                if (!(leash.hear(patience.left()) instanceof Leash.Answer.Prepared)) {
                    condemn("reload", "does not prepare");
                    return;
                }
                leash.say(new Leash.Adopt(generation), patience.left());
            }
            prepared = 0;
            switch (leash.hear(patience.left())) {
                case Leash.Answer.Adopted(long reached) -> {
                    if (reached == generation) {
                        life = life.by(sources);
                    } else {
                        condemn("reload", "is at generation " + reached + ", not " + generation);
                    }
                }
                case Leash.Answer.Failed(var why) -> condemn("reload", "says: " + why);
                case Leash.Answer.Started _, Leash.Answer.Prepared _, Leash.Answer.GivesWay _ ->
                        condemn("reload", "says something else");
            }
        } catch (IOException e) {
            condemn("reload", patience.orElse(String.valueOf(e.getMessage())));
        }
    }

    /// Has it let a successor listen where it does.
    ///
    /// @return what is paused in it
    /// @throws IOException if it does not
    Set<Leash.Lane> makeWay(Patience patience) throws IOException {
        try {
            leash.say(new Leash.MakeWay(), patience.left());
            return switch (leash.hear(patience.left())) {
                case Leash.Answer.GivesWay(var paused) -> paused;
                case Leash.Answer.Failed(var why) ->
                        throw new IOException(room.word() + ": " + why);
                case Leash.Answer.Started _, Leash.Answer.Prepared _, Leash.Answer.Adopted _ ->
                        throw new IOException(room.word() + " does not make way");
            };
        } catch (org.postern.ipc.HungUp | org.postern.ipc.Malformed e) {
            var why = patience.orElse(String.valueOf(e.getMessage()));
            condemn("make way", why);
            throw new IOException(room.word() + " does not make way: " + why, e);
        }
    }

    /// Says what has no answer, or one that is heard later. One that does not take it in is killed.
    void tell(Leash word, Patience patience) {
        if (isCondemned) {
            return;
        }
        try {
            leash.say(word, patience.left());
        } catch (IOException e) {
            condemn("hear", patience.orElse(String.valueOf(e.getMessage())));
        }
    }

    /// Ends it, because it was told to do something and did otherwise.
    void condemn(String order, String instead) {
        if (isCondemned) {
            return;
        }
        isCondemned = true;
        if (!isGone()) {
            var visible = Log.visible(instead);
            log.warn(room.word() + " was told to " + order + ", but " + visible + ": it is killed");
        }
        kill();
    }

    /// Ends it at once.
    void kill() {
        isCondemned = true;
        try {
            process.kill();
        } catch (IOException e) {
            log.warn("cannot kill " + room.word() + ": " + e.getMessage());
        }
    }

    /// Waits for its end, for as long as it takes.
    Exit awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /// Lets go of the leash of one that has ended.
    void letGo() {
        isCondemned = true;
        process.close();
    }

    /// Waits for its end so long, then kills it.
    void awaitEnd(Duration patience) {
        try {
            if (process.waitFor(patience).isEmpty()) {
                log.warn(room.word() + " did not end in time and is killed");
                process.kill();
                var _ = process.waitFor(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            log.warn("cannot kill " + room.word() + ": " + e.getMessage());
        }
    }

    /// Has it ended?
    boolean isGone() {
        return !process.isAlive();
    }

    /// That it runs, and as which process, for `smtpctl show status`.
    String state() {
        return "running pid=" + process.pid();
    }

    /// How it is fenced, for `smtpctl show status`.
    String fence() {
        return switch (process.landlock()) {
            case Landlock.Outcome.NotAsked() -> "landlock=none";
            case Landlock.Outcome.Applied(int abi, _) -> "landlock=" + abi;
            case Landlock.Outcome.Unavailable(_) -> "landlock=unavailable";
        };
    }
}
