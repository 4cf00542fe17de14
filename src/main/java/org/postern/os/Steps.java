package org.postern.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The system calls by which a thread takes on a confinement, in their one right order.
///
/// First `no_new_privs`. The bounding set shrinks while CAP_SETPCAP is still there: a child of uid
/// 0 is born with all that the bounding set allows. Then the identity, with "keep capabilities" on,
/// since leaving uid 0 would drop them all. Then exactly the wanted capabilities, made ambient for
/// users other than root, who lose them at exec otherwise. Landlock last: nothing after it needs a
/// file.
final class Steps {
    private static final long SET_KEEPCAPS = 8;
    private static final long CAPBSET_READ = 23;
    private static final long CAPBSET_DROP = 24;
    private static final long SET_NO_NEW_PRIVS = 38;
    private static final long CAP_AMBIENT = 47;
    private static final long AMBIENT_RAISE = 2;
    private static final long AMBIENT_CLEAR_ALL = 4;
    private static final int HIGHEST = 63;
    private static final long CLONE_FS = 0x200;

    // _LINUX_CAPABILITY_VERSION_3: two words for each of effective, permitted, inheritable.
    private static final int CAPABILITY_VERSION = 0x20080522;

    private final Arena arena;
    private final ProcessStatus self;
    private final List<Step> steps = new ArrayList<>();

    private Steps(Arena arena, ProcessStatus self) {
        this.arena = arena;
        this.self = self;
    }

    /// Gives the steps for a confinement; what they point at lives as long as the arena.
    ///
    /// @throws IOException when this process may not take on that identity
    static List<Step> of(Arena arena, Confinement confinement, Ruleset ruleset) throws IOException {
        var steps = new Steps(arena, ProcessFacts.status());
        var wanted = confinement.capabilities();
        var identity = confinement.identity();
        steps.add(Call.PRCTL, "no_new_privs", SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (confinement.hasOwnRoot()) {
            steps.moveTo(confinement.root());
        }
        if (steps.has(Capability.SETUID) && steps.has(Capability.SETGID)) {
            steps.dropBounding(wanted);
            steps.become(identity);
        } else if (identity.uid() != steps.self.uid() || identity.gid() != steps.self.gid()) {
            throw new IOException(
                    "cannot become user %s, group %s: this process runs as user %s, group %s, without the right to change"
                            .formatted(
                                    Integer.toUnsignedString(identity.uid()),
                                    Integer.toUnsignedString(identity.gid()),
                                    Integer.toUnsignedString(steps.self.uid()),
                                    Integer.toUnsignedString(steps.self.gid())));
        }
        steps.keep(wanted, identity);
        ruleset.step().ifPresent(steps.steps::add);
        return List.copyOf(steps.steps);
    }

    // The threads of a process share their root, until one has its own.
    private void moveTo(Path root) {
        add(Call.UNSHARE, "root directory", CLONE_FS);
        add(Call.CHROOT, root.toString(), arena.allocateFrom(root.toString()).address());
        add(Call.CHDIR, "/", arena.allocateFrom("/").address());
    }

    private boolean has(Capability capability) {
        return Capability.of(self.effective()).contains(capability);
    }

    private void add(Call call, String subject, long... arguments) {
        steps.add(Step.of(call, subject, arguments));
    }

    // Without CAP_SETPCAP the set stays as it is. That gives nothing away: under no_new_privs an
    // exec never adds
    // to what was permitted before it.
    private void dropBounding(Set<Capability> wanted) {
        if (!has(Capability.SETPCAP)) {
            return;
        }
        long keep = Capability.mask(wanted);
        for (int bit = 0; bit <= HIGHEST; bit++) {
            boolean present = Libc.attempt(Call.PRCTL, CAPBSET_READ, bit, 0, 0, 0).value() == 1;
            if (present && (keep >>> bit & 1) == 0) {
                add(Call.PRCTL, "bounding set, capability " + bit, CAPBSET_DROP, bit, 0, 0, 0);
            }
        }
    }

    private void become(Identity identity) {
        var groups = identity.groups();
        var list = arena.allocate(JAVA_INT, Math.max(1, groups.size()));
        for (int i = 0; i < groups.size(); i++) {
            list.setAtIndex(JAVA_INT, i, groups.get(i));
        }
        long gid = Integer.toUnsignedLong(identity.gid());
        long uid = Integer.toUnsignedLong(identity.uid());
        add(Call.PRCTL, "keep capabilities", SET_KEEPCAPS, 1, 0, 0, 0);
        add(Call.SETGROUPS, "of user " + uid, groups.size(), list.address());
        add(Call.SETRESGID, "group " + gid, gid, gid, gid);
        add(Call.SETRESUID, "user " + uid, uid, uid, uid);
    }

    private void keep(Set<Capability> wanted, Identity identity) {
        long mask = Capability.mask(wanted) & self.permitted();
        var header = arena.allocate(JAVA_INT, 2);
        header.set(JAVA_INT, 0, CAPABILITY_VERSION);
        var sets = arena.allocate(JAVA_INT, 6);
        fill(sets, mask);
        add(Call.PRCTL, "ambient set", CAP_AMBIENT, AMBIENT_CLEAR_ALL, 0, 0, 0);
        add(Call.CAPSET, "mask " + Long.toHexString(mask), header.address(), sets.address());
        if (identity.isRoot()) {
            return;
        }
        for (var capability : Capability.of(mask)) {
            add(
                    Call.PRCTL,
                    "ambient " + capability,
                    CAP_AMBIENT,
                    AMBIENT_RAISE,
                    capability.bit(),
                    0,
                    0);
        }
    }

    private static void fill(MemorySegment sets, long mask) {
        for (int i = 0; i < 3; i++) {
            sets.setAtIndex(JAVA_INT, i, (int) mask);
            sets.setAtIndex(JAVA_INT, 3 + i, (int) (mask >>> 32));
        }
    }
}
