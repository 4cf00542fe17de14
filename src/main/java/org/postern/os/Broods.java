package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Starts programs so that all that comes of each can be found again, whatever session it went to:
/// a [Brood] each. And takes care of the dead among those whose parent ended before them.
///
/// The mark of a brood is a number as the soft limit on file locks, a limit that Linux has not
/// looked at since 2.4.25: a child has it from its birth, and so has what it starts. To give it,
/// this process has it for a moment; so programs are started one after the other, and nothing else
/// in this process may start any.
public final class Broods {
    private static final long SET_CHILD_SUBREAPER = 36;
    private static final long GET_CHILD_SUBREAPER = 37;
    private static final String ADOPTING = "adopt orphans";
    private static final long P_ALL = 0;
    private static final long WEXITED = 4;
    private static final long WNOHANG = 1;
    private static final long WNOWAIT = 0x01000000;
    private static final int SI_PID = 16;
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock: those that are not known to be collected.
    private final List<Child> own = new ArrayList<>();

    /// Starts a program confined, as [Spawn#start] does.
    ///
    /// @throws IOException as that does; there is no child then
    public Brood start(Program program, Confinement confinement) throws IOException {
        lock.lock();
        try {
            own.removeIf(child -> !child.isAlive());
            var mark = Mark.fresh();
            var before = mark.take();
            try {
                var child = Spawn.start(program, confinement);
                own.add(child);
                return new Brood(child, mark);
            } finally {
                Mark.restore(before);
            }
        } finally {
            lock.unlock();
        }
    }

    /// From now on this process is the parent of every descendant whose own parent ends first, and
    /// collects it when it has ended; where this process runs in a container there may be nobody
    /// else who would. Lasts until the thread that is started for it ends, which is when it is
    /// interrupted; then all is as it was before.
    ///
    /// @throws OsException when the kernel does not know how
    public Thread adoptOrphans() throws OsException {
        int before = adopts();
        adopt(1);
        return Thread.ofVirtual().name("orphans").start(() -> collectOnAndOn(before));
    }

    private static int adopts() throws OsException {
        try (var arena = Arena.ofConfined()) {
            var answer = arena.allocate(JAVA_INT);
            Libc.call(Call.PRCTL, ADOPTING, GET_CHILD_SUBREAPER, answer.address(), 0, 0, 0);
            return answer.get(JAVA_INT, 0);
        }
    }

    private static void adopt(int whether) throws OsException {
        Libc.call(Call.PRCTL, ADOPTING, SET_CHILD_SUBREAPER, whether, 0, 0, 0);
    }

    private void collectOnAndOn(int before) {
        try {
            while (true) {
                Thread.sleep(LOOK);
                collectOrphans();
            }
        } catch (InterruptedException e) {
            giveUp(before);
        }
    }

    private static void giveUp(int before) {
        try {
            adopt(before);
        } catch (OsException e) {
            throw new IllegalStateException(e); // it could be done before
        }
    }

    /// Collects the adopted children that have ended; never one of those that were started here,
    /// which others wait for.
    private void collectOrphans() {
        lock.lock();
        try (var arena = Arena.ofConfined()) {
            own.removeIf(child -> !child.isAlive());
            var seen = arena.allocate(128, 8);
            while (true) {
                seen.fill((byte) 0);
                var result =
                        Libc.attempt(
                                Call.WAITID,
                                P_ALL,
                                0,
                                seen.address(),
                                WEXITED | WNOHANG | WNOWAIT,
                                0);
                int pid = seen.get(JAVA_INT, SI_PID);
                if (result.failed() || pid == 0 || isOwn(pid)) {
                    return;
                }
                Libc.attempt(Call.WAIT4, pid, 0, WNOHANG, 0);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isOwn(int pid) {
        return own.stream().anyMatch(child -> child.pid() == pid);
    }
}
