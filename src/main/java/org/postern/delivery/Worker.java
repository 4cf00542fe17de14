package org.postern.delivery;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;
import org.postern.mail.SessionId;
import org.postern.table.TableSet;

/// One virtual thread that holds one conversation with the queue, and makes one attempt at a time.
///
/// When the queue is away it connects again and again. An attempt whose content does not come whole
/// ends the conversation, which defers it. A queue that hangs up has deferred the attempt, and will
/// give it to another: a command that runs is ended.
final class Worker implements Runnable {
    private static final Duration SAID_AT_ONCE = Duration.ofMinutes(1);
    private static final long SHORTEST_PAUSE = 50;
    private static final long LONGEST_PAUSE = 3000;

    private final Path queue;
    private final Circle circle;
    private final CountDownLatch stopped = new CountDownLatch(1);

    // Guarded by "this".
    private Optional<SocketChannel> idle = Optional.empty();
    private boolean stopping;

    /// What all workers of a room share.
    record Circle(
            Supplier<TableSet> tables,
            Means means,
            Deadlines deadlines,
            InstantSource clock,
            SessionId.Source sessions,
            Log log,
            Tongue tongue) {}

    /// How the workers of a room speak with the queue: made once, for it takes long.
    record Tongue(Frames<Work> words, Frames<Work.Assignment> assignments) {
        Tongue() {
            this(Work.frames(), Work.assignments());
        }
    }

    Worker(Path queue, Circle circle) {
        this.queue = queue;
        this.circle = circle;
    }

    /// Ends the worker: at once if it waits for work, else after the attempt that it makes.
    synchronized void stop() {
        stopping = true;
        stopped.countDown();
        if (idle.isPresent()) {
            close(idle.get());
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    private synchronized boolean isIdle(SocketChannel channel) {
        idle = stopping ? Optional.empty() : Optional.of(channel);
        return !stopping;
    }

    private synchronized void isBusy() {
        idle = Optional.empty();
    }

    @Override
    public void run() {
        long pause = SHORTEST_PAUSE;
        try {
            while (!stopped.await(pause, TimeUnit.MILLISECONDS)) {
                pause = converses() ? SHORTEST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
            }
        } catch (InterruptedException e) {
            // Interrupted means leave.
        }
    }

    /// Holds one conversation, to its end.
    ///
    /// @return whether there was one
    private boolean converses() {
        boolean connected = false;
        try (var channel = Hearing.connect(queue)) {
            connected = true;
            var conversation =
                    new Conversation<>(
                            channel,
                            circle.tongue().words(),
                            circle.tongue().assignments(),
                            circle.deadlines());
            while (isIdle(channel)) {
                conversation.say(new Work.Ready(Work.Lane.LOCAL));
                var assignment = conversation.hearWhenever();
                isBusy();
                if (!(assignment instanceof Work.Assignment.Try first)) {
                    throw new IOException("the queue sends content that nobody asked for");
                }
                if (first.following() == 0) {
                    attempt(conversation, first);
                } else {
                    attempts(conversation, first);
                }
            }
            conversation.flush();
        } catch (ContentLost lost) {
            circle.log().warn("delivery: attempt given up: " + lost.getMessage());
        } catch (IOException e) {
            if (connected) {
                circle.log().debug("delivery: conversation with the queue ended: " + e);
            }
        } catch (RuntimeException bug) {
            circle.log().bug("delivery", bug);
        } finally {
            isBusy();
        }
        return connected;
    }

    private void attempt(Conversation<Work, Work.Assignment> conversation, Work.Assignment.Try work)
            throws IOException {
        for (var envelope : work.envelopes()) {
            // What came of one must not wait for the next. The last goes out with Ready.
            conversation.flush();
            attempt(conversation, envelope, work.content());
        }
    }

    /// Makes several attempts at once, whose content has come. What is not for a Maildir any more
    /// goes back: the queue counts how many commands run for a user, and hears of each at its end.
    private void attempts(
            Conversation<Work, Work.Assignment> conversation, Work.Assignment.Try first)
            throws IOException {
        var deliveries = new ArrayList<Delivery>();
        var line = new Line(conversation);
        var tables = circle.tables().get();
        var work = first;
        while (true) {
            if (!(work.content() instanceof Work.Content.Inline(var bytes))) {
                throw new IOException("the queue gives out together what it has yet to send");
            }
            for (var envelope : work.envelopes()) {
                if (Delivery.keepsCompany(tables.config(), envelope.share())) {
                    var source = new Source.Inline(bytes, line::isThere);
                    deliveries.add(delivery(tables, envelope, source));
                } else {
                    conversation.say(new Work.NotYet(envelope.id()));
                }
            }
            if (work.following() == 0) {
                break;
            }
            int following = work.following();
            if (!(conversation.hear(SAID_AT_ONCE) instanceof Work.Assignment.Try next)
                    || next.following() != following - 1) {
                throw new IOException("the queue did not say what was to follow");
            }
            work = next;
        }
        var results = new ArrayList<Work.Result>();
        for (var done : Delivery.all(deliveries, circle.means())) {
            log(done.envelope(), done.outcome());
            results.add(new Work.Result(done.envelope().id(), done.outcome()));
        }
        if (!results.isEmpty()) {
            conversation.say(new Work.Report(results));
        }
    }

    private void attempt(
            Conversation<Work, Work.Assignment> conversation,
            Envelope envelope,
            Work.Content content)
            throws IOException {
        var tables = circle.tables().get();
        if (!Delivery.knows(tables.config(), envelope.share())) {
            conversation.say(new Work.NotYet(envelope.id()));
            return;
        }
        var line = new Line(conversation);
        Outcome outcome;
        switch (content) {
            case Work.Content.Inline(var bytes) ->
                    outcome = outcome(tables, envelope, new Source.Inline(bytes, line::isThere));
            case Work.Content.OnRequest(var length) -> {
                var source = new Source.Fetched(line, length);
                outcome = outcome(tables, envelope, source);
                source.drain();
            }
        }
        log(envelope, outcome);
        conversation.say(new Work.Report(List.of(new Work.Result(envelope.id(), outcome))));
    }

    private void log(Envelope envelope, Outcome outcome) {
        Reporting.log(
                circle.log(),
                circle.sessions().next(),
                envelope,
                circle.clock().instant(),
                outcome);
    }

    private Outcome outcome(TableSet tables, Envelope envelope, Source source) throws ContentLost {
        return Delivery.all(List.of(delivery(tables, envelope, source)), circle.means())
                .getFirst()
                .outcome();
    }

    private Delivery delivery(TableSet tables, Envelope envelope, Source source) {
        return new Delivery(tables, circle.means(), envelope, source);
    }
}
