package org.postern.delivery;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;

/// A queue that hands out the attempts a test wants, over a real socket.
final class FakeQueue implements Hearing.Hearer, Closeable {
    /// What the test is told of an envelope whose action the room does not know.
    static final Outcome NOT_YET =
            new Outcome.Deferred(new org.postern.mail.EnhancedStatus(4, 0, 0), "not yet", "");

    private static final long PATIENCE_SECONDS = 60;

    private final Deadlines deadlines;
    private final Hearing hearing;
    private final Set<SocketChannel> channels = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<Job> jobs = new LinkedBlockingQueue<>();

    /// How the content of a job ends.
    enum End {
        WHOLE,
        HANG_UP
    }

    /// An attempt to be handed out, and what came of it; nothing, if the worker hung up.
    static final class Job {
        private final Envelope envelope;
        private final Work.Content content;
        private final List<Chunk> pieces;
        private final End end;
        private List<Envelope> others = List.of();
        private final ArrayBlockingQueue<List<Outcome>> outcome = new ArrayBlockingQueue<>(1);

        Job(Envelope envelope, Work.Content content, List<Chunk> pieces, End end) {
            this.envelope = envelope;
            this.content = content;
            this.pieces = List.copyOf(pieces);
            this.end = end;
        }

        Outcome outcome() throws InterruptedException {
            var outcomes = end();
            if (outcomes.isEmpty()) {
                throw new AssertionError("the worker hung up");
            }
            return outcomes.getFirst();
        }

        List<Outcome> end() throws InterruptedException {
            var outcomes = outcome.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (outcomes == null) {
                throw new AssertionError("no outcome in " + PATIENCE_SECONDS + " seconds");
            }
            return outcomes;
        }
    }

    FakeQueue(Path socket, Deadlines deadlines) throws IOException {
        this.deadlines = deadlines;
        this.hearing =
                Hearing.open(
                        socket,
                        new Hearing.Audience.Anyone(),
                        100,
                        this,
                        new Hearing.Reports() {
                            @Override
                            public void refused(Path where, String user) {
                                throw new AssertionError(user + " refused");
                            }

                            @Override
                            public void broken(Path where, Throwable cause) {
                                cause.printStackTrace();
                            }
                        });
    }

    /// Ends as a process does that is killed: hangs up on everybody.
    void die() throws IOException {
        close();
        for (var channel : channels) {
            channel.close();
        }
    }

    Job hand(Envelope envelope, String content) {
        return hand(
                new Job(
                        envelope,
                        new Work.Content.Inline(Chunk.of(content)),
                        List.of(),
                        End.WHOLE));
    }

    Job hand(Job job) {
        jobs.add(job);
        return job;
    }

    @Override
    public void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        channels.add(channel);
        var conversation =
                new Conversation<>(channel, Work.assignments(), Work.frames(), deadlines);
        while (true) {
            if (!conversation.hearWhenever().equals(new Work.Ready(Work.Lane.LOCAL))) {
                throw new IOException("expected Ready");
            }
            Job job;
            try {
                job = jobs.take();
            } catch (InterruptedException e) {
                return;
            }
            boolean reported = false;
            try {
                reported = serve(conversation, job);
            } finally {
                if (!reported) {
                    job.outcome.add(List.of());
                }
            }
            if (!reported) {
                return;
            }
        }
    }

    /// Hands out these together, and gives what came of each.
    List<Outcome> together(List<Envelope> envelopes, String content) throws InterruptedException {
        var job =
                new Job(
                        envelopes.getFirst(),
                        new Work.Content.Inline(Chunk.of(content)),
                        List.of(),
                        End.WHOLE);
        job.others = List.copyOf(envelopes.subList(1, envelopes.size()));
        jobs.add(job);
        return job.end();
    }

    private boolean serve(Conversation<Work.Assignment, Work> conversation, Job job)
            throws IOException {
        if (!job.others.isEmpty()) {
            return serveTogether(conversation, job);
        }
        conversation.say(new Work.Assignment.Try(List.of(job.envelope), job.content));
        while (true) {
            switch (conversation.hear(Duration.ofSeconds(PATIENCE_SECONDS))) {
                case Work.Fetch() -> {
                    if (!sends(conversation, job)) {
                        return false;
                    }
                }
                case Work.Report(var results) -> {
                    job.outcome.add(List.of(results.getFirst().outcome()));
                    return true;
                }
                case Work.NotYet _ -> {
                    job.outcome.add(List.of(NOT_YET));
                    return true;
                }
                case Work.Ready _, Work.Routed _ -> throw new IOException("not now");
            }
        }
    }

    private static boolean serveTogether(Conversation<Work.Assignment, Work> conversation, Job job)
            throws IOException {
        int following = job.others.size();
        conversation.say(new Work.Assignment.Try(List.of(job.envelope), job.content, following));
        for (var other : job.others) {
            following--;
            conversation.say(new Work.Assignment.Try(List.of(other), job.content, following));
        }
        var outcomes = new ArrayList<Outcome>();
        while (outcomes.size() <= job.others.size()) {
            switch (conversation.hear(Duration.ofSeconds(PATIENCE_SECONDS))) {
                case Work.Report(var results) ->
                        results.forEach(result -> outcomes.add(result.outcome()));
                case Work.NotYet _ -> outcomes.add(NOT_YET);
                case Work.Ready _, Work.Routed _, Work.Fetch _ -> throw new IOException("not now");
            }
        }
        return job.outcome.add(outcomes);
    }

    private static boolean sends(Conversation<Work.Assignment, Work> conversation, Job job)
            throws IOException {
        for (int i = 0; i < job.pieces.size(); i++) {
            boolean last = i == job.pieces.size() - 1 && job.end == End.WHOLE;
            conversation.say(
                    last
                            ? new Work.Assignment.LastPiece(job.pieces.get(i))
                            : new Work.Assignment.Piece(job.pieces.get(i)));
            conversation.flush();
        }
        return job.end == End.WHOLE;
    }

    @Override
    public void close() throws IOException {
        hearing.close();
    }
}
