package org.postern.delivery;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.ipc.Conversation;
import org.postern.ipc.Work;

/// The conversation with the queue as long as an attempt lasts: the thread of the attempt fetches
/// content over it, and whoever watches over a command sees by it whether the queue still waits for
/// the outcome.
final class Line {
    private final Conversation<Work, Work.Assignment> conversation;
    private final ReentrantLock lock = new ReentrantLock();

    Line(Conversation<Work, Work.Assignment> conversation) {
        this.conversation = conversation;
    }

    /// Asks for the content.
    void fetch() throws IOException {
        lock.lock();
        try {
            conversation.say(new Work.Fetch());
        } finally {
            lock.unlock();
        }
    }

    /// The next word of the queue, for which it waits at most `patience`.
    Work.Assignment hear(Duration patience) throws IOException {
        lock.lock();
        try {
            return conversation.hear(patience);
        } finally {
            lock.unlock();
        }
    }

    /// Is the queue still there? Does not wait; whoever hears it meanwhile will know.
    boolean isThere() {
        if (!lock.tryLock()) {
            return true;
        }
        try {
            return conversation.isThere();
        } finally {
            lock.unlock();
        }
    }
}
