package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The start of a program that is confined before its first instruction.
///
/// Two platform threads are made for each child. One takes on the confinement by raw system calls,
/// which change it alone; it starts the child, which is born with exactly that, and ends. The other
/// never changes: it prepares everything, and later collects the child. `ProcessBuilder` will not
/// do: it starts threads of its own, which would inherit the confined identity, stay in this
/// process, and be there for that user to signal.
///
/// For the moment between taking on the identity and the end of the start, that user could signal
/// the confined thread as well; ending it would end this process. So programs belong on a disk that
/// answers fast, and the files they are given must not make anyone wait. The change of identity
/// also makes this process undumpable, which keeps its memory from that user; see
/// [ProcessFacts#forbidTracing].
public final class Spawn {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = 0x80;

    // Larger than what glibc needs (80, 336, 128 bytes).
    private static final long ROOM = 1024;

    private final Program program;
    private final Confinement confinement;
    private final CountDownLatch settled = new CountDownLatch(1);

    // Guarded by "this". One of the first two is set when "settled" opens.
    private @Nullable Child child;
    private @Nullable IOException failure;
    private boolean abandoned;

    private Spawn(Program program, Confinement confinement) {
        this.program = program;
        this.confinement = confinement;
    }

    /// Starts a program confined. Returns when it has been executed; may be called from any thread.
    ///
    /// Without the right to change identity the child keeps ours, with as many of the wanted
    /// capabilities as we have; no_new_privs and Landlock hold all the same. Where the kernel lacks
    /// Landlock the child starts without it, and [Child#landlock] says so. All signals have their
    /// default effect in the child and none is blocked.
    ///
    /// @throws IOException when a step of the confinement failed or the program could not be
    ///   executed; there is no child then
    public static Child start(Program program, Confinement confinement) throws IOException {
        var spawn = new Spawn(program, confinement);
        Thread.ofPlatform().name("child " + program.argv().getFirst()).daemon().start(spawn::run);
        return spawn.await();
    }

    private Child await() throws IOException {
        try {
            if (!settled.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                abandon();
                throw new IOException(program.executable() + ": not started in " + PATIENCE);
            }
        } catch (InterruptedException left) {
            abandon();
            Thread.currentThread().interrupt();
            var leaving = new InterruptedIOException(program.executable() + ": interrupted");
            leaving.initCause(left);
            throw leaving;
        }
        synchronized (this) {
            if (child != null) {
                return child;
            }
            throw failure == null ? new IOException(program.executable() + ": lost") : failure;
        }
    }

    private synchronized void abandon() throws OsException {
        abandoned = true;
        if (child != null) {
            child.close();
            child.kill();
        }
    }

    /// The whole life of the child's own thread.
    private void run() {
        try {
            var born = prepareAndStart();
            synchronized (this) {
                child = born;
                if (abandoned) {
                    abandon();
                }
            }
            settled.countDown();
            born.collect();
        } catch (IOException problem) {
            fail(problem);
        } catch (Throwable bug) {
            fail(new IOException(program.executable() + ": " + bug, bug));
        } finally {
            settled.countDown();
        }
    }

    private synchronized void fail(IOException problem) {
        failure = problem;
    }

    private Child prepareAndStart() throws IOException, InterruptedException {
        // Not closed by hand: were the confined thread stuck, it would still use it.
        var arena = Arena.ofAuto();
        var actions = arena.allocate(ROOM, 16);
        var attributes = arena.allocate(ROOM, 16);
        var plumbing = new Plumbing(arena, actions);
        Libc.actionsInit(actions);
        Libc.attributesInit(attributes);
        boolean started = false;
        try (var ruleset = Ruleset.of(confinement.landlock())) {
            plumbing.lay(program);
            describe(arena, attributes);
            var birth = birth(arena, actions, attributes, ruleset);
            var thread = Thread.ofPlatform().name("birth").daemon().unstarted(birth);
            thread.start();
            thread.join();
            int pid = birth.pid();
            started = true;
            return new Child(pid, program, ruleset.outcome(), plumbing);
        } finally {
            plumbing.closeTheirs();
            if (!started) {
                plumbing.closeOurs();
            }
            Libc.actionsDestroy(actions);
            Libc.attributesDestroy(attributes);
        }
    }

    private void describe(Arena arena, MemorySegment attributes) {
        boolean leads = program.session() == Program.Session.NEW;
        Libc.flags(attributes, (short) (SETSIGDEF | SETSIGMASK | (leads ? SETSID : 0)));
        Libc.signalMask(attributes, arena.allocate(128, 8));
        Libc.signalDefaults(attributes, arena.allocate(128, 8).fill((byte) 0xff));
    }

    private Birth birth(
            Arena arena, MemorySegment actions, MemorySegment attributes, Ruleset ruleset)
            throws IOException {
        var environment =
                program.environment().entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .sorted()
                        .toList();
        return new Birth(
                program.executable().toString(),
                Steps.of(arena, confinement, ruleset),
                arena.allocate(JAVA_INT),
                arena.allocateFrom(program.executable().toString()),
                actions,
                attributes,
                strings(arena, program.argv()),
                strings(arena, environment));
    }

    private static MemorySegment strings(Arena arena, List<String> words) {
        var array = arena.allocate(ADDRESS, words.size() + 1L);
        for (int i = 0; i < words.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(words.get(i)));
        }
        array.setAtIndex(ADDRESS, words.size(), MemorySegment.NULL);
        return array;
    }

    /// What the confined thread does, and nothing else: its steps, then posix_spawn(3).
    private static final class Birth implements Runnable {
        private final String subject;
        private final List<Step> steps;
        private final MemorySegment pid;
        private final MemorySegment path;
        private final MemorySegment actions;
        private final MemorySegment attributes;
        private final MemorySegment argv;
        private final MemorySegment environment;

        // Written by the confined thread, read once it has ended. The count of steps is that of
        // those taken well.
        private int taken;
        private int errno = -1;

        Birth(
                String subject,
                List<Step> steps,
                MemorySegment pid,
                MemorySegment path,
                MemorySegment actions,
                MemorySegment attributes,
                MemorySegment argv,
                MemorySegment environment) {
            this.subject = subject;
            this.steps = steps;
            this.pid = pid;
            this.path = path;
            this.actions = actions;
            this.attributes = attributes;
            this.argv = argv;
            this.environment = environment;
        }

        @Override
        public void run() {
            // Loads what the steps need while this thread can still read every file.
            Step.of(Call.GETPID, "").take();
            for (var step : steps) {
                var result = step.take();
                if (result.failed()) {
                    errno = result.errno();
                    return;
                }
                taken++;
            }
            errno = Libc.spawn(pid, path, actions, attributes, argv, environment);
        }

        int pid() throws OsException {
            if (errno == 0) {
                return pid.get(JAVA_INT, 0);
            }
            if (taken < steps.size()) {
                var step = steps.get(taken);
                throw new OsException(
                        step.call().word(),
                        step.subject() + " (for " + subject + ")",
                        new Errno(errno));
            }
            throw new OsException("posix_spawn", subject, new Errno(errno));
        }
    }
}
