package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What java.nio cannot do with file systems.
public final class Filesystem {
    private static final long NO_REPLACE = 1;
    private static final long FIFO = 0x1000;

    private Filesystem() {}

    /// How much room a file system has, for those who are not root.
    ///
    /// @param bytesFree bytes that can still be written
    /// @param bytes bytes in all
    /// @param filesFree files that can still be made; some file systems do not limit them and say 0
    ///   of 0
    /// @param files files in all
    public record Space(long bytesFree, long bytes, long filesFree, long files) {
        /// Tells whether the file system limits how many files it holds.
        public boolean limitsFiles() {
            return files != 0;
        }
    }

    /// Asks how much room there is where a path lives.
    public static Space space(Path path) throws OsException {
        try (var arena = Arena.ofConfined()) {
            var facts = arena.allocate(256, 8);
            var name = arena.allocateFrom(path.toString());
            Libc.call(Call.STATFS, path.toString(), name.address(), facts.address());
            long block = facts.getAtIndex(JAVA_LONG, 9);
            long unit = block == 0 ? facts.getAtIndex(JAVA_LONG, 1) : block;
            return new Space(
                    facts.getAtIndex(JAVA_LONG, 4) * unit,
                    facts.getAtIndex(JAVA_LONG, 2) * unit,
                    facts.getAtIndex(JAVA_LONG, 6),
                    facts.getAtIndex(JAVA_LONG, 5));
        }
    }

    /// Returns when the names in a directory are on disk: after a file was made, renamed or removed
    /// in it.
    public static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Returns when everything that was written to the file system of an open file is on disk,
    /// whoever wrote it: syncfs(2). Many new files cost one wait instead of one each.
    ///
    /// @throws OsException when something could not be written since the file was opened (from
    ///   Linux 5.8 on)
    public static void syncAll(OpenFile file) throws OsException {
        Libc.call(Call.SYNCFS, file.path().toString(), file.descriptor());
    }

    /// Makes a named pipe with these permissions, less the umask.
    ///
    /// @throws OsException EEXIST when the name is taken
    public static void makeFifo(Path path, int permissions) throws OsException {
        try (var arena = Arena.ofConfined()) {
            var name = arena.allocateFrom(path.toString());
            Libc.call(
                    Call.MKNODAT,
                    path.toString(),
                    Libc.AT_FDCWD,
                    name.address(),
                    FIFO | permissions,
                    0);
        }
    }

    /// Renames a file, unless the new name is taken: renameat2(2), and where the file system lacks
    /// that, link(2) and unlink(2), between which a crash leaves both names.
    ///
    /// @throws OsException EEXIST when the new name is taken
    public static void renameNew(Path from, Path to) throws OsException {
        try (var arena = Arena.ofConfined()) {
            long old = arena.allocateFrom(from.toString()).address();
            long fresh = arena.allocateFrom(to.toString()).address();
            long here = Libc.AT_FDCWD;
            var subject = from + " to " + to;
            var renamed = Libc.attempt(Call.RENAMEAT2, here, old, here, fresh, NO_REPLACE);
            if (renamed.failed(Errno.EINVAL) || renamed.failed(Errno.ENOSYS)) {
                Libc.call(Call.LINKAT, subject, here, old, here, fresh, 0);
                Libc.call(Call.UNLINKAT, from.toString(), here, old, 0);
            } else if (renamed.failed()) {
                throw renamed.as(Call.RENAMEAT2, subject);
            }
        }
    }
}
