package org.postern.queue;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Submission;
import org.postern.ipc.Submission.Answer;
import org.postern.ipc.Submission.Cause;
import org.postern.ipc.Submission.Space;
import org.postern.mail.Chunk;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.Draft;
import org.postern.queue.store.Store;

/// Takes in messages: hears [Submission]. `front` may be in a stranger's hands, so that everything
/// it says is bounded here.
final class SubmissionHearer implements Hearing.Hearer {
    private static final int MOST_SHARES = 100_000;
    private static final int CONTENT_IN_MEMORY = 256 * 1024;
    private static final long TRACE_FIELDS = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private final Store store;
    private final Scheduler scheduler;
    private final Deadlines deadlines;
    private final InstantSource clock;
    private final LongSupplier largestMessage;
    private final long mostInMemory;

    /// About how many bytes of memory the messages take that have begun, all together.
    private final AtomicLong inMemory = new AtomicLong();

    private final Ids ids;
    private final Frames<Submission> words = Submission.frames();
    private final Frames<Answer> answers = Submission.answers();

    /// @param mostInMemory about how many bytes of memory the messages may take that have begun
    SubmissionHearer(
            Store store,
            Scheduler scheduler,
            Deadlines deadlines,
            InstantSource clock,
            LongSupplier largestMessage,
            long mostInMemory) {
        this.store = store;
        this.scheduler = scheduler;
        this.deadlines = deadlines;
        this.clock = clock;
        this.largestMessage = largestMessage;
        this.mostInMemory = mostInMemory;
        this.ids = new Ids(store);
    }

    @Override
    public void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        var conversation = new Conversation<>(channel, answers, words, deadlines);
        var id = store.reserve();
        boolean isOurs = true;
        try {
            conversation.say(new Answer.Opened(id, store.space()));
            while (true) {
                switch (conversation.hearWhenever()) {
                    case Submission.Begin(var named, var facts) -> {
                        if (!named.equals(id)) {
                            ids.take(named);
                            store.giveBack(id);
                            id = named;
                        }
                        try (var draft = store.draft(id, facts, clock.instant());
                                var transaction = new Transaction(conversation, draft, id)) {
                            id = transaction.run(facts);
                        }
                    }
                    case Submission.Abandon() ->
                            conversation.say(new Answer.Abandoned(id, store.space()));
                    case Submission.Reserve() -> {
                        isOurs = false;
                        new Convoy(conversation, store, scheduler, clock, memory(), ids).run(id);
                        return;
                    }
                    case Submission.Add _,
                            Submission.Append _,
                            Submission.Commit _,
                            Submission.Whole _ ->
                            conversation.say(refusal(Cause.PROTOCOL, "no message has begun", id));
                }
            }
        } finally {
            if (isOurs) {
                store.giveBack(id);
            }
        }
    }

    private Convoy.Memory memory() {
        return new Convoy.Memory(inMemory, mostInMemory, this::largest);
    }

    /// How long a message may be, with what `front` adds to it.
    private long largest() {
        return largestMessage.getAsLong() + TRACE_FIELDS;
    }

    private Answer.Refused refusal(Cause cause, String text, MessageId next) {
        return new Answer.Refused(cause, text, next, store.space());
    }

    /// One message, from Begin to the answer.
    private final class Transaction implements AutoCloseable {
        private final Conversation<Answer, Submission> conversation;
        private final Draft draft;
        private final MessageId id;
        private final List<Share> shares = new ArrayList<>(1);
        private boolean full = store.space() == Space.FULL;
        private final long largest = largest();
        private long length;
        private long taken;
        private long ofContent;
        private boolean tooMuch;

        Transaction(Conversation<Answer, Submission> conversation, Draft draft, MessageId id) {
            this.conversation = conversation;
            this.draft = draft;
            this.id = id;
        }

        /// Runs to the answer; returns the id of the next message.
        MessageId run(MessageFacts facts) throws IOException {
            var _ = takes(Weight.of(facts));
            while (true) {
                switch (conversation.hear(PATIENCE)) {
                    case Submission.Add(var share) -> add(share);
                    case Submission.Append(var content) -> append(content);
                    case Submission.Commit(var expected) -> {
                        return commit(expected, facts.carriage().urgency());
                    }
                    case Submission.Abandon() -> {
                        conversation.say(new Answer.Abandoned(id, store.space()));
                        return id;
                    }
                    case Submission.Begin _, Submission.Reserve _, Submission.Whole _ -> {
                        conversation.say(refusal(Cause.PROTOCOL, "a message in a message", id));
                        return id;
                    }
                }
            }
        }

        private void add(Share share) {
            tooMuch |= shares.size() >= MOST_SHARES;
            if (takes(Weight.of(share))) {
                shares.add(share);
                draft.add(share);
            }
        }

        private void append(Chunk content) {
            length += content.length();
            tooMuch |= length > largest;
            boolean inFile = length > CONTENT_IN_MEMORY;
            full |= inFile && store.space() == Space.FULL;
            if (takes(inFile ? 0 : Weight.ofContent(content.length()))) {
                draft.append(content);
                ofContent += inFile ? 0 : Weight.ofContent(content.length());
            }
            if (inFile && ofContent > 0) {
                inMemory.addAndGet(-ofContent); // the draft has let go of it
                taken -= ofContent;
                ofContent = 0;
            }
        }

        /// Is there room for `bytes` more in memory, and for the message at all? Once there is not,
        /// the draft lets go of its file.
        private boolean takes(long bytes) {
            if (!full && !tooMuch) {
                taken += bytes;
                full = inMemory.addAndGet(bytes) > mostInMemory;
            }
            if (full || tooMuch) {
                draft.close();
                return false;
            }
            return true;
        }

        @Override
        public void close() {
            inMemory.addAndGet(-taken);
        }

        private MessageId commit(long expected, Urgency urgency) throws IOException {
            if (full) {
                conversation.say(refusal(Cause.NO_SPACE, "no room for more", id));
                return id;
            }
            if (tooMuch) {
                conversation.say(refusal(Cause.PROTOCOL, "a message beyond all limits", id));
                return id;
            }
            var created = clock.instant();
            return switch (draft.commit(expected)) {
                case Store.Answer.Committed(var envelopes) -> {
                    scheduler.admit(envelopes, shares, created, urgency);
                    var next = store.reserve();
                    conversation.say(new Answer.Committed(envelopes, next, store.space()));
                    yield next;
                }
                case Store.Answer.Refused(var cause, var text) -> {
                    conversation.say(refusal(cause, text, id));
                    yield id;
                }
            };
        }
    }
}
