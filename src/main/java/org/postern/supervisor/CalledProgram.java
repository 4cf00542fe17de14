package org.postern.supervisor;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.log.Log;
import org.postern.os.Caller;
import org.postern.os.Child;
import org.postern.os.Confinement;
import org.postern.os.Doorbell;
import org.postern.os.OsException;
import org.postern.os.Program;
import org.postern.os.Spawn;
import org.postern.os.Stdio;

/// A program that answers for a table, or filters. It is started when `front` calls, with the call
/// as its standard input and output, and is to end when `front` hangs up; not a byte that they
/// exchange comes by here.
///
/// Each call gets a program of its own, for while one `front` leaves another may have come. Who
/// calls again has hung up before: a program that does not notice is killed.
///
/// A program that ended badly is started again only after a delay, which grows: however often
/// `front` calls. Guarded by its lock; a thread of its own hears the calls.
final class CalledProgram {
    /// How the program is started; asked for anew at each call.
    interface Plan {
        /// The program, with `caller` for its standard output, and its input if it needs no other.
        Ready ready(Caller caller) throws IOException;
    }

    /// A program to start, and what it may do.
    ///
    /// @param held what has to stay open until it has started
    record Ready(Program program, Confinement confinement, Closeable held) {}

    private static final int MOST_PROGRAMS = 4;
    private static final int LONGEST_LINE = 1000;
    private static final Duration FIRST_DELAY = Duration.ofMillis(100);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
    private static final Duration RECOVERED = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration LEAVE = Duration.ofSeconds(1);

    /// A program, and the process that called it.
    private record Running(Child child, int caller) {}

    /// What it is, for the log: `table devs`.
    private final String label;

    private final Doorbell bell;
    private final int welcome;
    private final Plan plan;
    private final Log log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();

    // Guarded by lock; the newest last.
    private final List<Running> programs = new ArrayList<>();
    private final List<Child> condemned = new ArrayList<>();
    private boolean stopping;
    private int starts;
    private Duration delay = Duration.ZERO;

    private CalledProgram(String label, Doorbell bell, int welcome, Plan plan, Log log) {
        this.label = label;
        this.bell = bell;
        this.welcome = welcome;
        this.plan = plan;
        this.log = log;
    }

    /// Begins to hear calls at `socket`: those of the user `welcome`, who is of `group`.
    static CalledProgram open(String label, Path socket, int welcome, int group, Plan plan, Log log)
            throws IOException {
        var process = new CalledProgram(label, Doorbell.at(socket, group), welcome, plan, log);
        Thread.ofPlatform().daemon().name(label).start(process::attend);
        return process;
    }

    private void attend() {
        try {
            for (var caller = next(); caller.isPresent(); caller = next()) {
                answer(caller.get());
            }
        } catch (InterruptedException e) {
            // The supervisor ends.
        } catch (RuntimeException e) {
            log.bug(label + ": hearing calls", e);
        }
    }

    /// The next call; empty when no more are to be heard.
    private Optional<Caller> next() throws InterruptedException {
        while (true) {
            try {
                return bell.await();
            } catch (IOException e) {
                // Out of descriptors, most likely: wait for some to be closed.
                log.warn(label + ": " + e.getMessage());
                Thread.sleep(FIRST_DELAY.multipliedBy(10));
            }
        }
    }

    private void answer(Caller caller) throws InterruptedException {
        try (caller) {
            if (caller.uid() != welcome) {
                log.warn(
                        "%s: user %s refused"
                                .formatted(label, Integer.toUnsignedString(caller.uid())));
                return;
            }
            endPredecessors(caller);
            if (pause()) {
                start(caller);
            }
        } catch (IOException e) {
            log.warn(label + ": cannot start: " + e.getMessage());
            lock.lock();
            try {
                grow();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Ends what nobody speaks with any more, though it may not have noticed: programs of the same
    /// caller, or of one that is gone, and the oldest if there are too many.
    private void endPredecessors(Caller caller) {
        lock.lock();
        try {
            int surplus = programs.size() - MOST_PROGRAMS + 1;
            for (var old : List.copyOf(programs)) {
                surplus--;
                if (surplus >= 0
                        || old.caller() == caller.pid()
                        || ProcessHandle.of(old.caller()).isEmpty()) {
                    programs.remove(old);
                    condemned.add(old.child());
                    Thread.ofPlatform()
                            .daemon()
                            .name("end of " + label)
                            .start(() -> end(old.child(), GRACE));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits as long as the last program's end demands, and until most of the old ones are gone.
    /// False if there is to be no other.
    private boolean pause() throws InterruptedException {
        lock.lock();
        try {
            long left = delay.toNanos();
            while (left > 0 && !stopping) {
                left = wake.awaitNanos(left);
            }
            while (condemned.size() >= MOST_PROGRAMS && !stopping) {
                wake.await();
            }
            return !stopping;
        } finally {
            lock.unlock();
        }
    }

    private void start(Caller caller) throws IOException {
        lock.lock();
        try {
            if (stopping) {
                return;
            }
            var ready = plan.ready(caller);
            Child born;
            try (var _ = ready.held()) {
                born = Spawn.start(ready.program(), ready.confinement());
            }
            programs.add(new Running(born, caller.pid()));
            starts++;
            var hearers = new ArrayList<Thread>();
            if (ready.program().error() instanceof Stdio.Pipe) {
                hearers.add(
                        Thread.ofPlatform()
                                .daemon()
                                .name("errors of " + label)
                                .start(() -> relay(born)));
            }
            Thread.ofPlatform().daemon().name("watch " + label).start(() -> watch(born, hearers));
        } finally {
            lock.unlock();
        }
    }

    /// Writes into the log what a program says on its standard error.
    private void relay(Child born) {
        try {
            var in = born.error();
            var line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c != '\n') {
                    line.append((char) c);
                }
                if (c == '\n' || line.length() == LONGEST_LINE) {
                    say(line.toString());
                    line.setLength(0);
                }
            }
            if (!line.isEmpty()) {
                say(line.toString());
            }
        } catch (IOException e) {
            // The program has ended, and was given its time to say the last.
        }
    }

    private void say(String line) {
        log.warn(label.substring(label.indexOf(' ') + 1) + ": " + Log.visible(line));
    }

    /// Waits for the end of `born`, and for who hears its last words.
    private void watch(Child born, List<Thread> hearers) {
        long start = System.nanoTime();
        try {
            var exit = born.waitFor();
            for (var hearer : hearers) {
                hearer.join(LEAVE);
            }
            lock.lock();
            try {
                born.close();
                programs.removeIf(one -> one.child() == born);
                wake.signalAll();
                boolean recovered = System.nanoTime() - start > RECOVERED.toNanos();
                if (condemned.remove(born)) {
                    return;
                }
                if (exit.isSuccess()) {
                    delay = Duration.ZERO;
                } else if (!stopping) {
                    delay = recovered ? Duration.ZERO : delay;
                    grow();
                    log.warn(label + ": lost its program: " + exit);
                }
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            // The supervisor ends.
        }
    }

    private void grow() {
        delay = delay.isZero() ? FIRST_DELAY : delay.multipliedBy(2);
        delay = delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    /// Hears no more calls. The program goes on as long as `front` speaks with it.
    void retire() {
        lock.lock();
        try {
            stopping = true;
            wake.signalAll();
            bell.close();
        } catch (IOException e) {
            log.warn(label + ": " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /// Ends the program too, at most so long after this.
    void end(Duration grace) {
        retire();
        List<Running> last;
        lock.lock();
        try {
            last = List.copyOf(programs);
        } finally {
            lock.unlock();
        }
        last.forEach(one -> end(one.child(), grace));
    }

    private void end(Child child, Duration grace) {
        try {
            if (child.waitFor(grace).isEmpty()) {
                child.terminate();
                if (child.waitFor(LEAVE).isEmpty()) {
                    child.kill();
                    var _ = child.waitFor(LEAVE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OsException e) {
            log.warn(label + ": cannot be ended: " + e.getMessage());
        }
    }

    /// Whether no program of it runs any more.
    boolean isGone() {
        lock.lock();
        try {
            return programs.isEmpty() && condemned.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// One line about the program, for `smtpctl show status`.
    String status() {
        lock.lock();
        try {
            return label
                    + (programs.isEmpty()
                            ? " idle"
                            : " running pid=" + programs.getLast().child().pid())
                    + " restarts="
                    + Math.max(0, starts - 1);
        } finally {
            lock.unlock();
        }
    }
}
