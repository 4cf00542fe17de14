package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A process that [Spawn] started. Any thread may ask and signal; each stream belongs to one thread
/// at a time.
///
/// Its end is noticed and collected at once, whether or not anybody waits for it. The streams stay
/// usable after that, until they are closed: a descendant may still hold their other end.
public final class Child implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final long P_PID = 1;
    private static final long WEXITED = 4;
    private static final long WNOWAIT = 0x01000000;

    private final int pid;
    private final Program program;
    private final Landlock.Outcome landlock;
    private final OutputStream input;
    private final InputStream output;
    private final InputStream error;
    private final CountDownLatch ended = new CountDownLatch(1);

    // Guarded by "this". Until it is set the process exists, perhaps as a zombie, and its number is
    // not reused; "ended"
    // opens when it has been.
    private @Nullable Exit exit;

    Child(int pid, Program program, Landlock.Outcome landlock, Plumbing plumbing) {
        this.pid = pid;
        this.program = program;
        this.landlock = landlock;
        this.input = plumbing.toInput();
        this.output = plumbing.fromOutput();
        this.error = plumbing.fromError();
    }

    /// Gives its process id.
    public int pid() {
        return pid;
    }

    /// Gives the stream to its standard input; closing it is the end of file. It leads nowhere
    /// unless the program was started with a pipe there. Writing fails with EPIPE once nobody
    /// reads.
    public OutputStream input() {
        return input;
    }

    /// Gives the stream from its standard output; at its end at once unless the program was started
    /// with a pipe there.
    public InputStream output() {
        return output;
    }

    /// Gives the stream from its standard error; as for standard output.
    public InputStream error() {
        return error;
    }

    /// Gives what became of the fence that was asked for; for the log.
    public Landlock.Outcome landlock() {
        return landlock;
    }

    /// Tells whether it still runs.
    public boolean isAlive() {
        return ended.getCount() != 0;
    }

    /// Waits for its end, at most so long.
    ///
    /// @return how it ended; empty when it still runs
    public Optional<Exit> waitFor(Duration patience) throws InterruptedException {
        return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS)
                ? Optional.of(exit())
                : Optional.empty();
    }

    /// Waits for its end, however long: for a thread that has nothing else to do, and can be
    /// interrupted.
    public Exit waitFor() throws InterruptedException {
        ended.await();
        return exit();
    }

    private synchronized Exit exit() {
        if (exit == null) {
            throw new IllegalStateException(this + " ended unseen");
        }
        return exit;
    }

    /// Sends it a signal; nothing happens when it has ended.
    ///
    /// @throws OsException when the kernel forbids it: the child is another user's and this process
    ///   may not kill
    public void signal(int signal) throws OsException {
        send(pid, signal);
    }

    /// Sends a signal to it and all of its session's first process group, if it was started in a
    /// new session.
    public void signalAll(int signal) throws OsException {
        send(program.session() == Program.Session.NEW ? -pid : pid, signal);
    }

    /// Asks it to end (SIGTERM).
    public void terminate() throws OsException {
        signalAll(SIGTERM);
    }

    /// Ends it (SIGKILL), with its process group if it has its own.
    public void kill() throws OsException {
        signalAll(SIGKILL);
    }

    private synchronized void send(int target, int signal) throws OsException {
        if (exit != null) {
            return;
        }
        var result = Libc.attempt(Call.KILL, target, signal);
        if (result.failed() && !result.failed(Errno.ESRCH)) {
            throw result.as(Call.KILL, this + ", signal " + signal);
        }
    }

    /// Closes the streams. The process goes on.
    @Override
    public void close() {
        for (var stream : List.<Closeable>of(input, output, error)) {
            try {
                stream.close();
            } catch (IOException impossible) {
                throw new UncheckedIOException(this + ": closing never fails", impossible);
            }
        }
    }

    /// Waits for the end of the process and collects it; runs on the platform thread that belongs
    /// to the child.
    ///
    /// First it is only seen to have ended: collecting frees its number, which nobody may be
    /// signalling then.
    void collect() {
        try (var arena = Arena.ofConfined()) {
            var seen = arena.allocate(128, 8);
            Libc.Result result;
            do {
                result =
                        Libc.attempt(Call.WAITID, P_PID, pid, seen.address(), WEXITED | WNOWAIT, 0);
            } while (result.failed(Errno.EINTR));
            var status = arena.allocate(JAVA_INT);
            synchronized (this) {
                var collected = Libc.attempt(Call.WAIT4, pid, status.address(), 0, 0);
                // How it ended is unknown if another collected it: never a success.
                exit =
                        collected.failed()
                                ? new Exit.Killed(SIGKILL)
                                : Exit.of(status.get(JAVA_INT, 0));
            }
        } finally {
            ended.countDown();
        }
    }

    @Override
    public String toString() {
        return program.argv().getFirst() + "[" + pid + "]";
    }
}
