package org.postern.queue.schedule;

import org.jspecify.annotations.Nullable;

/// Tasks that are ready, one after the other; each knows its neighbours, so that any of them can
/// leave. Guarded by its schedule's owner.
final class Line {
    // Null when there are none.
    private @Nullable Task first;
    private @Nullable Task last;

    boolean isEmpty() {
        return first == null;
    }

    /// The first one, or null: asked for every attempt, where an Optional would cost.
    @Nullable Task first() {
        return first;
    }

    void addLast(Task task) {
        task.previous = last;
        task.next = null;
        if (last == null) {
            first = task;
        } else {
            last.next = task;
        }
        last = task;
    }

    void addFirst(Task task) {
        task.previous = null;
        task.next = first;
        if (first == null) {
            last = task;
        } else {
            first.previous = task;
        }
        first = task;
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
}
