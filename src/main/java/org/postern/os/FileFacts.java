package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;

/// What the kernel knows about an open file, statx(2).
///
/// @param device where it lives: major number in the upper half, minor in the lower
/// @param inode its number there
/// @param mode type and permissions, as in inode(7)
/// @param uid its owner
/// @param gid its group
/// @param links how many names it has
/// @param size in bytes
public record FileFacts(long device, long inode, int mode, int uid, int gid, int links, long size) {
    private static final int TYPE = 0xF000;
    private static final long EMPTY_PATH = 0x1000;
    private static final long BASIC = 0x7ff;

    /// Asks about an open descriptor.
    static FileFacts of(int descriptor, String subject) throws OsException {
        try (var arena = Arena.ofConfined()) {
            var facts = arena.allocate(256, 8);
            Libc.call(
                    Call.STATX,
                    subject,
                    descriptor,
                    arena.allocateFrom("").address(),
                    EMPTY_PATH,
                    BASIC,
                    facts.address());
            return new FileFacts(
                    (long) facts.get(JAVA_INT, 136) << 32
                            | Integer.toUnsignedLong(facts.get(JAVA_INT, 140)),
                    facts.get(JAVA_LONG, 32),
                    Short.toUnsignedInt(facts.get(JAVA_SHORT, 28)),
                    facts.get(JAVA_INT, 20),
                    facts.get(JAVA_INT, 24),
                    facts.get(JAVA_INT, 16),
                    facts.get(JAVA_LONG, 40));
        }
    }

    /// Tells whether this is an ordinary file.
    public boolean isRegular() {
        return (mode & TYPE) == 0x8000;
    }

    /// Tells whether this is a directory.
    public boolean isDirectory() {
        return (mode & TYPE) == 0x4000;
    }

    /// Tells whether this is a named pipe.
    public boolean isFifo() {
        return (mode & TYPE) == 0x1000;
    }

    /// Tells whether the group or everybody may write it.
    public boolean isWritableByOthers() {
        return (mode & 0022) != 0;
    }

    /// Gives the permission bits alone, 0 to 07777.
    public int permissions() {
        return mode & 07777;
    }
}
