package org.postern.os;

import java.util.EnumSet;
import java.util.Set;

/// A part of root's power, capabilities(7). Only those that a room may need are named.
public enum Capability {
    CHOWN(0),
    DAC_OVERRIDE(1),
    DAC_READ_SEARCH(2),
    FOWNER(3),
    FSETID(4),
    KILL(5),
    SETGID(6),
    SETUID(7),
    SETPCAP(8),
    NET_BIND_SERVICE(10),
    SYS_CHROOT(18),
    SYS_RESOURCE(24),
    AUDIT_WRITE(29);

    private final int bit;

    Capability(int bit) {
        this.bit = bit;
    }

    /// Gives the number of this capability in a mask.
    int bit() {
        return bit;
    }

    /// Gives the mask of a set, as `/proc/PID/status` shows it.
    public static long mask(Set<Capability> capabilities) {
        long mask = 0;
        for (var capability : capabilities) {
            mask |= 1L << capability.bit;
        }
        return mask;
    }

    /// Gives the named capabilities in a mask; others are left out.
    public static Set<Capability> of(long mask) {
        var found = EnumSet.noneOf(Capability.class);
        for (var capability : values()) {
            if ((mask >>> capability.bit & 1) == 1) {
                found.add(capability);
            }
        }
        return found;
    }
}
