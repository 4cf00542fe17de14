package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The accounts and groups of the system: whatever nsswitch.conf(5) names, through getpwnam_r(3).
///
/// May be asked from any thread. Each question runs on a platform thread, since a directory service
/// may take its time; at most 16 run at once, and each must answer within the patience given.
public final class Accounts {
    private static final int AT_ONCE = 16;
    private static final int LARGEST = 1 << 20;
    private static final int MOST_GROUPS = 65536;

    // struct passwd and struct group of glibc, 64 bit.
    private static final long PASSWD_SIZE = 48;
    private static final long NAME = 0;
    private static final long UID = 16;
    private static final long GID = 20;
    private static final long GECOS = 24;
    private static final long HOME = 32;
    private static final long GROUP_GID = 16;

    private final Semaphore questions = new Semaphore(AT_ONCE);
    private final Duration patience;

    /// Asks with a patience of 10 seconds.
    public Accounts() {
        this(Duration.ofSeconds(10));
    }

    /// Asks with the given patience.
    public Accounts(Duration patience) {
        this.patience = patience;
    }

    private interface Question {
        int ask(MemorySegment entry, MemorySegment text, MemorySegment found);
    }

    private interface Reading<T> {
        T read(MemorySegment entry);
    }

    /// Looks an account up by its login name.
    public Lookup<Account> byName(String name) {
        if (isImpossible(name)) {
            return new Lookup.Absent<>();
        }
        return ask(
                "account " + name,
                arena -> {
                    var word = arena.allocateFrom(name);
                    return (entry, text, found) -> Libc.passwdByName(word, entry, text, found);
                },
                Accounts::account);
    }

    /// Looks an account up by its user id; of several with that id, the first.
    public Lookup<Account> byUid(int uid) {
        return ask(
                "account " + Integer.toUnsignedString(uid),
                _ -> (entry, text, found) -> Libc.passwdByUid(uid, entry, text, found),
                Accounts::account);
    }

    /// Looks a group up by its name.
    public Lookup<Group> group(String name) {
        if (isImpossible(name)) {
            return new Lookup.Absent<>();
        }
        return ask(
                "group " + name,
                arena -> {
                    var word = arena.allocateFrom(name);
                    return (entry, text, found) -> Libc.groupByName(word, entry, text, found);
                },
                entry -> new Group(text(entry, NAME), entry.get(JAVA_INT, GROUP_GID)));
    }

    /// Gives the identity of an account: its user, its primary group, and every group it is a
    /// member of.
    ///
    /// @throws IOException when the system did not answer in time
    public Identity identity(Account account) throws IOException {
        return onPlatform("groups of " + account.name(), () -> groups(account));
    }

    private static Identity groups(Account account) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(account.name());
            var count = arena.allocate(JAVA_INT);
            for (int room = 64; room <= MOST_GROUPS; room *= 4) {
                var list = arena.allocate(JAVA_INT, room);
                count.set(JAVA_INT, 0, room);
                if (Libc.groupList(name, account.gid(), list, count) >= 0) {
                    var groups = new ArrayList<Integer>();
                    for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
                        groups.add(list.getAtIndex(JAVA_INT, i));
                    }
                    return new Identity(account.uid(), account.gid(), groups);
                }
            }
        }
        throw new IOException("getgrouplist " + account.name() + ": too many groups");
    }

    // A name with a NUL would be cut short by C, and so find another account.
    private static boolean isImpossible(String name) {
        return name.isEmpty() || name.indexOf('\0') >= 0;
    }

    private interface Preparing {
        Question prepare(Arena arena);
    }

    private <T> Lookup<T> ask(String subject, Preparing preparing, Reading<T> reading) {
        try {
            return onPlatform(subject, () -> answer(subject, preparing, reading));
        } catch (IOException problem) {
            return new Lookup.Failed<>(String.valueOf(problem.getMessage()));
        }
    }

    private <T> T onPlatform(String subject, IOCallable<T> work) throws IOException {
        try {
            if (!questions.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(subject + ": too many questions wait for an answer");
            }
        } catch (InterruptedException left) {
            Thread.currentThread().interrupt();
            throw new IOException(subject + ": interrupted", left);
        }
        // The thread gives the permit back, not the caller: one that hangs keeps it.
        return Platform.call(
                subject,
                patience,
                () -> {
                    try {
                        return work.call();
                    } finally {
                        questions.release();
                    }
                });
    }

    private static <T> Lookup<T> answer(String subject, Preparing preparing, Reading<T> reading) {
        for (int size = 1024; size <= LARGEST; size *= 4) {
            try (var arena = Arena.ofConfined()) {
                var entry = arena.allocate(PASSWD_SIZE, 8);
                var text = arena.allocate(size);
                var found = arena.allocate(ADDRESS);
                var reason = new Errno(preparing.prepare(arena).ask(entry, text, found));
                if (reason.code() == 0) {
                    return found.get(ADDRESS, 0).address() == 0
                            ? new Lookup.Absent<>()
                            : new Lookup.Found<>(reading.read(entry));
                }
                // getpwnam(3) lists these two among the ways to say that there is none.
                if (reason.equals(Errno.ENOENT) || reason.equals(Errno.ESRCH)) {
                    return new Lookup.Absent<>();
                }
                if (!reason.equals(Errno.ERANGE)) {
                    return new Lookup.Failed<>(subject + ": " + reason);
                }
            }
        }
        return new Lookup.Failed<>(subject + ": entry larger than " + LARGEST + " bytes");
    }

    private static Account account(MemorySegment entry) {
        return new Account(
                text(entry, NAME),
                entry.get(JAVA_INT, UID),
                entry.get(JAVA_INT, GID),
                Path.of(text(entry, HOME)),
                text(entry, GECOS));
    }

    private static String text(MemorySegment entry, long offset) {
        var pointer = entry.get(ADDRESS, offset);
        if (pointer.address() == 0) {
            return "";
        }
        var bytes = pointer.reinterpret(LARGEST);
        int length = 0;
        while (bytes.get(JAVA_BYTE, length) != 0) {
            length++;
        }
        return new String(bytes.asSlice(0, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
