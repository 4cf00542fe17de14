package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;

/// What a process is to the kernel, and the few things it may change about itself.
public final class ProcessFacts {
    private static final long SET_PDEATHSIG = 1;
    private static final long SET_DUMPABLE = 4;
    private static final long RLIMIT_NOFILE = 7;
    private static final int HOSTNAME_OFFSET = 65;
    private static final int UTSNAME = 65 * 6;
    private static final int MOST_GROUPS = 65536;

    private ProcessFacts() {}

    /// Gives our process id.
    public static int pid() {
        return (int) Libc.attempt(Call.GETPID).value();
    }

    /// Gives our effective user.
    public static int uid() {
        return (int) Libc.attempt(Call.GETEUID).value();
    }

    /// Gives our effective group.
    public static int gid() {
        return (int) Libc.attempt(Call.GETEGID).value();
    }

    /// Gives who the calling thread is: effective user and group, and supplementary groups.
    public static Identity identity() throws IOException {
        try (var arena = Arena.ofConfined()) {
            long count = Libc.call(Call.GETGROUPS, "count", 0, 0);
            var list = arena.allocate(JAVA_INT, Math.clamp(count, 1, MOST_GROUPS));
            long got = Libc.call(Call.GETGROUPS, "list", count, list.address());
            var groups = new ArrayList<Integer>();
            for (int i = 0; i < got; i++) {
                groups.add(list.getAtIndex(JAVA_INT, i));
            }
            return new Identity(uid(), gid(), groups);
        }
    }

    /// Tells whether this process may become other users: CAP_SETUID and CAP_SETGID are effective.
    public static boolean canChangeIdentity() throws IOException {
        var own = Capability.of(status().effective());
        return own.contains(Capability.SETUID) && own.contains(Capability.SETGID);
    }

    /// Reads the rights of the calling thread.
    public static ProcessStatus status() throws IOException {
        return ProcessStatus.read(Path.of("/proc/thread-self/status"));
    }

    /// Reads the rights of a process.
    ///
    /// @throws IOException when it has ended
    public static ProcessStatus status(int pid) throws IOException {
        return ProcessStatus.read(Path.of("/proc/" + pid + "/status"));
    }

    /// Gives the name of this host, as the kernel has it; not always with a domain.
    public static String hostname() throws OsException {
        try (var arena = Arena.ofConfined()) {
            var names = arena.allocate(UTSNAME);
            Libc.call(Call.UNAME, "host", names.address());
            return names.getString(HOSTNAME_OFFSET, StandardCharsets.US_ASCII);
        }
    }

    /// Raises the limit on open files to the most that we may have.
    ///
    /// @return the limit that holds now
    public static long raiseFileLimit() throws OsException {
        try (var arena = Arena.ofConfined()) {
            var limit = arena.allocate(JAVA_LONG, 2);
            Libc.call(Call.PRLIMIT64, "open files", 0, RLIMIT_NOFILE, 0, limit.address());
            long hard = limit.getAtIndex(JAVA_LONG, 1);
            limit.setAtIndex(JAVA_LONG, 0, hard);
            Libc.call(Call.PRLIMIT64, "open files", 0, RLIMIT_NOFILE, limit.address(), 0);
            return hard;
        }
    }

    /// Sets the permissions that new files never get, of the whole process and its children to
    /// come.
    ///
    /// @return the mask that held before
    public static int umask(int mask) {
        return (int) Libc.attempt(Call.UMASK, mask).value();
    }

    /// Makes this process the leader of a new session, away from its terminal.
    ///
    /// @throws OsException EPERM when it leads a process group already
    public static void newSession() throws OsException {
        Libc.call(Call.SETSID, "session");
    }

    /// Sends a signal to a process that is not a [Child] of ours; 0 only asks whether it exists.
    ///
    /// @throws OsException ESRCH when there is none, EPERM when it is not ours to signal
    public static void kill(int pid, int signal) throws OsException {
        Libc.call(Call.KILL, "process " + pid + ", signal " + signal, pid, signal);
    }

    /// Keeps other processes of the same user from tracing this one or reading its memory, and it
    /// from dumping core. Nor can tools for the JVM attach to it.
    public static void forbidTracing() throws OsException {
        Libc.call(Call.PRCTL, "not dumpable", SET_DUMPABLE, 0, 0, 0, 0);
    }

    /// Ends this process with `status` (0 to 255), now.
    ///
    /// No shutdown hook runs, nothing buffered is written. [System#exit] waits 0.3 s for threads
    /// that are in native code, which a server always has.
    public static void end(int status) {
        Libc.attempt(Call.EXIT_GROUP, status);
    }

    /// Asks for a signal to this process when its parent ends. Holds as long as the calling thread
    /// lives, so it is the main thread that calls it. A parent that has already ended is not
    /// noticed.
    public static void dieWithParent(int signal) throws OsException {
        Libc.call(Call.PRCTL, "parent death signal", SET_PDEATHSIG, signal, 0, 0, 0);
    }
}
