package org.postern.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Asks a room questions that each have one answer, over a bounded number of conversations that are
/// kept and used again. May be asked from any thread.
///
/// The questions change nothing, so one that went down with a kept conversation is asked once more.
///
/// @param <Q> the questions
/// @param <A> the answers
public final class Inquiry<Q, A> implements Closeable {
    private final Path socket;
    private final Frames<Q> questions;
    private final Frames<A> answers;
    private final Deadlines deadlines;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<Conversation<Q, A>> kept = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /// Questions to the room that hears at `socket`, at most `conversations` at a time.
    public Inquiry(
            Path socket,
            Frames<Q> questions,
            Frames<A> answers,
            Deadlines deadlines,
            int conversations) {
        this.socket = socket;
        this.questions = questions;
        this.answers = answers;
        this.deadlines = deadlines;
        this.free = new Semaphore(conversations);
    }

    /// The answer to `question`; waits at most `patience` for a free conversation and as long again
    /// for the answer.
    ///
    /// @throws IOException if the room is away, or does not answer in time
    public A ask(Q question, Duration patience) throws IOException {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(socket + ": too many ask at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(socket + ": interrupted", e);
        }
        try {
            return askFreely(question, patience);
        } finally {
            free.release();
        }
    }

    private A askFreely(Q question, Duration patience) throws IOException {
        var used = kept.pollFirst();
        if (used != null) {
            try {
                return ask(used, question, patience);
            } catch (IOException e) {
                // The room was started anew, most likely; the others that are kept are of the old
                // one.
                hangUp();
            }
        }
        return ask(
                new Conversation<>(Hearing.connect(socket), questions, answers, deadlines),
                question,
                patience);
    }

    private A ask(Conversation<Q, A> conversation, Q question, Duration patience)
            throws IOException {
        boolean answered = false;
        try {
            conversation.say(question);
            var answer = conversation.hear(patience);
            answered = !closed;
            return answer;
        } finally {
            if (answered) {
                kept.addFirst(conversation);
            } else {
                conversation.close();
            }
        }
    }

    /// Hangs up all conversations; those in use end with their answer.
    @Override
    public void close() {
        closed = true;
        hangUp();
    }

    /// Lets go the conversations that are kept: the next question begins a new one.
    public void hangUp() {
        for (var idle = kept.pollFirst(); idle != null; idle = kept.pollFirst()) {
            try {
                idle.close();
            } catch (IOException e) {
                // It is gone in any case.
            }
        }
    }
}
