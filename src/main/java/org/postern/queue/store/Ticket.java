package org.postern.queue.store;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Submission;

/// A transaction on its way to the disk. Made by the thread that may wait for it, answered by the
/// committer.
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
    private final Thread waiter = Thread.currentThread();

    // Null until it is answered.
    private volatile @Nullable Result result;

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
        if (urgency == Urgency.WAITED_FOR) {
            LockSupport.unpark(waiter);
        }
    }

    /// Waits for the answer, which the committer owes within the time that the disk takes: nothing
    /// can be said before, since the bytes may be on their way. An interruption is kept for later.
    Result await() {
        boolean interrupted = false;
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
