package org.postern.queue.schedule;

import org.jspecify.annotations.Nullable;
import org.postern.mail.Urgency;
import org.postern.queue.store.IdMap;
import org.postern.queue.store.Key;
import org.postern.queue.store.Store;

/// What a schedule keeps of one envelope; 80 bytes. Guarded by its schedule's owner.
final class Task implements IdMap.Identified {
    /// What it does.
    enum Phase {
        /// It waits for its time.
        WAITING,
        /// It waits for its group's turn.
        READY,
        /// A worker has it.
        IN_FLIGHT,
        /// It is kept back by the administrator, or because its action is gone, or after its
        /// content brought a room down.
        HELD,
        /// It failed and nobody can be told.
        DEAD,
        /// It is over, and the sender is being told.
        CLOSING
    }

    final long id;
    final Key key;
    final Urgency urgency;

    /// From when on its time in the queue counts, in epoch milliseconds: since it was accepted, or
    /// since it may be tried, if that is later.
    long created;

    /// When the next attempt is due, in epoch milliseconds.
    long nextTry;

    /// When something is to be done about it, in epoch milliseconds: the key of the heap.
    long event;

    /// Epoch seconds of the last attempt, unsigned, or 0.
    int lastTry;

    int place = -1;
    char tries;
    byte warned;
    byte deaths;
    Phase phase = Phase.WAITING;

    /// Was it told to be held while it was in flight?
    boolean holdNext;

    /// Did a worker hang up while it had this and others in hand? Then it is tried alone.
    boolean alone;

    /// Has the administrator let it go before its sender wanted it to?
    boolean letGo;

    /// Are the rules to be asked again what is to become of it?
    boolean rerouting;

    Group group;

    // Its neighbours in its group's list; null at the ends and when it is not ready.
    @Nullable Task previous;
    @Nullable Task next;

    Task(Store.Entry entry, Group group) {
        this.id = entry.id().value();
        this.key = entry.key();
        this.urgency = entry.urgency().shared();
        this.created = entry.created().toEpochMilli();
        this.group = group;
    }

    @Override
    public long key() {
        return id;
    }

    int message() {
        return (int) (id >>> 32);
    }
}
