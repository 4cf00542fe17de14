package org.postern.queue.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.postern.ipc.Submission;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// A message that is not committed yet. Belongs to one thread.
///
/// It is gathered in memory in the form of its record, and only when the content grows long in a
/// file. Closing a draft that was not committed forgets it; so does a crash.
public final class Draft implements Closeable {
    private final Disk disk;
    private final Index index;
    private final Committer committer;
    private final int longestRecord;
    private final Log log;
    private final MessageId id;
    private final Transaction transaction = Transaction.begin(Transaction.NEWS, 8192);
    private final List<EnvelopeId> envelopes = new ArrayList<>(1);
    private final Set<EnvelopeId> drawn = new HashSet<>();
    private final CRC32C crc = new CRC32C();
    private int contentAt;
    private long length;
    private boolean settled;

    // The file of a content that has grown long; null before.
    private Disk.@Nullable File spilled;

    // What went wrong on the way; null while nothing did.
    private Store.Answer.@Nullable Refused refused;

    Draft(
            Disk disk,
            Index index,
            Committer committer,
            int longestRecord,
            Log log,
            MessageId id,
            MessageFacts facts,
            Instant created) {
        this.disk = disk;
        this.index = index;
        this.committer = committer;
        this.longestRecord = longestRecord;
        this.log = log;
        this.id = id;
        transaction.message(id.value(), created, facts);
    }

    /// Adds one recipient's share. All shares come before the content.
    public void add(Share share) {
        if (contentAt != 0) {
            refuse(Submission.Cause.PROTOCOL, "a share after the content has begun");
            return;
        }
        if (transaction.length() > longestRecord) {
            refuse(Submission.Cause.PROTOCOL, "too many shares");
            return;
        }
        var envelope = index.draw(id);
        while (!drawn.add(envelope)) {
            envelope = index.draw(id);
        }
        envelopes.add(envelope);
        transaction.envelope(envelope.value(), share);
    }

    /// How many shares were added.
    public int shares() {
        return envelopes.size();
    }

    /// How many bytes of content were appended.
    public long length() {
        return length;
    }

    /// Appends content. A disk that fails is told of at the commit.
    public void append(Chunk content) {
        if (contentAt == 0) {
            contentAt = transaction.beginContent(id.value());
        }
        length += content.length();
        if (refused != null) {
            return;
        }
        try {
            if (spilled == null && length <= Index.LONGEST_INLINE) {
                content.putInto(transaction.append(content.length()));
            } else {
                var file = spilled == null ? spill() : spilled;
                write(file, content.buffer(), length - content.length());
            }
        } catch (IOException e) {
            log.error("queue: writing the content of " + id + ": " + e);
            refuse(Trouble.cause(e), String.valueOf(e));
        }
    }

    private Disk.File spill() throws IOException {
        var file = disk.create(Content.file(id.value()));
        spilled = file;
        write(file, transaction.takeContent(contentAt), 0);
        return file;
    }

    private void write(Disk.File file, ByteBuffer bytes, long at) throws IOException {
        crc.update(bytes.duplicate());
        file.write(bytes, at);
    }

    private void refuse(Submission.Cause cause, String text) {
        if (refused == null) {
            refused = new Store.Answer.Refused(cause, text);
        }
    }

    /// Puts the message on disk: when this returns `Committed`, it is there. `expected` is how long
    /// the content must be.
    public Store.Answer commit(long expected) {
        return commit(expected, List.of());
    }

    /// As [#commit], together with changes to other envelopes.
    Store.Answer commit(long expected, List<Store.Change> changes) {
        return submit(expected, changes).await();
    }

    /// A message on its way to the disk. One thread may wait for it.
    public final class Submitted {
        private final Ticket ticket;

        private Submitted(Ticket ticket) {
            this.ticket = ticket;
        }

        /// Is it known what came of it?
        public boolean isSettled() {
            return ticket.isAnswered();
        }

        /// Waits until it is known what came of it.
        public Store.Answer await() {
            return switch (ticket.await()) {
                case Ticket.Result.Written() -> {
                    settled = true;
                    yield new Store.Answer.Committed(envelopes);
                }
                case Ticket.Result.Refused(var cause, var text) ->
                        new Store.Answer.Refused(cause, text);
            };
        }
    }

    /// As [#commit], but returns as soon as the message is on its way.
    public Submitted submit(long expected) {
        return submit(expected, List.of());
    }

    private Submitted submit(long expected, List<Store.Change> changes) {
        if (expected != length) {
            refuse(
                    Submission.Cause.PROTOCOL,
                    length + " bytes where " + expected + " were announced");
        } else if (envelopes.isEmpty()) {
            refuse(Submission.Cause.PROTOCOL, "a message without a recipient");
        }
        if (refused == null) {
            try {
                finishContent();
            } catch (IOException e) {
                log.error("queue: writing the content of " + id + ": " + e);
                refuse(Trouble.cause(e), String.valueOf(e));
            }
        }
        var ticket = new Ticket(transaction, Ticket.Urgency.WAITED_FOR);
        if (refused != null) {
            ticket.answer(new Ticket.Result.Refused(refused.cause(), refused.text()));
            return new Submitted(ticket);
        }
        SegmentStore.put(changes, transaction);
        transaction.seal();
        committer.submit(ticket);
        return new Submitted(ticket);
    }

    private void finishContent() throws IOException {
        if (contentAt == 0) {
            contentAt = transaction.beginContent(id.value());
        }
        if (spilled == null) {
            transaction.endContent(contentAt, id.value());
            return;
        }
        var file = spilled;
        Platform.run(
                () -> {
                    file.force();
                    disk.syncDirectory(Content.DIRECTORY);
                });
        transaction.contentFile(id.value(), length, (int) crc.getValue());
    }

    /// Lets go; forgets the message if it was not committed.
    @Override
    public void close() {
        try {
            if (spilled != null) {
                spilled.close();
                if (!settled) {
                    disk.delete(Content.file(id.value()));
                }
            }
        } catch (IOException e) {
            log.warn("queue: forgetting the content of " + id + ": " + e);
        }
        spilled = null;
    }
}
