package org.postern.front.route;

import org.postern.ipc.Accounts;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The accounts that the room `delivery` knows, asked over a bounded number of conversations that
/// are kept and used again. May be asked from any thread.
///
/// A question changes nothing, so one that a kept conversation took with it is asked once more.
public final class DeliveryAccounts implements AccountBook, Closeable {
    /// How long to wait for a conversation to be free, and for an answer: a home directory may lie
    /// behind a network.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path socket;
    private final Deadlines deadlines;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<Conversation<Accounts, Accounts.Answer>> kept =
            new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /// Accounts asked for at `socket`, over at most `conversations` at a time.
    public DeliveryAccounts(Path socket, Deadlines deadlines, int conversations) {
        this.socket = socket;
        this.deadlines = deadlines;
        this.free = new Semaphore(conversations);
    }

    @Override
    public Accounts.Answer ask(Accounts question) {
        try {
            if (!free.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Accounts.Answer.Unavailable("too many ask for accounts at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Accounts.Answer.Unavailable("interrupted");
        }
        try {
            return askFreely(question);
        } finally {
            free.release();
        }
    }

    private Accounts.Answer askFreely(Accounts question) {
        var used = kept.pollFirst();
        if (used != null) {
            try {
                return ask(used, question);
            } catch (IOException e) {
                // The room was started anew, most likely; those kept are of the old one.
                hangUp();
            }
        }
        try {
            var fresh =
                    new Conversation<>(
                            Hearing.connect(socket),
                            Accounts.frames(),
                            Accounts.answers(),
                            deadlines);
            return ask(fresh, question);
        } catch (IOException e) {
            return new Accounts.Answer.Unavailable("the room delivery: " + e.getMessage());
        }
    }

    private Accounts.Answer ask(
            Conversation<Accounts, Accounts.Answer> conversation, Accounts question)
            throws IOException {
        boolean answered = false;
        try {
            conversation.say(question);
            var answer = conversation.hear(PATIENCE);
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

    private void hangUp() {
        for (var idle = kept.pollFirst(); idle != null; idle = kept.pollFirst()) {
            try {
                idle.close();
            } catch (IOException e) {
                // It is gone in any case.
            }
        }
    }
}
