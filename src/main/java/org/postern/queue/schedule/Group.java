package org.postern.queue.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Work.Lane;
import org.postern.mail.Urgency;

/// The envelopes of one destination that are ready, in the order in which they became so within
/// their priority. Groups take turns, so that one with a million envelopes does not keep the others
/// waiting. Guarded by its schedule's owner.
final class Group {
    /// How many levels there are, of which each is a priority, the lowest first.
    static final int LEVELS = Urgency.HIGHEST - Urgency.LOWEST + 1;

    /// How much of a group may be under way.
    ///
    /// @param attempts how many attempts
    /// @param together how many envelopes go in one
    /// @param company which ones do
    record Limits(int attempts, int together, Company company) {
        /// Of nothing that could be tried.
        static final Limits NONE = new Limits(0, 1, Company.SAME_MESSAGE);

        /// Of what may have brought a room down.
        static final Limits OF_SUSPECTS = new Limits(1, 1, Company.SAME_MESSAGE);

        static final Limits OF_ROUTING = new Limits(20, 1, Company.SAME_MESSAGE);
        static final Limits OF_HOST = new Limits(20, 100, Company.SAME_MESSAGE);
        static final Limits OF_USER = new Limits(7, 1, Company.SAME_MESSAGE);

        /// While some are being synced, others are written, and the rest gathers: few attempts with
        /// many letters each cost less than many with few.
        static final Limits OF_MAILDIR = new Limits(3, 64, Company.SAME_ACTION);
    }

    /// Which envelopes may go together in an attempt.
    enum Company {
        /// Those of one message, for one action.
        SAME_MESSAGE,
        /// Those for one action.
        SAME_ACTION
    }

    final Lane lane;
    final String name;
    final Limits limits;

    /// Attempts that are under way.
    int inFlight;

    /// For which levels it has a turn in its lane: a bit for each.
    int inTurn;

    /// How many tasks name it.
    int tasks;

    /// Envelopes that were deferred because the destination was away.
    private final Deque<Long> waitingForHost = new ArrayDeque<>(0);

    /// Those of the usual priority that are ready.
    private final Line usual = new Line();

    /// Those of other priorities, by their level; null while there were none, as in most groups.
    private @Nullable List<Line> others;

    /// Of which levels something is ready: a bit for each.
    private int ready;

    Group(Lane lane, String name, Limits limits) {
        this.lane = lane;
        this.name = name;
        this.limits = limits;
    }

    boolean mayTry() {
        return ready != 0 && inFlight < limits.attempts();
    }

    /// Of which levels it has something ready: a bit for each.
    int ready() {
        return ready;
    }

    boolean isInTurn() {
        return inTurn != 0;
    }

    boolean isIdle() {
        return tasks == 0 && inFlight == 0;
    }

    private static int level(Task task) {
        return task.urgency.priority() - Urgency.LOWEST;
    }

    private Line line(int level) {
        if (level == -Urgency.LOWEST) {
            return usual;
        }
        if (others == null) {
            others = Stream.generate(Line::new).limit(LEVELS).toList();
        }
        return others.get(level);
    }

    void add(Task task) {
        line(level(task)).addLast(task);
        ready |= 1 << level(task);
    }

    /// Puts back, in their order, what [#batch] gave out last.
    void putBack(List<Task> tasks) {
        for (var task : tasks.reversed()) {
            line(level(task)).addFirst(task);
            ready |= 1 << level(task);
        }
    }

    void remove(Task task) {
        int level = level(task);
        var line = line(level);
        line.remove(task);
        if (line.isEmpty()) {
            ready &= ~(1 << level);
        }
    }

    /// The first of a level, and those after it that go along with it.
    List<Task> batch(int level, int room) {
        var batch = new ArrayList<Task>(1);
        var task = line(level).first();
        int most = Math.min(limits.together(), room);
        while (task != null && batch.size() < most) {
            if (!batch.isEmpty() && !goTogether(batch.getFirst(), task)) {
                break;
            }
            batch.add(task);
            if (task.deaths > 0 || task.alone) {
                break;
            }
            task = task.next;
        }
        batch.forEach(this::remove);
        return batch;
    }

    private boolean goTogether(Task one, Task other) {
        boolean company =
                switch (limits.company()) {
                    case SAME_MESSAGE -> one.message() == other.message();
                    case SAME_ACTION -> !other.alone;
                };
        return company && one.key.action().equals(other.key.action()) && other.deaths == 0;
    }

    void awaitHost(long id, int most) {
        while (!waitingForHost.isEmpty() && waitingForHost.size() >= most) {
            waitingForHost.removeFirst();
        }
        if (most > 0) {
            waitingForHost.addLast(id);
        }
    }

    List<Long> hostIsBack() {
        if (waitingForHost.isEmpty()) {
            return List.of();
        }
        var all = List.copyOf(waitingForHost);
        waitingForHost.clear();
        return all;
    }
}
