package org.postern.queue.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Work.Lane;

/// The envelopes of one destination that are ready, in the order in which they became so. Groups
/// take turns, so that one with a million envelopes does not keep the others waiting. Guarded by
/// its schedule's owner.
final class Group {
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

    /// Is it in the ring of its lane?
    boolean inRing;

    /// How many tasks name it.
    int tasks;

    /// Envelopes that were deferred because the destination was away.
    private final Deque<Long> waitingForHost = new ArrayDeque<>(0);

    // The ready ones; null when there are none.
    private @Nullable Task first;
    private @Nullable Task last;

    Group(Lane lane, String name, Limits limits) {
        this.lane = lane;
        this.name = name;
        this.limits = limits;
    }

    boolean mayTry() {
        return first != null && inFlight < limits.attempts();
    }

    boolean isIdle() {
        return tasks == 0 && inFlight == 0;
    }

    void add(Task task) {
        task.previous = last;
        task.next = null;
        if (last == null) {
            first = task;
        } else {
            last.next = task;
        }
        last = task;
    }

    /// Puts back, in their order, what [#batch] gave out last.
    void putBack(List<Task> tasks) {
        for (var task : tasks.reversed()) {
            task.previous = null;
            task.next = first;
            if (first == null) {
                last = task;
            } else {
                first.previous = task;
            }
            first = task;
        }
    }

    void remove(Task task) {
        if (task.previous == null) {
            first = task.next;
        } else {
            task.previous.next = task.next;
        }
        if (task.next == null) {
            last = task.previous;
        } else {
            task.next.previous = task.previous;
        }
        task.previous = null;
        task.next = null;
    }

    /// The first, and those after it that go along with it.
    List<Task> batch(int room) {
        var batch = new ArrayList<Task>(1);
        var task = first;
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
