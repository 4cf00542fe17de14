package org.postern.queue.store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.postern.ipc.Submission;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Share;

/// The embedded store: segments in a directory of this machine, one process at a time.
public final class SegmentStore implements Store {
    private static final long SPACE_IS_FRESH = Duration.ofMillis(500).toNanos();

    /// Sizes that tests make small.
    ///
    /// @param segmentSize how long a segment is, in bytes
    /// @param reserve how many bytes of the disk new mail must leave free
    /// @param mostEnvelopes beyond so many there is no room for new mail
    public record Options(int segmentSize, long reserve, long mostEnvelopes) {
        /// What an envelope takes of the memory, in bytes, with what a scheduler knows of it.
        private static final int ENVELOPE_IN_MEMORY = 400;

        /// Segments of 64 MB; 256 MB of disk kept free, room for the results of what is queued; and
        /// no more envelopes than fit into memory, since they all have to at the next start.
        public static final Options DEFAULTS =
                new Options(
                        64 << 20,
                        256L << 20,
                        Runtime.getRuntime().maxMemory() / ENVELOPE_IN_MEMORY);

        public Options {
            if (segmentSize < 1 << 20 || segmentSize > 1 << 30 || segmentSize % 8 != 0) {
                throw new IllegalArgumentException("segments of " + segmentSize + " bytes");
            }
        }
    }

    private final Disk disk;
    private final Options options;
    private final Log log;
    private final Index index = new Index();
    private final Segments segments;
    private final Items items;
    private final Committer committer;
    private final Checkpoints checkpoints;
    private final Evacuation evacuation;
    private final AtomicLong written = new AtomicLong();
    private final Thread housekeeper =
            Thread.ofPlatform().daemon().name("checkpoint").unstarted(this::keepHouse);
    private volatile long checkpointAfter;
    private volatile boolean closing;
    private volatile long spaceSeen = System.nanoTime() - SPACE_IS_FRESH;
    private volatile Submission.Space space = Submission.Space.FREE;

    private SegmentStore(Disk disk, Options options, Log log) throws IOException {
        this.disk = disk;
        this.options = options;
        this.log = log;
        this.segments = new Segments(disk, options.segmentSize(), log);
        this.items = new Items(disk, segments, index);
        this.checkpoints = new Checkpoints(disk);
        this.checkpointAfter = 2L * options.segmentSize();
        this.evacuation = new Evacuation(segments, index, log);
        var tail = recover();
        this.committer = new Committer(disk, segments, index, tail, new Housekeeping(), log);
    }

    /// Reads what is there; the log goes on at the tail that is returned.
    private Segments.Tail recover() throws IOException {
        try {
            var end = new Recovery(disk, segments, index, log).run();
            segments.start();
            var tail = tail(end);
            index.restorePosition(tail.segment().number(), tail.offset());
            return tail;
        } catch (IOException e) {
            segments.close();
            throw e;
        }
    }

    /// A fresh segment; if the disk has no room for one, the segment in which the log ended, from
    /// there: what is queued is delivered although the disk is full.
    private Segments.Tail tail(Recovery.End end) throws IOException {
        Segments.Segment fresh;
        try {
            fresh = segments.take();
        } catch (IOException e) {
            var last = segments.all().get(end.last().segment());
            if (last == null || Trouble.cause(e) != Submission.Cause.NO_SPACE) {
                throw e;
            }
            log.warn("queue: no room for a segment: the log goes on in segment " + last.number());
            return segments.resume(last, end);
        }
        var header =
                new Segments.Header(
                        fresh.number(), fresh.size(), end.last().segment(), end.last().offset());
        fresh.file().write(Segments.header(header), 0);
        fresh.file().force();
        return new Segments.Tail(fresh, Segments.START);
    }

    /// Opens the store on `disk`, after recovery of what a predecessor left there.
    ///
    /// @throws IOException if the disk does not work or holds a spool of another version
    public static SegmentStore open(Disk disk, Options options, Log log) throws IOException {
        var store = new SegmentStore(disk, options, log);
        store.committer.start();
        store.housekeeper.start();
        store.holdDamaged();
        return store;
    }

    private void holdDamaged() {
        var changes = new ArrayList<Change>();
        for (var id : index.withoutContent()) {
            log.error("queue: the content of envelope " + id + " is damaged; it is held");
            changes.add(
                    new Change.Becomes(
                            id, State.NEW.with(new State.Standing.Held("its content is damaged"))));
        }
        if (!changes.isEmpty()) {
            change(changes);
        }
    }

    @Override
    public MessageId reserve() {
        return index.reserve();
    }

    @Override
    public void giveBack(MessageId id) {
        index.giveBack(id);
    }

    @Override
    public Draft draft(MessageId id, MessageFacts facts, Instant created) {
        return new Draft(
                disk, index, committer, options.segmentSize() / 2, log, id, facts, created);
    }

    @Override
    public Submission.Space space() {
        long now = System.nanoTime();
        if (now - spaceSeen < SPACE_IS_FRESH) {
            return space;
        }
        spaceSeen = now;
        try {
            var seen =
                    disk.usable() < options.reserve()
                                    || index.envelopeCount() >= options.mostEnvelopes()
                            ? Submission.Space.FULL
                            : Submission.Space.FREE;
            if (seen != space) {
                log.warn(
                        switch (seen) {
                            case FULL -> "queue: full: new mail is refused";
                            case FREE -> "queue: has room again: new mail is taken";
                        });
            }
            space = seen;
        } catch (IOException e) {
            log.warn("queue: cannot tell how full the disk is: " + e);
        }
        return space;
    }

    @Override
    public void eachLive(Consumer<Entry> visitor) {
        index.each(visitor);
    }

    @Override
    public List<Leased> claim(List<EnvelopeId> wanted, Instant until) throws IOException {
        var claimed = new ArrayList<Leased>(wanted.size());
        for (var id : wanted) {
            items.envelope(id).ifPresent(claimed::add);
        }
        return claimed;
    }

    @Override
    public Optional<Leased> look(EnvelopeId id) throws IOException {
        return items.envelope(id);
    }

    @Override
    public Optional<Content> content(MessageId message) throws IOException {
        return items.content(message);
    }

    @Override
    public long contentLength(MessageId message) {
        return index.content(message).map(Index.FoundContent::length).orElse(0L);
    }

    @Override
    public List<EnvelopeId> envelopes(MessageId message) {
        return index.envelopes(message);
    }

    @Override
    public void change(List<Change> changes) {
        var transaction = Transaction.begin(Transaction.NEWS, 256);
        put(changes, transaction);
        transaction.seal();
        index.foresee(transaction);
        committer.submit(new Ticket(transaction, Ticket.Urgency.SOON));
    }

    @Override
    public Answer commit(Fresh fresh, List<Change> changes) {
        var id = reserve();
        try (var draft = draft(id, fresh.facts(), fresh.created())) {
            fresh.shares().forEach(draft::add);
            append(draft, fresh.content());
            var answer = draft.commit(fresh.content().length(), changes);
            if (answer instanceof Answer.Refused) {
                giveBack(id);
            }
            return answer;
        }
    }

    private static void append(Draft draft, Chunk content) {
        draft.append(content);
    }

    @Override
    public Answer replace(EnvelopeId replaced, List<Share> shares) {
        if (!index.lives(replaced.message())) {
            return new Answer.Refused(Submission.Cause.PROTOCOL, replaced + " does not live");
        }
        var transaction = Transaction.begin(Transaction.NEWS, 256);
        var ids = new ArrayList<EnvelopeId>(shares.size());
        for (var share : shares) {
            var id = index.draw(replaced.message());
            while (ids.contains(id)) {
                id = index.draw(replaced.message());
            }
            ids.add(id);
            transaction.envelope(id.value(), share);
        }
        transaction.done(replaced.value());
        if (transaction.length() > options.segmentSize() / 2) {
            return new Answer.Refused(Submission.Cause.PROTOCOL, "too many shares");
        }
        transaction.seal();
        var ticket = new Ticket(transaction, Ticket.Urgency.WAITED_FOR);
        committer.submit(ticket);
        return switch (ticket.await()) {
            case Ticket.Result.Written() -> new Answer.Committed(ids);
            case Ticket.Result.Refused(var cause, var text) -> new Answer.Refused(cause, text);
        };
    }

    /// Adds the items of `changes` to `transaction`.
    static void put(Collection<Change> changes, Transaction transaction) {
        for (var change : changes) {
            switch (change) {
                case Change.Becomes(var id, var state) -> transaction.state(id.value(), state);
                case Change.Done(var id) -> transaction.done(id.value());
            }
        }
    }

    @Override
    public Figures figures() {
        return new Figures(
                index.messageCount(),
                index.envelopeCount(),
                segments.all().size(),
                committer.commits(),
                committer.forces());
    }

    private final class Housekeeping implements Committer.Between {
        @Override
        public void batchWritten(long bytes) {
            if (written.addAndGet(bytes) > checkpointAfter) {
                LockSupport.unpark(housekeeper);
            }
        }

        @Override
        public Optional<Transaction> next(int current) {
            return evacuation.next(current);
        }
    }

    private void keepHouse() {
        try {
            checkpoint(); // what recovery found need not be read again
            while (!closing) {
                LockSupport.parkNanos(this, 1_000_000_000L);
                if (!closing && written.get() > checkpointAfter) {
                    checkpoint();
                }
            }
        } catch (RuntimeException e) {
            // Not worth a death, and another at each start: mail flows without them.
            log.bug("queue: no more checkpoints are written", e);
        }
    }

    /// Writes the index, and lets go of the segments that nothing in it needs.
    private void checkpoint() {
        try {
            long before = written.get();
            var snapshot = index.snapshot();
            long length = snapshot.bytes().remaining();
            checkpoints.write(snapshot);
            written.addAndGet(-before);
            checkpointAfter = Math.max(2L * options.segmentSize(), 4 * length);
            for (int number : snapshot.unneeded()) {
                if (number < snapshot.position().segment()) {
                    segments.free(number);
                    index.forgetSegment(number);
                }
            }
            evacuation.consider(snapshot.position().segment());
        } catch (IOException e) {
            log.error("queue: cannot write a checkpoint: " + e);
            written.set(0);
        }
    }

    @Override
    public void close() throws IOException {
        committer.close();
        closing = true;
        LockSupport.unpark(housekeeper);
        try {
            housekeeper.join(Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        checkpoint();
        segments.close();
    }
}
