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
    private static final int LARGEST_BATCH = 100;

    final Lane lane;
    final String name;
    final int mostAtOnce;

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

    Group(Lane lane, String name, int mostAtOnce) {
        this.lane = lane;
        this.name = name;
        this.mostAtOnce = mostAtOnce;
    }

    boolean mayTry() {
        return first != null && inFlight < mostAtOnce;
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

    /// The first, and those after it that go along with it: the same message's, for the same
    /// action.
    List<Task> batch(int room) {
        var batch = new ArrayList<Task>(1);
        var task = first;
        int most = lane == Lane.RELAY ? Math.min(LARGEST_BATCH, room) : 1;
        while (task != null && batch.size() < most) {
            if (!batch.isEmpty() && !goTogether(batch.getFirst(), task)) {
                break;
            }
            batch.add(task);
            if (task.deaths > 0) {
                break;
            }
            task = task.next;
        }
        batch.forEach(this::remove);
        return batch;
    }

    private static boolean goTogether(Task one, Task other) {
        return one.message() == other.message()
                && one.key.action().equals(other.key.action())
                && other.deaths == 0;
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
