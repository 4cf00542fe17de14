package org.postern.queue.store;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Submission;

/// A transaction on its way to the disk, answered by the committer. One thread may wait for it.
final class Ticket {
    /// Whether somebody waits.
    enum Urgency {
        /// Its thread waits for the answer.
        WAITED_FOR,
        /// Nobody waits; it must come to the disk a moment later, and never be given up.
        SOON
    }

    /// What came of it.
    sealed interface Result {
        record Written() implements Result {}

        record Refused(Submission.Cause cause, String text) implements Result {}
    }

    private final Transaction transaction;
    private final Urgency urgency;

    // Null until it is answered.
    private volatile @Nullable Result result;

    // Null until somebody waits. Written before the result is looked at, and read after it was
    // written: one of the two sees the other.
    private volatile @Nullable Thread waiter;

    Ticket(Transaction transaction, Urgency urgency) {
        this.transaction = transaction;
        this.urgency = urgency;
    }

    Transaction transaction() {
        return transaction;
    }

    Urgency urgency() {
        return urgency;
    }

    void answer(Result answer) {
        result = answer;
        LockSupport.unpark(waiter);
    }

    /// Is it answered?
    boolean isAnswered() {
        return result != null;
    }

    /// Waits for the answer, which the committer owes within the time that the disk takes: nothing
    /// can be said before, since the bytes may be on their way. An interruption is kept for later.
    Result await() {
        boolean interrupted = false;
        waiter = Thread.currentThread();
        Result answer = result;
        while (answer == null) {
            // Not for a time: on a virtual thread each timed wait wakes another thread twice.
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
            answer = result;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }
}
