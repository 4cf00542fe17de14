package org.postern.front.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Submission;
import org.postern.ipc.Submission.Answer;
import org.postern.ipc.Submission.Space;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// The conversations with the queue that messages go in by: opened when needed, used again and
/// again, and no more than a fixed number at a time.
///
/// Any thread may ask; what is shared is guarded by the monitor of `idle`.
final class Submissions implements Closeable {
    private static final Duration OPENING = Duration.ofSeconds(10);
    private static final Duration TURN = Duration.ofSeconds(60);
    private static final Duration COMMIT = Duration.ofMinutes(2);

    /// Can the queue take mail?
    sealed interface Standing {
        /// It can.
        record Open() implements Standing {}

        /// Its disk is full.
        record Full() implements Standing {}

        /// It does not answer.
        record Away(String why) implements Standing {}
    }

    private final Path socket;
    private final Deadlines deadlines;
    private final Semaphore places;
    private final int few;
    private final Frames<Submission> frames = Submission.frames();
    private final Frames<Answer> answers = Submission.answers();
    private final Deque<Lease> idle = new ArrayDeque<>();
    private Optional<Convoy> convoy = Optional.empty();
    private boolean closed;
    private final ReentrantLock opening = new ReentrantLock();

    // Why the convoy could not be opened, and how often: who waited for that need not try, too.
    private String misfortune = "";
    private int misfortunes;
    private volatile Space space = Space.FREE;

    /// Conversations, at most `most`, with the queue that hears on `socket`.
    Submissions(Path socket, int most, Deadlines deadlines) {
        this.socket = socket;
        this.places = new Semaphore(most, true);
        this.few = most / 4;
        this.deadlines = deadlines;
    }

    /// Can the queue take mail, as far as is known? Only a queue that was full or away is asked, as
    /// if a message with `facts` came.
    Standing standing(MessageFacts facts) {
        try {
            if (space == Space.FREE) {
                convoy(); // it is there, or can be opened
            } else {
                try (var lease = take()) {
                    lease.ask(facts);
                }
            }
        } catch (IOException e) {
            return new Standing.Away(String.valueOf(e.getMessage()));
        }
        return space == Space.FULL ? new Standing.Full() : new Standing.Open();
    }

    /// The way of small messages.
    private Convoy convoy() throws IOException {
        int seen;
        synchronized (idle) {
            if (convoy.isPresent() && convoy.get().isOpen()) {
                return convoy.get();
            }
            if (closed) {
                throw new IOException("closed");
            }
            seen = misfortunes;
        }
        opening.lock();
        try {
            synchronized (idle) {
                if (convoy.isPresent() && convoy.get().isOpen()) {
                    return convoy.get();
                }
                if (misfortunes != seen) {
                    throw new IOException(misfortune);
                }
            }
            var opened = openConvoy();
            synchronized (idle) {
                convoy = Optional.of(opened);
                if (closed) {
                    opened.close();
                }
            }
            return opened;
        } finally {
            opening.unlock();
        }
    }

    private Convoy openConvoy() throws IOException {
        var channel = Hearing.connect(socket);
        try {
            return Convoy.open(
                    channel,
                    new Conversation<>(channel, frames, answers, deadlines),
                    deadlines,
                    now -> space = now);
        } catch (IOException | RuntimeException e) {
            channel.close();
            synchronized (idle) {
                misfortune = String.valueOf(e.getMessage());
                misfortunes++;
            }
            throw e;
        }
    }

    /// May such a message travel whole?
    boolean fits(List<Share> shares, int content) {
        return shares.size() <= Submission.Whole.MOST_SHARES
                && content <= Submission.Whole.LONGEST_CONTENT;
    }

    /// Sends a small message whole, and waits for the answer: Committed or Refused.
    ///
    /// @throws IOException if the queue is away, or hung up before it answered
    Answer carry(Function<MessageId, Submission.Whole> whole) throws IOException {
        return convoy().carry(whole);
    }

    /// An id for a message that is not on its way yet. The caller closes it.
    ///
    /// @throws IOException if the queue is away, or gives out no more
    Name name() throws IOException {
        var from = convoy();
        return new Name(from, from.takeId());
    }

    /// The id of a message before it is on its way. Costs neither a conversation nor a place in
    /// one. It belongs to one thread.
    static final class Name implements Closeable {
        private final Convoy from;
        private final MessageId id;
        private boolean used;

        private Name(Convoy from, MessageId id) {
            this.from = from;
            this.id = id;
        }

        MessageId id() {
            return id;
        }

        /// As [Submissions#carry], for a message with this id.
        Answer carry(Function<MessageId, Submission.Whole> whole) throws IOException {
            used = true;
            return from.carry(id, whole);
        }

        /// The id, for a message that goes another way.
        ///
        /// @throws IOException if the queue does not know it any more
        MessageId use() throws IOException {
            if (!from.isOpen()) {
                throw new IOException("the queue that gave the id is gone");
            }
            used = true;
            return id;
        }

        /// Gives the id back, if it was not used.
        @Override
        public void close() {
            if (!used) {
                used = true;
                from.giveBack(id);
            }
        }
    }

    /// A conversation for one message. The caller closes it.
    ///
    /// @throws IOException if the queue is away, or all conversations are busy for long
    Lease take() throws IOException {
        try {
            if (!places.tryAcquire(TURN.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("all conversations with the queue are busy");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        try {
            synchronized (idle) {
                if (!idle.isEmpty()) {
                    return idle.pop();
                }
            }
            return open();
        } catch (IOException | RuntimeException e) {
            places.release();
            throw e;
        }
    }

    /// Are nearly all conversations taken? Then whoever has one should make haste.
    boolean areFewLeft() {
        return places.availablePermits() <= few;
    }

    private Lease open() throws IOException {
        var channel = Hearing.connect(socket);
        var conversation = new Conversation<>(channel, frames, answers, deadlines);
        try {
            if (conversation.hear(OPENING) instanceof Answer.Opened(var next, var now)) {
                space = now;
                return new Lease(conversation, next);
            }
            throw new IOException("the queue did not say Opened");
        } catch (IOException e) {
            conversation.close();
            throw e;
        }
    }

    /// Hangs up wherever no message is under way, and soon everywhere.
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            convoy.ifPresent(Convoy::close);
        }
        dropIdle();
    }

    /// Hangs up wherever no message is under way.
    void dropIdle() {
        while (true) {
            Lease dropped;
            synchronized (idle) {
                if (idle.isEmpty()) {
                    return;
                }
                dropped = idle.pop();
            }
            dropped.hangUp();
        }
    }

    /// The use of one conversation for one message. It belongs to the thread that took it.
    final class Lease implements Closeable {
        private final Conversation<Submission, Answer> conversation;
        private MessageId next;
        private boolean underWay;

        private Lease(Conversation<Submission, Answer> conversation, MessageId next) {
            this.conversation = conversation;
            this.next = next;
        }

        /// The id that the message will have.
        MessageId next() {
            return next;
        }

        /// Says `word`, perhaps later: with the next words.
        void say(Submission word) throws IOException {
            underWay = true;
            conversation.say(word);
        }

        /// Commits the message; the answer is Committed or Refused.
        Answer commit(long length) throws IOException {
            conversation.say(new Submission.Commit(length));
            var answer = conversation.hear(COMMIT);
            switch (answer) {
                case Answer.Committed(_, var id, var now) -> done(id, now);
                case Answer.Refused(_, _, var id, var now) -> done(id, now);
                case Answer.Opened _, Answer.Abandoned _, Answer.Reserved _ ->
                        throw new IOException("the queue answered a commit with something else");
            }
            return answer;
        }

        /// Asks whether there is room by now.
        private void ask(MessageFacts facts) throws IOException {
            say(new Submission.Begin(next, facts));
            say(new Submission.Abandon());
            switch (conversation.hear(OPENING)) {
                case Answer.Abandoned(var id, var now) -> done(id, now);
                case Answer.Refused(_, _, var id, var now) -> done(id, now);
                case Answer.Opened _, Answer.Committed _, Answer.Reserved _ ->
                        throw new IOException("the queue answered Abandon with something else");
            }
        }

        private void done(MessageId id, Space now) {
            next = id;
            space = now;
            underWay = false;
        }

        /// Gives the conversation back, or hangs up if a message is under way in it: then nothing
        /// was queued.
        @Override
        public void close() {
            boolean kept = false;
            synchronized (idle) {
                if (!underWay && !closed) {
                    idle.push(this);
                    kept = true;
                }
            }
            if (!kept) {
                hangUp();
            }
            places.release();
        }

        private void hangUp() {
            try {
                conversation.close();
            } catch (IOException e) {
                // The queue sees the end all the same.
            }
        }
    }
}
