package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The three standard streams of a child to be: pipes made, files named, and what posix_spawn(3) is
/// told about them.
///
/// Used by one thread. Whatever happens, [#closeTheirs] is called; [#closeOurs] when there is no
/// child.
final class Plumbing {
    private static final long F_SETFL = 4;
    private static final long F_DUPFD_CLOEXEC = 1030;
    private static final int O_RDWR = 2;
    private static final int FIRST_OTHER = 3;

    private final Arena arena;
    private final MemorySegment actions;
    private final List<Integer> theirs = new ArrayList<>();
    private final List<Descriptor> ours = new ArrayList<>();

    private OutputStream toInput = OutputStream.nullOutputStream();
    private InputStream fromOutput = InputStream.nullInputStream();
    private InputStream fromError = InputStream.nullInputStream();

    Plumbing(Arena arena, MemorySegment actions) {
        this.arena = arena;
        this.actions = actions;
    }

    /// Makes the streams of a program and writes the actions: streams first, then the directory,
    /// then everything else closed (the JDK's own descriptors would otherwise reach the child).
    void lay(Program program) throws OsException {
        if (program.input() instanceof Stdio.Pipe) {
            var ends = pipe();
            toInput =
                    new PipeOutput(
                            keep(ends.writing(), "standard input of " + program.argv().getFirst()));
            give(ends.reading(), 0);
        } else {
            lead(program.input(), 0);
        }
        if (program.output() instanceof Stdio.Pipe) {
            fromOutput = hear(1, "standard output of " + program.argv().getFirst());
        } else {
            lead(program.output(), 1);
        }
        if (program.error() instanceof Stdio.Pipe) {
            fromError = hear(2, "standard error of " + program.argv().getFirst());
        } else {
            lead(program.error(), 2);
        }
        var directory = arena.allocateFrom(program.directory().toString());
        check(Libc.addChdir(actions, directory), "posix_spawn_file_actions_addchdir_np");
        check(Libc.addCloseFrom(actions, FIRST_OTHER), "posix_spawn_file_actions_addclosefrom_np");
    }

    private InputStream hear(int number, String subject) throws OsException {
        var ends = pipe();
        var input = new PipeInput(keep(ends.reading(), subject));
        give(ends.writing(), number);
        return input;
    }

    private void lead(Stdio where, int number) throws OsException {
        switch (where) {
            case Stdio.Pipe() -> throw new IllegalStateException("pipes are made elsewhere");
            case Stdio.Inherit() -> give(duplicate(number, "descriptor " + number), number);
            case Stdio.Nothing() -> open("/dev/null", number, O_RDWR);
            case Stdio.File(var path, var mode) -> open(path.toString(), number, mode.flags());
            case Stdio.Open(var file) ->
                    give(duplicate(file.descriptor(), file.path().toString()), number);
            case Stdio.Connected(var caller) ->
                    give(duplicate(caller.descriptor(), caller.toString()), number);
            case Stdio.SameAsOutput() -> check(Libc.addDup2(actions, 1, number), "dup2");
        }
    }

    private void open(String path, int number, int flags) throws OsException {
        var name = arena.allocateFrom(path);
        check(Libc.addOpen(actions, number, name, flags, 0600), path);
    }

    // A number from 3 up, so that making one stream cannot overwrite the source of the next.
    private int duplicate(int number, String subject) throws OsException {
        int copy = (int) Libc.call(Call.FCNTL, subject, number, F_DUPFD_CLOEXEC, FIRST_OTHER);
        theirs.add(copy);
        return copy;
    }

    private record Ends(int reading, int writing) {}

    private Ends pipe() throws OsException {
        var pair = arena.allocate(JAVA_INT, 2);
        Libc.call(Call.PIPE2, "for a child", pair.address(), Libc.O_CLOEXEC);
        return new Ends(pair.getAtIndex(JAVA_INT, 0), pair.getAtIndex(JAVA_INT, 1));
    }

    private Descriptor keep(int number, String subject) throws OsException {
        var descriptor = new Descriptor(number, subject);
        ours.add(descriptor);
        Libc.call(Call.FCNTL, subject, number, F_SETFL, Libc.O_NONBLOCK);
        return descriptor;
    }

    private void give(int number, int as) throws OsException {
        if (!theirs.contains(number)) {
            theirs.add(number);
        }
        check(Libc.addDup2(actions, number, as), "dup2");
    }

    private static void check(int errno, String subject) throws OsException {
        if (errno != 0) {
            throw new OsException("posix_spawn_file_actions", subject, new Errno(errno));
        }
    }

    OutputStream toInput() {
        return toInput;
    }

    InputStream fromOutput() {
        return fromOutput;
    }

    InputStream fromError() {
        return fromError;
    }

    void closeTheirs() {
        theirs.forEach(Libc::close);
        theirs.clear();
    }

    void closeOurs() {
        ours.forEach(Descriptor::close);
        ours.clear();
    }
}
