package org.postern.os;

import java.nio.file.Path;
import java.util.Set;

/// Who a program is from its first instruction on, and what it may reach. It never gains more by
/// executing something: `no_new_privs` is always set.
///
/// @param identity whose process it is; without the right to become another, the caller's own
/// @param capabilities exactly what it keeps of root's power; a caller without a capability cannot
///   give it
/// @param landlock the fence around files and network
/// @param root the directory that is its root; `/` is ours
public record Confinement(
        Identity identity, Set<Capability> capabilities, Landlock landlock, Path root) {
    private static final Path OURS = Path.of("/");

    /// Confines to a part of what there is, below our own root.
    public Confinement(Identity identity, Set<Capability> capabilities, Landlock landlock) {
        this(identity, capabilities, landlock, OURS);
    }

    public Confinement {
        capabilities = Set.copyOf(capabilities);
    }

    /// The same below another root; only root can confine so.
    public Confinement within(Path other) {
        return new Confinement(identity, capabilities, landlock, other);
    }

    boolean hasOwnRoot() {
        return !root.equals(OURS);
    }

    /// Confines to an identity alone: no capabilities, no fence.
    public static Confinement as(Identity identity) {
        return new Confinement(identity, Set.of(), new Landlock.Unfenced());
    }
}
