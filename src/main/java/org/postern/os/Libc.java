package org.postern.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Supplier;

/// The one door to native code: `syscall(2)`, and the few functions of glibc that are more than a
/// system call.
///
/// Everything here is stateless and may be called from any thread; what may block should be called
/// from a platform thread, since a native call holds the carrier of a virtual one.
final class Libc {
    /// `AT_FDCWD`: a relative path starts at the working directory.
    static final long AT_FDCWD = -100;

    static final long O_CLOEXEC = 0x80000;
    static final long O_NONBLOCK = 0x800;
    static final long O_PATH = 0x200000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SYSCALL =
            LINKER.downcallHandle(
                    symbol("syscall"),
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                            JAVA_LONG, JAVA_LONG),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(1));

    /// To start programs. A class of its own, as the next ones, because every handle costs a
    /// process that does not need it some milliseconds of its start.
    private static final class Spawning {
        static final MethodHandle POSIX_SPAWN = function("posix_spawn", 6);
        static final MethodHandle ACTIONS_INIT = function("posix_spawn_file_actions_init", 1);
        static final MethodHandle ACTIONS_DESTROY = function("posix_spawn_file_actions_destroy", 1);
        static final MethodHandle ACTIONS_CHDIR =
                function("posix_spawn_file_actions_addchdir_np", 2);
        static final MethodHandle ACTIONS_DUP2 =
                ints("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
        static final MethodHandle ACTIONS_OPEN =
                ints(
                        "posix_spawn_file_actions_addopen",
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT);
        static final MethodHandle ACTIONS_CLOSEFROM =
                ints("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
        static final MethodHandle ATTR_INIT = function("posix_spawnattr_init", 1);
        static final MethodHandle ATTR_DESTROY = function("posix_spawnattr_destroy", 1);
        static final MethodHandle ATTR_FLAGS =
                ints("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
        static final MethodHandle ATTR_MASK = function("posix_spawnattr_setsigmask", 2);
        static final MethodHandle ATTR_DEFAULT = function("posix_spawnattr_setsigdefault", 2);
    }

    /// To look up users and groups.
    private static final class Names {
        static final MethodHandle GETPWNAM =
                ints("getpwnam_r", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        static final MethodHandle GETPWUID =
                ints("getpwuid_r", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        static final MethodHandle GETGRNAM =
                ints("getgrnam_r", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
        static final MethodHandle GETGROUPLIST =
                ints("getgrouplist", ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
    }

    /// To look up passwords.
    private static final class Secrets {
        static final MethodHandle GETSPNAM =
                ints("getspnam_r", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    }

    /// To name errors.
    private static final class Words {
        static final MethodHandle ERROR_NAME = text("strerrorname_np");
        static final MethodHandle ERROR_WORDS = text("strerrordesc_np");
    }

    private Libc() {}

    /// What a system call answered.
    ///
    /// @param value its value, -1 when it failed
    /// @param errno the reason, 0 unless it failed
    record Result(long value, int errno) {
        boolean failed() {
            return value == -1;
        }

        boolean failed(Errno reason) {
            return value == -1 && errno == reason.code();
        }

        /// Gives the failure as an exception, to be thrown.
        OsException as(Call call, String subject) {
            return new OsException(call.word(), subject, new Errno(errno));
        }
    }

    /// Makes a system call and gives whatever it answered. Up to six arguments; pointers as
    /// addresses.
    static Result attempt(Call call, long... arguments) {
        try (var arena = Arena.ofConfined()) {
            var state = arena.allocate(STATE);
            long value =
                    (long)
                            SYSCALL.invokeExact(
                                    state,
                                    call.number(),
                                    at(arguments, 0),
                                    at(arguments, 1),
                                    at(arguments, 2),
                                    at(arguments, 3),
                                    at(arguments, 4),
                                    at(arguments, 5));
            return new Result(value, value == -1 ? (int) ERRNO.get(state, 0L) : 0);
        } catch (Throwable bug) {
            throw new IllegalStateException("syscall " + call.word(), bug);
        }
    }

    /// Makes a system call that must succeed.
    ///
    /// @throws OsException with the call, the subject and the reason when it failed
    static long call(Call call, String subject, long... arguments) throws OsException {
        var result = attempt(call, arguments);
        if (result.failed()) {
            throw result.as(call, subject);
        }
        return result.value();
    }

    /// Closes a descriptor. Errors are ignored: nothing written here is trusted to a close.
    static void close(int descriptor) {
        attempt(Call.CLOSE, descriptor);
    }

    private static long at(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }

    /// Gives symbol and words for an error number.
    static String describe(int errno) {
        return word(Words.ERROR_NAME, errno, "errno " + errno)
                + " ("
                + word(Words.ERROR_WORDS, errno, "unknown error")
                + ")";
    }

    private static String word(MethodHandle handle, int errno, String otherwise) {
        var found = invoke(() -> (MemorySegment) handle.invokeExact(errno));
        return found.address() == 0 ? otherwise : found.reinterpret(200).getString(0);
    }

    /// `posix_spawn(3)`; gives 0 or an error number. Returns when the child has executed its
    /// program or failed to.
    static int spawn(
            MemorySegment pid,
            MemorySegment path,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment argv,
            MemorySegment environment) {
        return invoke(
                () ->
                        (int)
                                Spawning.POSIX_SPAWN.invokeExact(
                                        pid, path, actions, attributes, argv, environment));
    }

    static int actionsInit(MemorySegment actions) {
        return invoke(() -> (int) Spawning.ACTIONS_INIT.invokeExact(actions));
    }

    static int actionsDestroy(MemorySegment actions) {
        return invoke(() -> (int) Spawning.ACTIONS_DESTROY.invokeExact(actions));
    }

    static int addChdir(MemorySegment actions, MemorySegment path) {
        return invoke(() -> (int) Spawning.ACTIONS_CHDIR.invokeExact(actions, path));
    }

    static int addDup2(MemorySegment actions, int from, int to) {
        return invoke(() -> (int) Spawning.ACTIONS_DUP2.invokeExact(actions, from, to));
    }

    static int addOpen(MemorySegment actions, int to, MemorySegment path, int flags, int mode) {
        return invoke(
                () -> (int) Spawning.ACTIONS_OPEN.invokeExact(actions, to, path, flags, mode));
    }

    static int addCloseFrom(MemorySegment actions, int first) {
        return invoke(() -> (int) Spawning.ACTIONS_CLOSEFROM.invokeExact(actions, first));
    }

    static int attributesInit(MemorySegment attributes) {
        return invoke(() -> (int) Spawning.ATTR_INIT.invokeExact(attributes));
    }

    static int attributesDestroy(MemorySegment attributes) {
        return invoke(() -> (int) Spawning.ATTR_DESTROY.invokeExact(attributes));
    }

    static int flags(MemorySegment attributes, short flags) {
        return invoke(() -> (int) Spawning.ATTR_FLAGS.invokeExact(attributes, flags));
    }

    static int signalMask(MemorySegment attributes, MemorySegment signals) {
        return invoke(() -> (int) Spawning.ATTR_MASK.invokeExact(attributes, signals));
    }

    static int signalDefaults(MemorySegment attributes, MemorySegment signals) {
        return invoke(() -> (int) Spawning.ATTR_DEFAULT.invokeExact(attributes, signals));
    }

    /// `getpwnam_r(3)`; gives 0 or an error number.
    static int passwdByName(
            MemorySegment name, MemorySegment entry, MemorySegment text, MemorySegment found) {
        long size = text.byteSize();
        return invoke(() -> (int) Names.GETPWNAM.invokeExact(name, entry, text, size, found));
    }

    /// `getspnam_r(3)`; gives 0 or an error number.
    static int shadowByName(
            MemorySegment name, MemorySegment entry, MemorySegment text, MemorySegment found) {
        long size = text.byteSize();
        return invoke(() -> (int) Secrets.GETSPNAM.invokeExact(name, entry, text, size, found));
    }

    /// `getpwuid_r(3)`; gives 0 or an error number.
    static int passwdByUid(int uid, MemorySegment entry, MemorySegment text, MemorySegment found) {
        long size = text.byteSize();
        return invoke(() -> (int) Names.GETPWUID.invokeExact(uid, entry, text, size, found));
    }

    /// `getgrnam_r(3)`; gives 0 or an error number.
    static int groupByName(
            MemorySegment name, MemorySegment entry, MemorySegment text, MemorySegment found) {
        long size = text.byteSize();
        return invoke(() -> (int) Names.GETGRNAM.invokeExact(name, entry, text, size, found));
    }

    /// `getgrouplist(3)`; gives -1 when there are more groups than room.
    static int groupList(MemorySegment name, int gid, MemorySegment groups, MemorySegment count) {
        return invoke(() -> (int) Names.GETGROUPLIST.invokeExact(name, gid, groups, count));
    }

    private static MethodHandle function(String name, int pointers) {
        var arguments = new MemoryLayout[pointers];
        Arrays.fill(arguments, ADDRESS);
        return ints(name, arguments);
    }

    private static MethodHandle ints(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle text(String name) {
        return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private static MemorySegment symbol(String name) {
        Supplier<IllegalStateException> missing =
                () ->
                        new IllegalStateException(
                                "this C library has no "
                                        + name
                                        + ": glibc 2.34 or newer is needed");
        return SYMBOLS.find(name).orElseThrow(missing);
    }

    private interface Downcall<T> {
        T make() throws Throwable;
    }

    private static <T> T invoke(Downcall<T> downcall) {
        try {
            return downcall.make();
        } catch (Throwable bug) {
            throw new IllegalStateException("a native call could not be made", bug);
        }
    }
}
