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
    private final Deque<Waiter<MessageId>> waitingForId = new ArrayDeque<>();
    private final Deque<Waiter<Boolean>> waitingForPlace = new ArrayDeque<>();
    private final Deque<Waiter<Answer>> underWay = new ArrayDeque<>();
    private int places = Submission.MOST_UNDER_WAY;
    private boolean reserving;
    private boolean unsent;

    private boolean closing;
    private String broken = "";

    /// A session that waits for something.
    private static final class Waiter<T> {
        private final Thread thread = Thread.currentThread();

        // Each is null until it is there.
        private volatile @Nullable T found;
        private volatile @Nullable String trouble;

        T await() throws IOException {
            T here = found;
            while (here == null) {
                var why = trouble;
                if (why != null) {
                    throw new IOException(why);
                }
                // Not for a time, which would wake two threads: the deadline of the conversation
                // ends it. An interruption changes nothing, since the message is on its way.
                LockSupport.park(this);
                Thread.interrupted();
                here = found;
            }
            return here;
        }

        void gets(T what) {
            found = what;
            LockSupport.unpark(thread);
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

    /// An id for a message; whoever takes one uses it or gives it back.
    ///
    /// @throws IOException if the queue hung up, or has given out as many as it does
    MessageId takeId() throws IOException {
        Waiter<MessageId> waiter;
        synchronized (lock) {
            mustBeOpen();
            var id = ids.poll();
            if (id != null) {
                return id;
            }
            waiter = new Waiter<>();
            waitingForId.add(waiter);
            askForIds();
        }
        send();
        return waiter.await();
    }

    /// Guarded by "lock".
    private void askForIds() throws IOException {
        if (!reserving) {
            reserving = true;
            conversation.say(new Submission.Reserve());
            expectAnswer();
        }
    }

    /// An id was not used.
    void giveBack(MessageId id) {
        synchronized (lock) {
            hasId(id);
        }
    }

    /// Guarded by "lock".
    private void hasId(MessageId id) {
        var waiter = waitingForId.poll();
        if (waiter == null) {
            ids.add(id);
        } else {
            waiter.gets(id);
        }
    }

    /// Guarded by "lock".
    private void mustBeOpen() throws IOException {
        if (!broken.isEmpty() || closing) {
            throw new IOException(broken.isEmpty() ? "closed" : broken);
        }
    }

    /// Sends the message that `whole` makes for an id, and waits for the answer: Committed or
    /// Refused.
    ///
    /// @throws IOException if the queue hung up before it answered
    Answer carry(Function<MessageId, Whole> whole) throws IOException {
        takePlace();
        return carry(whole, this::takeId);
    }

    /// The same for an id that was taken before.
    Answer carry(MessageId id, Function<MessageId, Whole> whole) throws IOException {
        takePlace();
        return carry(whole, () -> id);
    }

    private void takePlace() throws IOException {
        Waiter<Boolean> waiter;
        synchronized (lock) {
            mustBeOpen();
            if (places > 0) {
                places--;
                return;
            }
            waiter = new Waiter<>();
            waitingForPlace.add(waiter);
        }
        var _ = waiter.await();
    }

    /// Guarded by "lock".
    private void leavePlace() {
        var waiter = waitingForPlace.poll();
        if (waiter == null) {
            places++;
        } else {
            waiter.gets(true);
        }
    }

    /// Where an id comes from.
    @FunctionalInterface
    private interface IdSource {
        MessageId take() throws IOException;
    }

    // Correct without the yield; with it, fewer and larger writes.
    @SuppressWarnings("ThreadPriorityCheck")
    private Answer carry(Function<MessageId, Whole> whole, IdSource source) throws IOException {
        var waiter = new Waiter<Answer>();
        boolean said = false;
        try {
            var word = whole.apply(source.take());
            synchronized (lock) {
                if (!broken.isEmpty()) {
                    throw new IOException(broken);
                }
                conversation.say(word);
                expectAnswer();
                underWay.add(waiter);
                said = true;
            }
        } finally {
            if (!said) {
                synchronized (lock) {
                    leavePlace();
                }
            }
        }
        // Whoever can run now may have something to send, too.
        Thread.yield();
        send();
        return waiter.await();
    }

    /// Guarded by "lock".
    private void expectAnswer() {
        if (underWay.isEmpty()) {
            deadline.in(ANSWER);
        }
        unsent = true;
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
                    case Answer.Reserved(var more, var now) -> reserved(more, now);
                    case Answer.Opened _, Answer.Abandoned _ ->
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
        Waiter<Answer> waiter;
        boolean last;
        synchronized (lock) {
            waiter = underWay.poll();
            if (waiter == null) {
                throw new IOException("the queue answered what was not said");
            }
            watch();
            hasId(next);
            leavePlace();
            last = closing && underWay.isEmpty();
        }
        waiter.gets(answer);
        if (last) {
            conversation.close();
        }
    }

    private void reserved(List<MessageId> more, Space now) throws IOException {
        space.accept(now);
        synchronized (lock) {
            if (!reserving) {
                throw new IOException("the queue gave ids that were not asked for");
            }
            reserving = false;
            watch();
            more.forEach(this::hasId);
            if (more.isEmpty()) {
                waitingForId.forEach(waiter -> waiter.fail("the queue has no more ids"));
                waitingForId.clear();
            } else if (!waitingForId.isEmpty()) {
                askForIds();
            }
        }
        send();
    }

    /// Guarded by "lock".
    private void watch() {
        if (underWay.isEmpty() && !reserving) {
            deadline.none();
        } else {
            deadline.in(ANSWER);
        }
    }

    /// Guarded by "lock".
    private void fail(IOException e) {
        if (broken.isEmpty()) {
            broken = String.valueOf(e.getMessage());
        }
        for (var all : List.of(underWay, waitingForId, waitingForPlace)) {
            all.forEach(waiter -> waiter.fail(broken));
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
