package org.postern.front.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postern.ipc.Submission;
import org.postern.mail.Chunk;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// A message that is not in the queue yet. Closing it before it was committed forgets it.
///
/// A small message is gathered here and takes a conversation only for the moment of its commit, so
/// that slow clients do not keep others from the queue; a large one takes it when it outgrows the
/// buffer. Its id comes with it, unless it has one already.
final class Draft implements Closeable {
    private static final int SMALL = 4 * 1024;
    private static final int PIECE = 64 * 1024;

    /// The Received field is shorter than this.
    private static final int LONGEST_FIELD = 4 * 1024;

    /// What stands before the content of the message with this id, lines ended by LF, or nothing.
    @FunctionalInterface
    interface Head {
        String of(MessageId id);
    }

    private final Submissions submissions;
    private final MessageFacts facts;
    private final List<Share> shares;
    private final Head head;

    /// The id that the message has already; none, if it gets one on its way.
    private final List<Submissions.Name> name;

    private final List<Submissions.Lease> lease = new ArrayList<>(1);
    private boolean begun;
    private byte[] gathered = new byte[SMALL];
    private int length;
    private long size;
    private String trouble = "";
    private boolean closed;

    /// @param name the id of the message, if it has one already
    Draft(
            Submissions submissions,
            MessageFacts facts,
            List<Share> shares,
            Head head,
            List<Submissions.Name> name) {
        this.submissions = submissions;
        this.facts = facts;
        this.shares = shares;
        this.head = head;
        this.name = List.copyOf(name);
    }

    /// Adds the bytes from `from` to `to` to the content. If the queue has hung up, they are
    /// forgotten, and [#commit] says so.
    void append(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && trouble.isEmpty() && !closed) {
            if (length == gathered.length) {
                makeRoom(to - at);
            }
            int count = Math.min(to - at, gathered.length - length);
            System.arraycopy(bytes, at, gathered, length, count);
            length += count;
            at += count;
        }
    }

    private void makeRoom(int more) {
        if (gathered.length < PIECE) {
            int wanted = Math.max(gathered.length * 2, length + more);
            gathered = Arrays.copyOf(gathered, Math.min(wanted, PIECE));
            return;
        }
        try {
            send();
        } catch (IOException e) {
            hangUp(e);
        }
    }

    /// Has the queue put the message on disk, and waits until it is there.
    Content.Taken commit() {
        if (!trouble.isEmpty()) {
            return new Content.Taken.NotNow(Replies.TRY_LATER, trouble);
        }
        try {
            if (lease.isEmpty() && submissions.fits(shares, length + LONGEST_FIELD)) {
                return taken(
                        name.isEmpty()
                                ? submissions.carry(this::whole)
                                : name.getFirst().carry(this::whole));
            }
            send();
            return taken(lease.getFirst().commit(size));
        } catch (IOException e) {
            hangUp(e);
            return new Content.Taken.NotNow(Replies.TRY_LATER, trouble);
        }
    }

    private Submission.Whole whole(MessageId id) {
        var field = head.of(id).getBytes(StandardCharsets.UTF_8);
        var content = Arrays.copyOf(field, field.length + length);
        System.arraycopy(gathered, 0, content, field.length, length);
        size = content.length;
        return new Submission.Whole(id, facts, shares, Chunk.handOver(content));
    }

    private Content.Taken taken(Submission.Answer answer) {
        return switch (answer) {
            case Submission.Answer.Committed(var envelopes, _, _) ->
                    new Content.Taken.Queued(new Transaction.Result.Queued(envelopes, size));
            case Submission.Answer.Refused(var cause, var text, _, _) ->
                    new Content.Taken.NotNow(
                            switch (cause) {
                                case NO_SPACE -> Replies.DISK_FULL;
                                case DISK_ERROR, PROTOCOL -> Replies.TRY_LATER;
                            },
                            "queue refused: " + text);
            case Submission.Answer.Opened _,
                    Submission.Answer.Abandoned _,
                    Submission.Answer.Reserved _ ->
                    throw new IllegalStateException("the queue answered a commit with " + answer);
        };
    }

    /// Sends what was gathered; first, if nothing was sent before, what precedes the content.
    private void send() throws IOException {
        if (lease.isEmpty()) {
            lease.add(submissions.take());
        }
        if (!begun) {
            begun = true;
            var taken = lease.getFirst();
            var id = name.isEmpty() ? taken.next() : name.getFirst().use();
            taken.say(new Submission.Begin(id, facts));
            for (var share : shares) {
                taken.say(new Submission.Add(share));
            }
            var before = head.of(id);
            if (!before.isEmpty()) {
                append(taken, Chunk.of(before, StandardCharsets.UTF_8));
            }
        }
        if (length > 0) {
            // Saying it copies it, so the buffer can be used again.
            append(lease.getFirst(), Chunk.handOver(gathered).slice(0, length));
            length = 0;
        }
    }

    private void append(Submissions.Lease to, Chunk content) throws IOException {
        to.say(new Submission.Append(content));
        size += content.length();
    }

    private void hangUp(IOException e) {
        trouble = "queue away: " + e.getMessage();
        close();
        submissions.dropIdle(); // they lead to the same queue
    }

    /// Has it a way into the queue of its own, when few are left for others?
    boolean keepsOthersWaiting() {
        return !lease.isEmpty() && submissions.areFewLeft();
    }

    /// Lets go of the conversation; hangs up if a message is under way in it.
    @Override
    public void close() {
        closed = true;
        lease.forEach(Submissions.Lease::close);
        lease.clear();
    }
}
