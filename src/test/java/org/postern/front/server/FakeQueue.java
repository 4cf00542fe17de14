package org.postern.front.server;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Submission;
import org.postern.ipc.Submission.Answer;
import org.postern.ipc.Submission.Space;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// A queue that speaks the real conversation and keeps what it is given in a list.
final class FakeQueue implements Closeable {
    /// How the queue behaves at Commit.
    enum Mood {
        WELL,
        HANGS_UP,
        DISK_ERROR,
        NO_SPACE
    }

    /// One message.
    record Kept(MessageFacts facts, List<Share> shares, String content) {
        Kept {
            shares = List.copyOf(shares);
        }
    }

    private final Path directory;
    private final Hearing hearing;
    private final Deadlines deadlines = new Deadlines();
    private final AtomicInteger ids = new AtomicInteger(0xa1b2c3d3);
    private final AtomicInteger conversations = new AtomicInteger();
    private final List<Kept> kept = new CopyOnWriteArrayList<>();
    private final List<Throwable> broken = new CopyOnWriteArrayList<>();
    private volatile Mood mood = Mood.WELL;
    private volatile Space space = Space.FREE;

    FakeQueue() throws IOException {
        directory = Files.createTempDirectory("queue");
        hearing =
                Hearing.open(
                        socket(),
                        new Hearing.Audience.Anyone(),
                        1000,
                        (channel, _) -> hear(channel),
                        new Hearing.Reports() {
                            @Override
                            public void refused(Path socket, String user) {}

                            @Override
                            public void broken(Path socket, Throwable cause) {
                                broken.add(cause);
                            }
                        });
    }

    Path socket() {
        return directory.resolve("submission.sock");
    }

    Deadlines deadlines() {
        return deadlines;
    }

    void isIn(Mood newMood) {
        mood = newMood;
    }

    void has(Space newSpace) {
        space = newSpace;
    }

    List<Kept> kept() {
        return kept;
    }

    List<Throwable> broken() {
        return broken;
    }

    int conversations() {
        return conversations.get();
    }

    private MessageId next() {
        return new MessageId(ids.incrementAndGet());
    }

    private void hear(SocketChannel channel) throws IOException {
        conversations.incrementAndGet();
        try {
            converse(channel);
        } finally {
            conversations.decrementAndGet();
        }
    }

    private void converse(SocketChannel channel) throws IOException {
        var conversation =
                new Conversation<>(channel, Submission.answers(), Submission.frames(), deadlines);
        var id = next();
        conversation.say(new Answer.Opened(id, space));
        var facts = new ArrayList<MessageFacts>();
        var shares = new ArrayList<Share>();
        var content = new ByteArrayOutputStream();
        while (true) {
            switch (conversation.hearWhenever()) {
                case Submission.Reserve() -> {
                    var ids = Stream.generate(this::next).limit(7).toList();
                    conversation.say(new Answer.Reserved(ids, space));
                }
                case Submission.Whole(var now, var said, var all, var text) -> {
                    if (mood == Mood.HANGS_UP) {
                        return;
                    }
                    conversation.say(answer(now, new Kept(said, all, text.text())));
                }
                case Submission.Begin(var named, var said) -> {
                    id = named;
                    facts.add(said);
                }
                case Submission.Add(var share) -> shares.add(share);
                case Submission.Append(var piece) -> piece.writeTo(content);
                case Submission.Abandon() -> {
                    id = next();
                    conversation.say(new Answer.Abandoned(id, space));
                }
                case Submission.Commit(long length) -> {
                    if (mood == Mood.HANGS_UP) {
                        return;
                    }
                    if (length != content.size()) {
                        throw new IOException(length + " is not " + content.size());
                    }
                    var text = content.toString(StandardCharsets.ISO_8859_1);
                    conversation.say(answer(id, new Kept(facts.getFirst(), shares, text)));
                    facts.clear();
                    shares.clear();
                    content.reset();
                }
            }
        }
    }

    private Answer answer(MessageId id, Kept message) {
        var next = next();
        switch (mood) {
            case WELL -> {
                kept.add(message);
                var envelopes = new ArrayList<EnvelopeId>();
                for (int i = 1; i <= message.shares().size(); i++) {
                    envelopes.add(EnvelopeId.of(id, i));
                }
                return new Answer.Committed(envelopes, next, space);
            }
            case NO_SPACE -> {
                return new Answer.Refused(Submission.Cause.NO_SPACE, "a test", next, space);
            }
            case DISK_ERROR, HANGS_UP -> {
                return new Answer.Refused(Submission.Cause.DISK_ERROR, "a test", next, space);
            }
        }
        throw new AssertionError(mood);
    }

    @Override
    public void close() throws IOException {
        hearing.close();
        Files.deleteIfExists(directory);
    }
}
