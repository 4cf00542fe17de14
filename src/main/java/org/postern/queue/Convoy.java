package org.postern.queue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.postern.ipc.Conversation;
import org.postern.ipc.Submission;
import org.postern.ipc.Submission.Answer;
import org.postern.ipc.Submission.Cause;
import org.postern.ipc.Submission.Space;
import org.postern.ipc.Vital;
import org.postern.mail.MessageId;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.Draft;
import org.postern.queue.store.Store;

/// One conversation in which whole messages come, many at a time: one thread hears them and hands
/// them to the committer, another answers, in the same order, what the disk has. So a group that is
/// forced together costs one wake-up and one write.
///
/// What the other end may have under way is bounded in number, and by the memory that all
/// conversations share.
final class Convoy {
    private final Conversation<Answer, Submission> conversation;
    private final Store store;
    private final Scheduler scheduler;
    private final InstantSource clock;
    private final Memory memory;

    private final Ids ids;
    private final BlockingQueue<Step> underWay = new LinkedBlockingQueue<>();

    /// Who wants more than this many answers waits until one was given.
    private final Semaphore places = new Semaphore(Submission.MOST_UNDER_WAY);

    /// The memory that all conversations share.
    ///
    /// @param taken about how many bytes are taken
    /// @param most about how many may be
    /// @param largestMessage how many bytes a message may have
    record Memory(AtomicLong taken, long most, LongSupplier largestMessage) {
        private long largest() {
            return largestMessage.getAsLong();
        }
    }

    // Only the answering thread touches it.
    private boolean gone;

    /// What the answering thread is to do next.
    private sealed interface Step {
        /// Answer this message, which takes so much memory, when it is on disk.
        record Answering(
                MessageId id,
                long bytes,
                Draft.Submitted submitted,
                List<Share> shares,
                Instant created,
                Urgency urgency)
                implements Step {}

        /// Refuse this one.
        record Refusing(MessageId id, long bytes, Cause cause, String text) implements Step {}

        /// Give out more ids.
        record Giving() implements Step {}

        /// Nothing more comes.
        record End() implements Step {}
    }

    Convoy(
            Conversation<Answer, Submission> conversation,
            Store store,
            Scheduler scheduler,
            InstantSource clock,
            Memory memory,
            Ids ids) {
        this.conversation = conversation;
        this.store = store;
        this.scheduler = scheduler;
        this.clock = clock;
        this.memory = memory;
        this.ids = ids;
    }

    /// Hears and answers until the other end hangs up; `first` is an id that it has already.
    void run(MessageId first) throws IOException {
        ids.giveAgain(first, this);
        var answering = Thread.ofVirtual().name("answers").unstarted(Vital.thread(this::answer));
        try {
            conversation.say(new Answer.Reserved(more(), store.space()));
            conversation.flush();
            answering.start();
            while (true) {
                hear(conversation.listen());
            }
        } finally {
            end(answering);
            ids.end(this);
        }
    }

    private List<MessageId> more() {
        return ids.give(this, Submission.MOST_UNDER_WAY);
    }

    private void hear(Submission word) throws IOException {
        awaitPlace();
        switch (word) {
            case Submission.Whole whole -> hear(whole);
            case Submission.Reserve() -> underWay.add(new Step.Giving());
            case Submission.Begin _,
                    Submission.Add _,
                    Submission.Append _,
                    Submission.Commit _,
                    Submission.Abandon _ ->
                    throw new IOException("a word out of place among whole messages");
        }
    }

    /// Whoever does not hear answers is not heard either.
    private void awaitPlace() throws IOException {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void hear(Submission.Whole whole) throws IOException {
        var id = whole.id();
        ids.take(id);
        var content = whole.content();
        var shares = whole.shares();
        long bytes =
                Weight.ofContent(content.length()) + Weight.of(whole.facts()) + Weight.of(shares);
        long taken = memory.taken().addAndGet(bytes);
        if (store.space() == Space.FULL || taken > memory.most()) {
            underWay.add(new Step.Refusing(id, bytes, Cause.NO_SPACE, "no room for more"));
            return;
        }
        if (content.length() > Math.min(Submission.Whole.LONGEST_CONTENT, memory.largest())
                || shares.size() > Submission.Whole.MOST_SHARES) {
            underWay.add(
                    new Step.Refusing(id, bytes, Cause.PROTOCOL, "a message beyond all limits"));
            return;
        }
        var created = clock.instant();
        try (var draft = store.draft(id, whole.facts(), created)) {
            shares.forEach(draft::add);
            draft.append(content);
            var submitted = draft.submit(content.length());
            var urgency = whole.facts().carriage().urgency();
            underWay.add(new Step.Answering(id, bytes, submitted, shares, created, urgency));
        }
    }

    private void answer() {
        try {
            while (true) {
                var step = underWay.poll();
                if (step == null) {
                    flush();
                    step = underWay.take();
                }
                places.release();
                switch (step) {
                    case Step.Answering answering -> answer(answering);
                    case Step.Refusing(var id, var bytes, var cause, var text) -> {
                        memory.taken().addAndGet(-bytes);
                        refuse(id, cause, text);
                    }
                    case Step.Giving() -> say(new Answer.Reserved(more(), store.space()));
                    case Step.End() -> {
                        flush();
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Step.Answering step) {
        if (!step.submitted().isSettled()) {
            flush();
        }
        var answer = step.submitted().await();
        memory.taken().addAndGet(-step.bytes());
        switch (answer) {
            case Store.Answer.Committed(var envelopes) -> {
                scheduler.admit(envelopes, step.shares(), step.created(), step.urgency());
                say(new Answer.Committed(envelopes, ids.give(this), store.space()));
            }
            case Store.Answer.Refused(var cause, var text) -> refuse(step.id(), cause, text);
        }
    }

    /// The id of a message that was refused is good for the next.
    private void refuse(MessageId id, Cause cause, String text) {
        ids.giveAgain(id, this);
        say(new Answer.Refused(cause, text, id, store.space()));
    }

    /// Says it, unless there is nobody to hear it: what is on disk is delivered all the same.
    private void say(Answer answer) {
        try {
            if (!gone) {
                conversation.say(answer);
            }
        } catch (IOException e) {
            gone = true;
        }
    }

    private void flush() {
        try {
            if (!gone) {
                conversation.flush();
            }
        } catch (IOException e) {
            gone = true;
        }
    }

    /// Waits until all that was taken in is on disk, and known to the schedule.
    private void end(Thread answering) {
        underWay.add(new Step.End());
        boolean interrupted = false;
        while (answering.isAlive()) {
            try {
                answering.join();
            } catch (InterruptedException e) {
                interrupted = true; // what is on its way to the disk has still to be admitted
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
