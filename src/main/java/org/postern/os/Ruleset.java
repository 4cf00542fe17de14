package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A Landlock ruleset in the kernel, ready to be put on a thread. Must be closed.
final class Ruleset implements AutoCloseable {
    private static final int NONE = -1;
    private static final long VERSION = 1;
    private static final long PATH_BENEATH = 1;
    private static final long NET_PORT = 2;

    // Rights on files, as linux/landlock.h numbers them.
    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_DIR = 1 << 3;
    private static final long REMOVE_DIR = 1 << 4;
    private static final long REMOVE_FILE = 1 << 5;
    private static final long MAKE_CHAR = 1 << 6;
    private static final long MAKE_DIR = 1 << 7;
    private static final long MAKE_REG = 1 << 8;
    private static final long MAKE_SOCK = 1 << 9;
    private static final long MAKE_FIFO = 1 << 10;
    private static final long MAKE_BLOCK = 1 << 11;
    private static final long MAKE_SYM = 1 << 12;
    private static final long REFER = 1 << 13;
    private static final long TRUNCATE = 1 << 14;
    private static final long IOCTL_DEV = 1 << 15;

    private static final long READING = READ_FILE | READ_DIR;
    private static final long EXECUTING = READING | EXECUTE;
    private static final long WRITING =
            READING
                    | WRITE_FILE
                    | REMOVE_DIR
                    | REMOVE_FILE
                    | MAKE_DIR
                    | MAKE_REG
                    | MAKE_SOCK
                    | MAKE_FIFO
                    | MAKE_SYM
                    | REFER
                    | TRUNCATE
                    | IOCTL_DEV;
    private static final long ALL = WRITING | EXECUTING | MAKE_CHAR | MAKE_BLOCK;
    private static final long ON_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV;

    private static final long BIND_TCP = 1;
    private static final long CONNECT_TCP = 2;
    private static final long SCOPES = 3;

    private final int descriptor;
    private final Landlock.Outcome outcome;

    private Ruleset(int descriptor, Landlock.Outcome outcome) {
        this.descriptor = descriptor;
        this.outcome = outcome;
    }

    /// Makes the ruleset for a fence, with as much of it as this kernel knows.
    ///
    /// @throws OsException when the kernel has Landlock and refuses the rules
    static Ruleset of(Landlock landlock) throws OsException {
        return switch (landlock) {
            case Landlock.Unfenced() -> new Ruleset(NONE, new Landlock.Outcome.NotAsked());
            case Landlock.Fenced fenced -> of(fenced);
        };
    }

    private static Ruleset of(Landlock.Fenced fenced) throws OsException {
        var version = Libc.attempt(Call.LANDLOCK_CREATE_RULESET, 0, 0, VERSION);
        if (version.failed()) {
            var cause = version.as(Call.LANDLOCK_CREATE_RULESET, "version").errno().toString();
            return new Ruleset(NONE, new Landlock.Outcome.Unavailable(cause));
        }
        int abi = (int) version.value();
        var gaps = new ArrayList<String>();
        int descriptor = create(fenced, abi, gaps);
        try {
            addFiles(descriptor, fenced.files(), abi, gaps);
            addPorts(descriptor, fenced.network(), abi);
        } catch (OsException refused) {
            Libc.close(descriptor);
            throw refused;
        }
        return new Ruleset(descriptor, new Landlock.Outcome.Applied(abi, gaps));
    }

    private static int create(Landlock.Fenced fenced, int abi, List<String> gaps)
            throws OsException {
        long network = handled(fenced.network());
        if (abi < 3 && fenced.files() instanceof Landlock.Files.Only) {
            gaps.add("truncating files needs Landlock ABI 3");
        }
        if (abi < 4 && network != 0) {
            gaps.add("limiting TCP needs Landlock ABI 4");
        }
        if (abi < 6) {
            gaps.add("scoping signals and abstract sockets needs Landlock ABI 6");
        }
        try (var arena = Arena.ofConfined()) {
            var rules = arena.allocate(JAVA_LONG, 3);
            rules.setAtIndex(JAVA_LONG, 0, handled(fenced.files(), abi));
            rules.setAtIndex(JAVA_LONG, 1, abi < 4 ? 0 : network);
            rules.setAtIndex(JAVA_LONG, 2, abi < 6 ? 0 : SCOPES);
            long size = abi < 4 ? 8 : abi < 6 ? 16 : 24;
            return (int)
                    Libc.call(Call.LANDLOCK_CREATE_RULESET, "ruleset", rules.address(), size, 0);
        }
    }

    private static long handled(Landlock.Files files, int abi) {
        return switch (files) {
            // Below ABI 6 a ruleset might handle nothing, which is refused; making block devices is
            // no loss.
            case Landlock.Files.Every() -> abi < 6 ? MAKE_BLOCK : 0;
            case Landlock.Files.Only _ -> known(ALL, abi);
        };
    }

    private static long handled(Landlock.Network network) {
        return switch (network) {
            case Landlock.Network.Open() -> 0;
            case Landlock.Network.Denied() -> BIND_TCP | CONNECT_TCP;
            case Landlock.Network.BindOnly _ -> BIND_TCP;
        };
    }

    private static long known(long rights, int abi) {
        long beyond = 0;
        beyond |= abi < 2 ? REFER : 0;
        beyond |= abi < 3 ? TRUNCATE : 0;
        beyond |= abi < 5 ? IOCTL_DEV : 0;
        return rights & ~beyond;
    }

    private static void addFiles(int descriptor, Landlock.Files files, int abi, List<String> gaps)
            throws OsException {
        switch (files) {
            case Landlock.Files.Every() -> {}
            case Landlock.Files.Only(var readable, var writable, var executable) -> {
                add(descriptor, readable, known(READING, abi), gaps);
                add(descriptor, writable, known(WRITING, abi), gaps);
                add(descriptor, executable, known(EXECUTING, abi), gaps);
            }
        }
    }

    private static void add(int descriptor, Set<Path> paths, long rights, List<String> gaps)
            throws OsException {
        for (var path : paths) {
            try (var arena = Arena.ofConfined()) {
                var name = arena.allocateFrom(path.toString());
                var open =
                        Libc.attempt(
                                Call.OPENAT,
                                Libc.AT_FDCWD,
                                name.address(),
                                Libc.O_PATH | Libc.O_CLOEXEC,
                                0);
                if (open.failed(Errno.ENOENT) || open.failed(Errno.ENOTDIR)) {
                    gaps.add(path + " does not exist");
                } else if (open.failed()) {
                    throw open.as(Call.OPENAT, path.toString());
                } else {
                    add(descriptor, (int) open.value(), path, rights);
                }
            }
        }
    }

    private static void add(int descriptor, int open, Path path, long rights) throws OsException {
        try (var arena = Arena.ofConfined()) {
            var directory = FileFacts.of(open, path.toString()).isDirectory();
            var rule = arena.allocate(16, 8);
            rule.set(JAVA_LONG, 0, directory ? rights : rights & ON_A_FILE);
            rule.set(JAVA_INT, 8, open);
            Libc.call(
                    Call.LANDLOCK_ADD_RULE,
                    path.toString(),
                    descriptor,
                    PATH_BENEATH,
                    rule.address(),
                    0);
        } finally {
            Libc.close(open);
        }
    }

    private static void addPorts(int descriptor, Landlock.Network network, int abi)
            throws OsException {
        if (abi < 4 || !(network instanceof Landlock.Network.BindOnly(var ports))) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var rule = arena.allocate(JAVA_LONG, 2);
            for (int port : ports) {
                rule.setAtIndex(JAVA_LONG, 0, BIND_TCP);
                rule.setAtIndex(JAVA_LONG, 1, port);
                Libc.call(
                        Call.LANDLOCK_ADD_RULE,
                        "port " + port,
                        descriptor,
                        NET_PORT,
                        rule.address(),
                        0);
            }
        }
    }

    /// Gives what the kernel will enforce.
    Landlock.Outcome outcome() {
        return outcome;
    }

    /// Gives the step that puts this ruleset on a thread, if there is one to put.
    Optional<Step> step() {
        return descriptor == NONE
                ? Optional.empty()
                : Optional.of(Step.of(Call.LANDLOCK_RESTRICT_SELF, "thread", descriptor, 0));
    }

    @Override
    public void close() {
        if (descriptor != NONE) {
            Libc.close(descriptor);
        }
    }
}
