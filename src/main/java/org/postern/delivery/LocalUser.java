package org.postern.delivery;

import java.util.List;
import org.postern.os.Identity;

/// Someone of this machine that mail is delivered to, or as.
///
/// @param name the user's name
/// @param uid user id
/// @param gid the only group the user's deliveries run with
/// @param home the home directory, absolute
record LocalUser(String name, int uid, int gid, String home) {
    /// Who a delivery is to the kernel.
    Identity identity() {
        return new Identity(uid, gid, List.of(gid));
    }

    /// Is this the superuser?
    boolean isRoot() {
        return uid == 0;
    }

    /// `uid 1000 gid 1000`, for texts that an administrator reads.
    String ids() {
        return "uid " + Integer.toUnsignedString(uid) + " gid " + Integer.toUnsignedString(gid);
    }
}
