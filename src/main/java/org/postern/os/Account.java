package org.postern.os;

import java.nio.file.Path;

/// An account of the system, as passwd(5) has it.
///
/// @param name login name, as the system spells it
/// @param uid user id
/// @param gid primary group
/// @param home home directory
/// @param gecos full name and such; may be empty
public record Account(String name, int uid, int gid, Path home, String gecos) {
    public Account {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("an account without a name");
        }
    }
}
