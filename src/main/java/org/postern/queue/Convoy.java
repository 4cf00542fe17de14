package org.postern.queue;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.postern.ipc.Conversation;
import org.postern.ipc.Submission;
import org.postern.ipc.Submission.Answer;
import org.postern.ipc.Submission.Cause;
import org.postern.ipc.Submission.Space;
import org.postern.ipc.Vital;
import org.postern.mail.MessageId;
import org.postern.mail.Share;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.Draft;
import org.postern.queue.store.Store;

/// One conversation in which whole messages come, many at a time: one thread hears them and hands
/// them to the committer, another answers, in the same order, what the disk has. So a group that is
/// forced together costs one wake-up and one write.
///
/// What the other end may have under way is bounded by the ids that it was given, and by the memory
/// that all conversations share.
final class Convoy {
    private final Conversation<Answer, Submission> conversation;
    private final Store store;
    private final Scheduler scheduler;
    private final InstantSource clock;
    private final Memory memory;

    /// Ids that were given out and not used.
    private final Set<MessageId> reserved = ConcurrentHashMap.newKeySet();

    private final BlockingQueue<Step> underWay =
            new ArrayBlockingQueue<>(Submission.MOST_UNDER_WAY + 1);

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
                Instant created)
                implements Step {}

        /// Refuse this one.
        record Refusing(MessageId id, long bytes, Cause cause, String text) implements Step {}

        /// Nothing more comes.
        record End() implements Step {}
    }

    Convoy(
            Conversation<Answer, Submission> conversation,
            Store store,
            Scheduler scheduler,
            InstantSource clock,
            Memory memory) {
        this.conversation = conversation;
        this.store = store;
        this.scheduler = scheduler;
        this.clock = clock;
        this.memory = memory;
    }

    /// Hears and answers until the other end hangs up; `first` is an id that it has already.
    void run(MessageId first) throws IOException {
        reserved.add(first);
        var ids = new ArrayList<MessageId>();
        for (int i = 1; i < Submission.MOST_UNDER_WAY; i++) {
            ids.add(store.reserve());
        }
        reserved.addAll(ids);
        var answering = Thread.ofVirtual().name("answers").unstarted(Vital.thread(this::answer));
        try {
            conversation.say(new Answer.Reserved(ids, store.space()));
            conversation.flush();
            answering.start();
            while (true) {
                hear(conversation.listen());
            }
        } finally {
            end(answering);
            reserved.forEach(store::giveBack);
        }
    }

    private void hear(Submission word) throws IOException {
        if (!(word instanceof Submission.Whole(var id, var facts, var shares, var content))) {
            throw new IOException("a word out of place among whole messages");
        }
        if (!reserved.remove(id)) {
            throw new IOException("a message with the id " + id + ", which was not reserved");
        }
        long bytes = Weight.ofContent(content.length()) + Weight.of(facts) + Weight.of(shares);
        long taken = memory.taken().addAndGet(bytes);
        if (store.space() == Space.FULL || taken > memory.most()) {
            put(new Step.Refusing(id, bytes, Cause.NO_SPACE, "no room for more"));
            return;
        }
        if (content.length() > Math.min(Submission.Whole.LONGEST_CONTENT, memory.largest())
                || shares.size() > Submission.Whole.MOST_SHARES) {
            put(new Step.Refusing(id, bytes, Cause.PROTOCOL, "a message beyond all limits"));
            return;
        }
        var created = clock.instant();
        try (var draft = store.draft(id, facts, created)) {
            shares.forEach(draft::add);
            draft.append(content);
            var submitted = draft.submit(content.length());
            put(new Step.Answering(id, bytes, submitted, shares, created));
        }
    }

    /// There is always room: no more can be under way than there are ids.
    private void put(Step step) {
        underWay.add(step);
    }

    private void answer() {
        try {
            while (true) {
                var step = underWay.poll();
                if (step == null) {
                    flush();
                    step = underWay.take();
                }
                switch (step) {
                    case Step.Answering answering -> answer(answering);
                    case Step.Refusing(var id, var bytes, var cause, var text) -> {
                        memory.taken().addAndGet(-bytes);
                        say(id, next -> new Answer.Refused(cause, text, next, store.space()));
                    }
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
                scheduler.admit(envelopes, step.shares(), step.created());
                say(store.reserve(), next -> new Answer.Committed(envelopes, next, store.space()));
            }
            case Store.Answer.Refused(var cause, var text) ->
                    say(step.id(), next -> new Answer.Refused(cause, text, next, store.space()));
        }
    }

    /// Says the answer that brings the id `next`, unless there is nobody to hear it: what is on
    /// disk is delivered all the same.
    private void say(MessageId next, Function<MessageId, Answer> answer) {
        reserved.add(next);
        try {
            if (!gone) {
                conversation.say(answer.apply(next));
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
        put(new Step.End());
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
