package org.postern.os;

import java.util.Set;

/// Who a program is from its first instruction on, and what it may reach. It never gains more by
/// executing something: `no_new_privs` is always set.
///
/// @param identity whose process it is; without the right to become another, the caller's own
/// @param capabilities exactly what it keeps of root's power; a caller without a capability cannot
///   give it
/// @param landlock the fence around files and network
public record Confinement(Identity identity, Set<Capability> capabilities, Landlock landlock) {
    public Confinement {
        capabilities = Set.copyOf(capabilities);
    }

    /// Confines to an identity alone: no capabilities, no fence.
    public static Confinement as(Identity identity) {
        return new Confinement(identity, Set.of(), new Landlock.Unfenced());
    }
}
