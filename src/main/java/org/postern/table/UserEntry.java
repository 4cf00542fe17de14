package org.postern.table;

import java.util.Optional;

/// An account of a `userbase` table: `uid:gid:directory`.
///
/// @param uid from 0 to 2^31-1
/// @param gid from 0 to 2^31-1
/// @param directory absolute
public record UserEntry(int uid, int gid, String directory) {

    public UserEntry {
        if (uid < 0 || gid < 0 || !directory.startsWith("/") || directory.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(uid + ":" + gid + ":" + directory);
        }
    }

    /// Reads an account; what follows the second colon is the directory, colons and all.
    public static Optional<UserEntry> parse(String text) {
        var parts = text.split(":", 3);
        if (parts.length != 3 || !isId(parts[0]) || !isId(parts[1]) || !parts[2].startsWith("/")) {
            return Optional.empty();
        }
        return Optional.of(
                new UserEntry(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]));
    }

    private static boolean isId(String text) {
        return !text.isEmpty()
                && text.length() <= 10
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Long.parseLong(text) <= Integer.MAX_VALUE;
    }
}
