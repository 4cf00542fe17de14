package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/// A file opened with care: its last name is never a symbolic link (but for [#readTarget]), opening
/// it never waits (a named pipe put in its place does not hang us), and what it is, is asked of the
/// open file, not of its name.
///
/// Used by one thread at a time, a platform thread where the file system may be slow; closed by
/// whoever opened it.
public final class OpenFile implements Closeable {
    private static final long WRITE_ONLY = 1;
    private static final long READ_WRITE = 2;
    private static final long CREATE = 0x40;
    private static final long EXCLUSIVE = 0x80;
    private static final long APPEND = 0x400;
    private static final long F_SETFL = 4;
    private static final long F_OFD_SETLK = 37;
    private static final long LOCK_EX_NB = 2 | 4;
    private static final short F_WRLCK = 1;
    private static final int PIECE = 64 * 1024;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final int descriptor;
    private final Path path;
    private final AtomicBoolean closed = new AtomicBoolean();

    private OpenFile(int descriptor, Path path) {
        this.descriptor = descriptor;
        this.path = path;
    }

    /// Opens a file to be read.
    ///
    /// @throws OsException ELOOP when its last name is a symbolic link, ENOENT when there is none
    public static OpenFile read(Path path) throws OsException {
        return open(path, Machine.HERE.noFollow | Libc.O_NONBLOCK, 0);
    }

    /// Opens a file to be read, or what a symbolic link of this name leads to: for whoever named
    /// the link himself.
    public static OpenFile readTarget(Path path) throws OsException {
        return open(path, Libc.O_NONBLOCK, 0);
    }

    /// Creates a file, to be written and read, with these permissions (less the umask).
    ///
    /// @throws OsException EEXIST when there is anything of that name, be it a link
    public static OpenFile create(Path path, int permissions) throws OsException {
        return open(path, READ_WRITE | CREATE | EXCLUSIVE, permissions);
    }

    /// Opens a file to be written at its end and read, and creates it with these permissions (less
    /// the umask) if there is none.
    public static OpenFile append(Path path, int permissions) throws OsException {
        long flags = READ_WRITE | CREATE | APPEND | Machine.HERE.noFollow | Libc.O_NONBLOCK;
        return open(path, flags, permissions);
    }

    /// Opens both ends of a named pipe, which never waits, and keeps either end of the others from
    /// seeing the end of file or a broken pipe while it is open.
    public static OpenFile holdFifo(Path path) throws IOException {
        return fifo(path, READ_WRITE | Libc.O_NONBLOCK);
    }

    /// Opens the reading end of a named pipe, without waiting for a writer. Reads from it wait.
    public static OpenFile readFifo(Path path) throws IOException {
        return fifo(path, Libc.O_NONBLOCK);
    }

    /// Opens the writing end of a named pipe, without waiting for a reader. Writes to it wait.
    ///
    /// @throws OsException ENXIO when there is no reader; see [#holdFifo]
    public static OpenFile writeFifo(Path path) throws IOException {
        return fifo(path, WRITE_ONLY | Libc.O_NONBLOCK);
    }

    private static OpenFile fifo(Path path, long flags) throws IOException {
        var file = open(path, flags | Machine.HERE.noFollow, 0);
        try {
            if (!file.facts().isFifo()) {
                throw new IOException(file.path + " is not a named pipe");
            }
            Libc.call(Call.FCNTL, file.path.toString(), file.descriptor, F_SETFL, 0);
            return file;
        } catch (IOException odd) {
            file.close();
            throw odd;
        }
    }

    private static OpenFile open(Path path, long flags, int permissions) throws OsException {
        try (var arena = Arena.ofConfined()) {
            long all = flags | Libc.O_CLOEXEC;
            long descriptor =
                    Libc.call(
                            Call.OPENAT,
                            path.toString(),
                            Libc.AT_FDCWD,
                            arena.allocateFrom(path.toString()).address(),
                            all,
                            permissions);
            return new OpenFile((int) descriptor, path);
        }
    }

    /// Gives the path it was opened by.
    public Path path() {
        return path;
    }

    int descriptor() {
        return descriptor;
    }

    /// Gives a name of the open file itself, whatever stands at its path by now: for the files of
    /// Java. It is a symbolic link, and good until this is closed.
    public Path itself() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /// Asks what it is now: kind, owner, permissions, links, size.
    public FileFacts facts() throws OsException {
        return FileFacts.of(descriptor, path.toString());
    }

    /// Reads from where the last read ended, to the end of the file.
    ///
    /// @param most bytes
    /// @throws IOException when there are more than that
    public byte[] readAll(int most) throws IOException {
        var bytes = new byte[Math.min(most, PIECE) + 1];
        int length = 0;
        try (var arena = Arena.ofConfined()) {
            var piece = arena.allocate(PIECE);
            while (true) {
                long got =
                        Libc.call(Call.READ, path.toString(), descriptor, piece.address(), PIECE);
                if (got == 0) {
                    return Arrays.copyOf(bytes, length);
                }
                if (length + got > most) {
                    throw new IOException(path + ": more than " + most + " bytes");
                }
                if (length + got > bytes.length) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(most, 2L * (length + got)));
                }
                MemorySegment.copy(piece, JAVA_BYTE, 0, bytes, length, (int) got);
                length += (int) got;
            }
        }
    }

    /// Writes all of it; at the end, if the file was opened so.
    ///
    /// @throws OsException ENOSPC or EDQUOT when there is no room; a part may have been written
    ///   then
    public void write(byte[] bytes, int offset, int length) throws OsException {
        try (var arena = Arena.ofConfined()) {
            var piece = arena.allocate(Math.clamp(length, 1, PIECE));
            int done = 0;
            while (done < length) {
                int size = Math.min(length - done, PIECE);
                MemorySegment.copy(bytes, offset + done, piece, JAVA_BYTE, 0, size);
                done +=
                        (int)
                                Libc.call(
                                        Call.WRITE,
                                        path.toString(),
                                        descriptor,
                                        piece.address(),
                                        size);
            }
        }
    }

    /// Cuts it to a size: how a failed append is taken back.
    public void truncate(long size) throws OsException {
        Libc.call(Call.FTRUNCATE, path.toString(), descriptor, size);
    }

    /// Lets these do something with it: permission bits, 0 to 07777. By its open descriptor, so
    /// that no other file can be slipped in.
    public void permit(int permissions) throws OsException {
        Libc.call(Call.FCHMOD, path.toString(), descriptor, permissions);
    }

    /// Makes it another user's and group's; -1 keeps who it has. By its open descriptor, too.
    public void giveTo(int uid, int gid) throws OsException {
        Libc.call(
                Call.FCHOWN,
                path.toString(),
                descriptor,
                Integer.toUnsignedLong(uid),
                Integer.toUnsignedLong(gid));
    }

    /// Returns when all of it is on disk.
    public void sync() throws OsException {
        Libc.call(Call.FSYNC, path.toString(), descriptor);
    }

    /// Locks it against other writers, both ways that mail programs use: fcntl(2) and flock(2).
    /// Both end when the file is closed. The fcntl lock belongs to the open file, not to the
    /// process as `FileChannel.lock` does it, so that two threads of ours keep each other out too.
    ///
    /// @return whether it was locked within that time
    public boolean lock(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            if (isLockTaken()) {
                return true;
            }
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            Thread.sleep(PAUSE);
        }
    }

    private boolean isLockTaken() throws OsException {
        try (var arena = Arena.ofConfined()) {
            // struct flock: type, whence, start, length (0: to the end), process.
            var range = arena.allocate(32, 8);
            range.set(JAVA_SHORT, 0, F_WRLCK);
            range.set(JAVA_LONG, 8, 0);
            var record = Libc.attempt(Call.FCNTL, descriptor, F_OFD_SETLK, range.address());
            if (isBusy(record)) {
                return false;
            }
            if (record.failed()) {
                throw record.as(Call.FCNTL, path.toString());
            }
        }
        var whole = Libc.attempt(Call.FLOCK, descriptor, LOCK_EX_NB);
        if (isBusy(whole)) {
            return false;
        }
        if (whole.failed()) {
            throw whole.as(Call.FLOCK, path.toString());
        }
        return true;
    }

    private static boolean isBusy(Libc.Result result) {
        return result.failed(Errno.EAGAIN)
                || result.failed(Errno.EACCES)
                || result.failed(Errno.EINTR);
    }

    @Override
    public void close() {
        // Twice would close whatever has the number by then.
        if (!closed.getAndSet(true)) {
            Libc.close(descriptor);
        }
    }
}
