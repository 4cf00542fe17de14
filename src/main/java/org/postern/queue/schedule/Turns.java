package org.postern.queue.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Whose turn it is in one lane: the groups that have something ready, by the priority of that (RFC
/// 6710 section 5).
///
/// Of five turns four belong to the highest priority. The fifth goes round among those there are,
/// so that nothing waits for ever while more urgent mail keeps coming. Within a priority groups
/// take turns. Guarded by its schedule's owner.
final class Turns {
    private static final int ONE_FOR_ALL = 5;

    /// A turn: this group may try something of this level.
    record Turn(Group group, int level) {}

    private final List<Deque<Group>> rings = new ArrayList<>(Group.LEVELS);

    /// In which rings there is a group: a bit for each level.
    private int filled;

    /// The turns since the last one for all.
    private int count;

    /// The level to which the last turn for all went.
    private int round = Group.LEVELS;

    Turns() {
        for (int level = 0; level < Group.LEVELS; level++) {
            rings.add(new ArrayDeque<>(0));
        }
    }

    /// Has nobody a turn?
    boolean isEmpty() {
        return filled == 0;
    }

    /// Gives a group a turn for each level of which it has something ready, if it has none yet.
    void enter(Group group) {
        int missing = group.mayTry() ? group.ready() & ~group.inTurn : 0;
        group.inTurn |= missing;
        filled |= missing;
        while (missing != 0) {
            int level = highest(missing);
            rings.get(level).addLast(group);
            missing &= ~(1 << level);
        }
    }

    /// The next turn; empty if there is none. The group is to [#enter] again.
    Optional<Turn> next() {
        while (filled != 0) {
            int level = level();
            var ring = rings.get(level);
            var group = ring.removeFirst();
            if (ring.isEmpty()) {
                filled &= ~(1 << level);
            }
            group.inTurn &= ~(1 << level);
            if (group.mayTry() && (group.ready() & 1 << level) != 0) {
                count = (count + 1) % ONE_FOR_ALL;
                return Optional.of(new Turn(group, level));
            }
        }
        return Optional.empty();
    }

    private int level() {
        if (count != ONE_FOR_ALL - 1) {
            return highest(filled);
        }
        int below = filled & (1 << round) - 1;
        round = highest(below == 0 ? filled : below);
        return round;
    }

    private static int highest(int levels) {
        return 31 - Integer.numberOfLeadingZeros(levels);
    }
}
