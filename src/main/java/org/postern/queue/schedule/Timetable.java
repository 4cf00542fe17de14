package org.postern.queue.schedule;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tasks by the time of their next event, the earliest first: a binary heap in which each task
/// knows its place, so that moving one costs O(log n). Guarded by its schedule's owner.
final class Timetable {
    // Null from `size` on.
    private @Nullable Task[] heap = new @Nullable Task[16];
    private int size;

    /// The task whose event comes first.
    Optional<Task> first() {
        return Optional.ofNullable(heap[0]);
    }

    /// Puts a task where its event belongs, whether it is here already or not.
    void put(Task task) {
        if (task.place < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            task.place = size++;
        }
        up(task, task.place);
        down(task, task.place);
    }

    /// Takes a task out, if it is here.
    void remove(Task task) {
        int hole = task.place;
        if (hole < 0) {
            return;
        }
        task.place = -1;
        var moved = heap[--size];
        heap[size] = null;
        if (moved != null && moved != task) {
            up(moved, hole);
            down(moved, moved.place);
        }
    }

    private void up(Task task, int from) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / 2;
            var above = heap[parent];
            if (above == null || above.event <= task.event) {
                break;
            }
            set(at, above);
            at = parent;
        }
        set(at, task);
    }

    private void down(Task task, int from) {
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            var below = heap[child];
            var right = child + 1 < size ? heap[child + 1] : null;
            if (right != null && below != null && right.event < below.event) {
                below = right;
                child++;
            }
            if (below == null || below.event >= task.event) {
                break;
            }
            set(at, below);
            at = child;
        }
        set(at, task);
    }

    private void set(int at, Task task) {
        heap[at] = task;
        task.place = at;
    }
}
