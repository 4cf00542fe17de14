package org.postern.os;

import java.util.List;

/// Who a process or thread is to the kernel: a user, a group, and the supplementary groups.
///
/// @param uid user id, 0 to 2^32-2, as an `int` with the same bits
/// @param gid group id, likewise
/// @param groups supplementary groups, at most 65536
public record Identity(int uid, int gid, List<Integer> groups) {
    public Identity {
        if (uid == -1 || gid == -1) {
            throw new IllegalArgumentException("-1 is not an id: it means no change to the kernel");
        }
        groups = List.copyOf(groups);
        if (groups.size() > 65536 || groups.contains(-1)) {
            throw new IllegalArgumentException("not a list of groups");
        }
    }

    /// Tells whether this is the superuser.
    public boolean isRoot() {
        return uid == 0;
    }
}
