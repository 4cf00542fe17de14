package org.postern.front.relay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Work;
import org.postern.mail.Chunk;

/// A queue that hands out what a test gives it, and collects the reports.
final class FakeQueue implements Closeable {
    private final Deadlines deadlines = new Deadlines();
    private final LinkedBlockingQueue<Piece> work = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Work.Result> results = new LinkedBlockingQueue<>();
    private final List<SocketChannel> open = new ArrayList<>(); // guarded by open
    private final Hearing hearing;

    /// Work with the pieces of its content, if it is fetched.
    private record Piece(Work.Assignment.Try assignment, List<Chunk> content) {}

    FakeQueue(Path socket) throws IOException {
        hearing =
                Hearing.open(
                        socket,
                        new Hearing.Audience.Anyone(),
                        300,
                        (channel, _) -> talk(channel),
                        new Hearing.Reports() {
                            @Override
                            public void refused(Path path, String user) {}

                            @Override
                            public void broken(Path path, Throwable cause) {}
                        });
    }

    void give(Work.Assignment.Try assignment, Chunk... content) {
        work.add(new Piece(assignment, List.of(content)));
    }

    /// The results of the next `count` envelopes.
    List<Work.Result> results(int count) throws InterruptedException {
        var got = new ArrayList<Work.Result>();
        while (got.size() < count) {
            var result = results.poll(60, TimeUnit.SECONDS);
            if (result == null) {
                throw new AssertionError("only " + got.size() + " results came");
            }
            got.add(result);
        }
        return got;
    }

    private void talk(SocketChannel channel) throws IOException {
        synchronized (open) {
            open.add(channel);
        }
        var worker = new Conversation<>(channel, Work.assignments(), Work.frames(), deadlines);
        List<Chunk> content = List.of();
        while (true) {
            switch (worker.hearWhenever()) {
                case Work.Ready(var lane) -> {
                    if (lane != Work.Lane.RELAY) {
                        throw new IOException("a worker of the wrong lane");
                    }
                    var next = next(channel);
                    content = next.content;
                    worker.say(next.assignment);
                }
                case Work.Fetch() -> {
                    for (var piece : content.subList(0, content.size() - 1)) {
                        worker.say(new Work.Assignment.Piece(piece));
                    }
                    worker.say(new Work.Assignment.LastPiece(content.getLast()));
                }
                case Work.Report(var reported) -> results.addAll(reported);
                case Work.Routed _, Work.NotYet _ ->
                        throw new IOException("neither the lane ROUTE nor an unknown action");
            }
        }
    }

    private Piece next(SocketChannel channel) throws IOException {
        try {
            while (channel.isOpen()) {
                var next = work.poll(50, TimeUnit.MILLISECONDS);
                if (next != null) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("the test is over");
    }

    /// Hangs up on all workers, as a queue that is restarted does.
    void hangUp() throws IOException {
        synchronized (open) {
            for (var channel : open) {
                channel.close();
            }
            open.clear();
        }
    }

    @Override
    public void close() throws IOException {
        hearing.close();
        hangUp();
    }
}
