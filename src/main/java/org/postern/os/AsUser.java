package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// File work done as a user: files are found, made and refused as if that user had asked.
///
/// Each piece of work has a platform thread of its own, which takes on the user's file-system
/// identity (setfsuid(2), setfsgid(2), setgroups(2)), checks that it has it, does the work, goes
/// back, and ends; it is never used again. Its real, effective and saved ids stay ours, so the user
/// can neither signal nor trace it.
///
/// The work is plain file work that returns what it found. It must not wake or start other threads
/// (a lock, a queue, a log): a thread that is made meanwhile inherits the user. `Files.isReadable`
/// and its kin ask about the real user, not this one: open the file instead.
public final class AsUser {
    private final Semaphore threads;
    private final Duration patience;
    private final boolean mayChange;

    /// @param atMost so many threads at once; more callers wait
    /// @param patience how long one piece of work may wait, and then take
    public AsUser(int atMost, Duration patience) {
        this.threads = new Semaphore(atMost);
        this.patience = patience;
        this.mayChange = mayChange();
    }

    /// Whether this process may become other users is settled when it starts.
    private static boolean mayChange() {
        try {
            return ProcessFacts.canChangeIdentity();
        } catch (IOException unreadable) {
            return false;
        }
    }

    /// Does the work as a user and gives what it gave. Called from any thread, which waits.
    ///
    /// A process that may not change identity does the work only as the user it runs as.
    ///
    /// @throws IOException what the work threw; or when this process may not become that user; or
    ///   when the time was over, and the work goes on alone
    public <T> T call(Identity who, IOCallable<T> work) throws IOException {
        acquire(who);
        return Platform.call(
                "as user " + Integer.toUnsignedString(who.uid()),
                patience,
                () -> {
                    try {
                        return switched(who, work);
                    } finally {
                        threads.release();
                    }
                });
    }

    private void acquire(Identity who) throws IOException {
        try {
            if (!threads.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "as user %s: too much file work waits"
                                .formatted(Integer.toUnsignedString(who.uid())));
            }
        } catch (InterruptedException left) {
            Thread.currentThread().interrupt();
            var leaving = new InterruptedIOException("interrupted");
            leaving.initCause(left);
            throw leaving;
        }
    }

    private <T> T switched(Identity who, IOCallable<T> work) throws IOException {
        var self = ProcessFacts.identity();
        if (!mayChange) {
            if (who.uid() != self.uid()) {
                throw new IOException(
                        "cannot act as user %s: this process runs as user %s, without the right to change"
                                .formatted(
                                        Integer.toUnsignedString(who.uid()),
                                        Integer.toUnsignedString(self.uid())));
            }
            return work.call();
        }
        try {
            become(who);
            return work.call();
        } finally {
            become(self);
        }
    }

    // The user last: losing uid 0 could cost the right to change the groups; and coming back, the
    // thread has that
    // right all along, since only file capabilities follow the file-system user.
    private static void become(Identity who) throws IOException {
        long uid = Integer.toUnsignedLong(who.uid());
        long gid = Integer.toUnsignedLong(who.gid());
        try (var arena = Arena.ofConfined()) {
            var list = arena.allocate(JAVA_INT, Math.max(1, who.groups().size()));
            for (int i = 0; i < who.groups().size(); i++) {
                list.setAtIndex(JAVA_INT, i, who.groups().get(i));
            }
            Libc.call(Call.SETGROUPS, "user " + uid, who.groups().size(), list.address());
        }
        change(Call.SETFSGID, gid);
        change(Call.SETFSUID, uid);
    }

    // These two calls do not fail: they answer with the id that was, so asking for -1 tells which
    // one is.
    private static void change(Call call, long id) throws IOException {
        Libc.attempt(call, id);
        long now = Libc.attempt(call, -1).value();
        if ((int) now != (int) id) {
            throw new IOException("%s %d: refused, it is %d".formatted(call.word(), id, now));
        }
    }
}
