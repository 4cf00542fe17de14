package org.postern.front.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Submission;
import org.postern.ipc.Submission.Answer;
import org.postern.ipc.Submission.Space;
import org.postern.ipc.Submission.Whole;
import org.postern.mail.MessageId;

/// The conversation with the queue in which small messages travel whole, those of many sessions
/// together: who comes while others are about to write goes with them, and one thread hears the
/// answers for all. When it breaks, nothing is known of those under way, and their clients try
/// again.
final class Convoy implements Closeable {
    private static final Duration OPENING = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private final Conversation<Submission, Answer> conversation;
    private final Deadlines.Watched deadline;
    private final Consumer<Space> space;

    // All of these are guarded by "lock", but for what the hearing thread hears.
    private final Object lock = new Object();
    private final Deque<MessageId> ids = new ArrayDeque<>();
    private final Deque<Passenger> waitingForId = new ArrayDeque<>();
    private final Deque<Passenger> underWay = new ArrayDeque<>();
    private boolean unsent;

    private boolean closing;
    private String broken = "";

    /// A session that waits for an id, and then for the answer.
    private static final class Passenger {
        private final Thread thread = Thread.currentThread();

        // Each is null until it is there.
        private volatile @Nullable MessageId id;
        private volatile @Nullable Answer answer;
        private volatile @Nullable String trouble;

        MessageId awaitId() throws IOException {
            MessageId found = id;
            while (found == null) {
                pause();
                found = id;
            }
            return found;
        }

        Answer awaitAnswer() throws IOException {
            Answer found = answer;
            while (found == null) {
                pause();
                found = answer;
            }
            return found;
        }

        private void pause() throws IOException {
            var why = trouble;
            if (why != null) {
                throw new IOException(why);
            }
            // Not for a time, which would wake two threads: the deadline of the conversation ends
            // it. An interruption changes nothing, since the message is on its way.
            LockSupport.park(this);
            Thread.interrupted();
        }

        void fail(String why) {
            trouble = why;
            LockSupport.unpark(thread);
        }
    }

    /// Opens one over `channel`; whatever is learnt of the room on the disk is told to `space`.
    ///
    /// @throws IOException if the queue is away
    static Convoy open(
            SocketChannel channel,
            Conversation<Submission, Answer> conversation,
            Deadlines deadlines,
            Consumer<Space> space)
            throws IOException {
        if (!(conversation.hear(OPENING) instanceof Answer.Opened(var first, _))) {
            throw new IOException("the queue did not say Opened");
        }
        conversation.say(new Submission.Reserve());
        if (!(conversation.hear(OPENING) instanceof Answer.Reserved(var ids, var now))) {
            throw new IOException("the queue did not say Reserved");
        }
        space.accept(now);
        var convoy = new Convoy(conversation, deadlines.watch(channel), space);
        convoy.ids.add(first);
        convoy.ids.addAll(ids);
        Thread.ofVirtual().name("convoy").start(convoy::hear);
        return convoy;
    }

    private Convoy(
            Conversation<Submission, Answer> conversation,
            Deadlines.Watched deadline,
            Consumer<Space> space) {
        this.conversation = conversation;
        this.deadline = deadline;
        this.space = space;
    }

    /// Can messages go this way?
    boolean isOpen() {
        synchronized (lock) {
            return broken.isEmpty() && !closing;
        }
    }

    /// Sends the message that `whole` makes for an id, and waits for the answer: Committed or
    /// Refused.
    ///
    /// @throws IOException if the queue hung up before it answered
    // Correct without the yield; with it, fewer and larger writes.
    @SuppressWarnings("ThreadPriorityCheck")
    Answer carry(Function<MessageId, Whole> whole) throws IOException {
        var passenger = new Passenger();
        synchronized (lock) {
            if (!broken.isEmpty() || closing) {
                throw new IOException(broken.isEmpty() ? "closed" : broken);
            }
            if (ids.isEmpty()) {
                waitingForId.add(passenger);
            } else {
                passenger.id = ids.poll();
            }
        }
        var word = whole.apply(passenger.awaitId());
        synchronized (lock) {
            if (!broken.isEmpty()) {
                throw new IOException(broken);
            }
            conversation.say(word);
            if (underWay.isEmpty()) {
                deadline.in(ANSWER);
            }
            underWay.add(passenger);
            unsent = true;
        }
        // Whoever can run now may have something to send, too.
        Thread.yield();
        send();
        return passenger.awaitAnswer();
    }

    private void send() {
        synchronized (lock) {
            if (!unsent || !broken.isEmpty()) {
                return;
            }
            unsent = false;
            try {
                conversation.flush();
            } catch (IOException e) {
                fail(e);
            }
        }
    }

    private void hear() {
        var why = new IOException("nobody hears the queue any more");
        try {
            while (true) {
                var answer = conversation.listen();
                switch (answer) {
                    case Answer.Committed(_, var next, var now) -> answered(answer, next, now);
                    case Answer.Refused(_, _, var next, var now) -> answered(answer, next, now);
                    case Answer.Opened _, Answer.Abandoned _, Answer.Reserved _ ->
                            throw new IOException("the queue answered with something else");
                }
            }
        } catch (IOException e) {
            why = e;
        } finally {
            // Also after a bug: those who wait have nobody else to wake them.
            synchronized (lock) {
                fail(why);
            }
        }
    }

    private void answered(Answer answer, MessageId next, Space now) throws IOException {
        space.accept(now);
        Passenger passenger;
        boolean last;
        synchronized (lock) {
            passenger = underWay.poll();
            if (passenger == null) {
                throw new IOException("the queue answered what was not said");
            }
            if (underWay.isEmpty()) {
                deadline.none();
            } else {
                deadline.in(ANSWER);
            }
            var waiting = waitingForId.poll();
            if (waiting == null) {
                ids.add(next);
            } else {
                waiting.id = next;
                LockSupport.unpark(waiting.thread);
            }
            last = closing && underWay.isEmpty();
        }
        passenger.answer = answer;
        LockSupport.unpark(passenger.thread);
        if (last) {
            conversation.close();
        }
    }

    /// Guarded by "lock".
    private void fail(IOException e) {
        if (broken.isEmpty()) {
            broken = String.valueOf(e.getMessage());
        }
        for (var all : List.of(underWay, waitingForId)) {
            all.forEach(passenger -> passenger.fail(broken));
            all.clear();
        }
        try {
            conversation.close();
        } catch (IOException closing) {
            // The queue sees the end all the same.
        }
    }

    /// Takes no more messages, and hangs up when those that are under way are answered.
    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            if (underWay.isEmpty()) {
                fail(new IOException("closed"));
            }
        }
    }
}
