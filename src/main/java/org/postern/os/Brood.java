package org.postern.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program that [Broods] started, and all that came of it. Any thread may ask and kill.
public final class Brood {
    private static final Path PROC = Path.of("/proc");
    private static final int SIGKILL = 9;

    // Who is born while others are looked for is found the next time.
    private static final int ROUNDS = 20;

    private final Child child;
    private final Mark mark;

    Brood(Child child, Mark mark) {
        this.child = child;
        this.mark = mark;
    }

    /// Gives the program itself.
    public Child child() {
        return child;
    }

    /// Kills the program, its process group, and every descendant that bears the mark, in whatever
    /// session it is; those too that others have left behind when the program itself has ended.
    /// Reads all of `/proc`: not for every day.
    ///
    /// A descendant that changed its limit on file locks has taken the mark off, and only dies with
    /// the process group.
    ///
    /// @throws OsException when the kernel forbids it
    public void kill() throws OsException {
        child.kill();
        for (int round = 0; round < ROUNDS; round++) {
            var found = bearers();
            if (found.isEmpty()) {
                return;
            }
            kill(found);
        }
    }

    /// Kills all that the kernel lets it kill, and then says whom not.
    private void kill(List<Integer> pids) throws OsException {
        OsException forbidden = null;
        for (int pid : pids) {
            try {
                kill(pid);
            } catch (OsException e) {
                forbidden = e;
            }
        }
        if (forbidden != null) {
            throw forbidden;
        }
    }

    private List<Integer> bearers() {
        var found = new ArrayList<Integer>();
        try (var processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (var process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                if (pid != child.pid() && mark.isOn(pid)) {
                    found.add(pid);
                }
            }
        } catch (IOException e) {
            // Without /proc there is the process group alone.
            return List.of();
        }
        return found;
    }

    /// The number may have gone to another process since it was found; a process that is held
    /// cannot change under our hands.
    private void kill(int pid) throws OsException {
        var held = Libc.attempt(Call.PIDFD_OPEN, pid, 0);
        if (held.failed()) {
            return;
        }
        try {
            if (!mark.isOn(pid)) {
                return;
            }
            var result = Libc.attempt(Call.PIDFD_SEND_SIGNAL, held.value(), SIGKILL, 0, 0);
            if (result.failed() && !result.failed(Errno.ESRCH)) {
                throw result.as(Call.PIDFD_SEND_SIGNAL, "process " + pid + " of " + child);
            }
        } finally {
            Libc.close((int) held.value());
        }
    }

    @Override
    public String toString() {
        return child.toString();
    }
}
