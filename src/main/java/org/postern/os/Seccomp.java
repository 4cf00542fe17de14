package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A filter on system calls that a room puts on itself, for good: seccomp(2).
public final class Seccomp {
    private static final long SET_NO_NEW_PRIVS = 38;
    private static final long SET_MODE_FILTER = 1;
    private static final long ALL_THREADS = 1;
    private static final int AF_UNIX = 1;
    private static final int EACCES = 13;

    // Classic BPF, as linux/filter.h and linux/seccomp.h number it.
    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_AT_LEAST = 0x35;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff0000;
    private static final int DENY = 0x00050000 | EACCES;

    // struct seccomp_data: call number, machine, instruction pointer, arguments.
    private static final int NUMBER = 0;
    private static final int MACHINE = 4;
    private static final int FIRST_ARGUMENT = 16;

    // On x86_64 the calls of the x32 ABI, which would be another way in.
    private static final int X32 = 0x40000000;

    private static final int LENGTH = 10;
    private static final int ALLOWING = 8;
    private static final int DENYING = 9;

    private Seccomp() {}

    /// Denies this process, with all its threads and its children to come, every socket but Unix
    /// ones: socket(2) for any other family answers EACCES, and so does io_uring_setup(2), which
    /// can make sockets too. Sockets that are open already stay. Not for a process that starts
    /// programs of users, which may need the network.
    ///
    /// Sets no_new_privs.
    ///
    /// @throws OsException when this kernel has no seccomp, or a thread could not be reached
    public static void denyNetwork() throws OsException {
        Libc.call(Call.PRCTL, "no_new_privs", SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        try (var arena = Arena.ofConfined()) {
            var filter = filter(arena);
            var program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) LENGTH);
            program.set(ADDRESS, 8, filter);
            long unreached =
                    Libc.call(
                            Call.SECCOMP,
                            "network",
                            SET_MODE_FILTER,
                            ALL_THREADS,
                            program.address());
            if (unreached > 0) {
                throw new OsException("seccomp", "thread " + unreached, Errno.EINVAL);
            }
        }
    }

    private static MemorySegment filter(Arena arena) {
        var filter = arena.allocate(8L * LENGTH, 8);
        var here = Machine.HERE;
        put(filter, 0, LOAD, 0, 0, MACHINE);
        put(filter, 1, IF_EQUAL, 2, DENYING, here.audit);
        put(filter, 2, LOAD, 0, 0, NUMBER);
        put(filter, 3, IF_AT_LEAST, DENYING, 4, X32);
        put(filter, 4, IF_EQUAL, DENYING, 5, here.ioUring);
        put(filter, 5, IF_EQUAL, 6, ALLOWING, here.socket);
        put(filter, 6, LOAD, 0, 0, FIRST_ARGUMENT);
        put(filter, 7, IF_EQUAL, ALLOWING, DENYING, AF_UNIX);
        put(filter, ALLOWING, RETURN, 0, 0, ALLOW);
        put(filter, DENYING, RETURN, 0, 0, DENY);
        return filter;
    }

    // The two targets are given as instructions and stored as distances from the next one.
    private static void put(
            MemorySegment filter, int at, int code, int then, int otherwise, int operand) {
        boolean jumps = code == IF_EQUAL || code == IF_AT_LEAST;
        filter.set(JAVA_SHORT, 8L * at, (short) code);
        filter.set(JAVA_BYTE, 8L * at + 2, (byte) (jumps ? then - at - 1 : 0));
        filter.set(JAVA_BYTE, 8L * at + 3, (byte) (jumps ? otherwise - at - 1 : 0));
        filter.set(JAVA_INT, 8L * at + 4, operand);
    }
}
