package org.postern.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

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

    /// Those that are kept, each of the era in which it began.
    private final ConcurrentLinkedDeque<Kept<Q, A>> kept = new ConcurrentLinkedDeque<>();

    private volatile long era;
    private volatile boolean closed;

    private record Kept<Q, A>(Conversation<Q, A> conversation, long era) {}

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
        return ask(question, patience, _ -> true);
    }

    /// The same, where the conversations that are kept may be with several processes, one of which
    /// may know what another does not: the first answer that suffices, or the last.
    public A ask(Q question, Duration patience, Predicate<A> suffices) throws IOException {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(socket + ": too many ask at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(socket + ": interrupted", e);
        }
        var inVain = new ArrayList<Kept<Q, A>>();
        try {
            for (var used = next(); used.isPresent(); used = next()) {
                var answer = askAgain(used.get(), question, patience);
                if (answer.isEmpty()) {
                    // The room was started anew, most likely; the others that are kept are of the
                    // old one.
                    hangUp();
                } else if (suffices.test(answer.get())) {
                    keep(used.get());
                    return answer.get();
                } else {
                    inVain.add(used.get());
                }
            }
            return askAnew(question, patience);
        } finally {
            inVain.forEach(this::keep);
            free.release();
        }
    }

    private Optional<Kept<Q, A>> next() {
        var used = kept.pollFirst();
        while (used != null && used.era() != era) {
            end(used);
            used = kept.pollFirst();
        }
        return Optional.ofNullable(used);
    }

    /// Empty if the conversation has ended.
    private Optional<A> askAgain(Kept<Q, A> one, Q question, Duration patience) {
        try {
            one.conversation().say(question);
            return Optional.of(one.conversation().hear(patience));
        } catch (IOException e) {
            end(one);
            return Optional.empty();
        }
    }

    private A askAnew(Q question, Duration patience) throws IOException {
        long now = era;
        var fresh = new Conversation<>(Hearing.connect(socket), questions, answers, deadlines);
        boolean answered = false;
        try {
            fresh.say(question);
            var answer = fresh.hear(patience);
            answered = true;
            return answer;
        } finally {
            if (answered) {
                keep(new Kept<>(fresh, now));
            } else {
                fresh.close();
            }
        }
    }

    private void keep(Kept<Q, A> one) {
        if (closed || one.era() != era) {
            end(one);
            return;
        }
        kept.addFirst(one);
        if (closed) {
            hangUp();
        }
    }

    /// The room may be another process by now: each question that follows goes over a conversation
    /// that begins after this; those under way end with their answer.
    public synchronized void renew() {
        era++;
        hangUp();
    }

    /// Hangs up all conversations; those in use end with their answer.
    @Override
    public void close() {
        closed = true;
        hangUp();
    }

    private void hangUp() {
        for (var idle = kept.pollFirst(); idle != null; idle = kept.pollFirst()) {
            end(idle);
        }
    }

    private static void end(Kept<?, ?> one) {
        try {
            one.conversation().close();
        } catch (IOException e) {
            // It is gone in any case.
        }
    }
}
