package org.postern.queue.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.postern.ipc.Submission;
import org.postern.ipc.Vital;
import org.postern.log.Log;
import org.postern.queue.store.Segments.Segment;

/// Writes transactions to the segments, on one platform thread: takes all that wait, writes them
/// together, forces once, and answers all. While the disk works, the next ones gather.
///
/// After a write or a force that failed, the segment is never written again: those who wait are
/// refused, and the next transaction goes to another segment.
final class Committer {
    private static final long LINGER = Duration.ofMillis(50).toNanos();
    private static final long PAUSE_AFTER_TROUBLE = Duration.ofMillis(200).toNanos();
    private static final long SPACING = Duration.ofMillis(1).toNanos();
    private static final int MOST_BYTES = 8 << 20;
    private static final int MOST_AT_CLOSE = 5;

    /// What the committer does between batches.
    interface Between {
        /// Called on the committer's thread when a batch is answered.
        void batchWritten(long bytes);

        /// A transaction to be written before all others, because it describes the index as it is
        /// now; or nothing.
        java.util.Optional<Transaction> next(int current);
    }

    /// What the committer's thread is doing.
    private enum Sleep {
        AWAKE,
        LINGERING,
        ASLEEP
    }

    private final Segments segments;
    private final Index index;
    private final Disk disk;
    private final Log log;
    private final Between between;
    private final ConcurrentLinkedQueue<Ticket> waiting = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Ticket> carried = new ArrayDeque<>();
    private final ByteBuffer gather = ByteBuffer.allocateDirect(1 << 20);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("committer").unstarted(Vital.thread(this::run));
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();
    private volatile Sleep sleep = Sleep.AWAKE;
    private volatile boolean closing;
    private volatile boolean ended;

    // The place where the next record goes. Only the committer's thread touches it, once it runs.
    private Segment segment;
    private int offset;
    private boolean broken;

    /// How often a write failed after the end had come. Only the committer's thread touches it.
    private int failedAtClose;

    /// When the last batch began. Only the committer's thread touches it.
    private long begun = System.nanoTime() - SPACING;

    /// A committer that begins at `tail`, behind which its segment is empty, and before which all
    /// is on disk.
    Committer(
            Disk disk,
            Segments segments,
            Index index,
            Segments.Tail tail,
            Between between,
            Log log) {
        this.disk = disk;
        this.segments = segments;
        this.index = index;
        this.segment = tail.segment();
        this.offset = tail.offset();
        this.between = between;
        this.log = log;
    }

    void start() {
        thread.start();
    }

    /// Hands in a transaction that is [Transaction#seal]ed.
    void submit(Ticket ticket) {
        waiting.add(ticket);
        var now = sleep;
        if (now == Sleep.ASLEEP
                || (now == Sleep.LINGERING && ticket.urgency() == Ticket.Urgency.WAITED_FOR)) {
            LockSupport.unpark(thread);
        }
        if (ended) {
            refuseRest();
        }
    }

    private void run() {
        try {
            while (!closing || !waiting.isEmpty() || !carried.isEmpty()) {
                var batch = gatherTickets();
                if (!batch.isEmpty()) {
                    write(batch);
                }
                between.next(segment.number()).ifPresent(this::writeAlone);
            }
        } finally {
            ended = true;
            refuseRest();
        }
    }

    private void refuseRest() {
        for (var ticket = waiting.poll(); ticket != null; ticket = waiting.poll()) {
            ticket.answer(
                    new Ticket.Result.Refused(Submission.Cause.DISK_ERROR, "the queue is closed"));
        }
    }

    /// What waits; sleeps until there is something, and a moment longer when nobody waits for it.
    private List<Ticket> gatherTickets() {
        if (waiting.isEmpty() && carried.isEmpty()) {
            sleep = Sleep.ASLEEP;
            if (waiting.isEmpty() && !closing) {
                LockSupport.parkNanos(this, 1_000_000_000L);
            }
            sleep = Sleep.AWAKE;
        }
        linger();
        space();
        var batch = new ArrayList<Ticket>();
        long bytes = 0;
        while (bytes < MOST_BYTES) {
            var ticket = carried.isEmpty() ? waiting.poll() : carried.poll();
            if (ticket == null) {
                break;
            }
            bytes += ticket.transaction().length();
            batch.add(ticket);
        }
        return batch;
    }

    /// Lets no force begin less than a millisecond after the last, while there is one: under load
    /// more go together, and each costs less.
    private void space() {
        if (waiting.isEmpty() && carried.isEmpty()) {
            return;
        }
        long left = begun + SPACING - System.nanoTime();
        while (!closing && left > 0) {
            LockSupport.parkNanos(this, left);
            left = begun + SPACING - System.nanoTime();
        }
        begun = System.nanoTime();
    }

    private void linger() {
        long end = System.nanoTime() + LINGER;
        sleep = Sleep.LINGERING;
        while (!closing && isAllSoon()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        sleep = Sleep.AWAKE;
    }

    /// Is there something, and nobody who waits for it? Looks at the first hundred only: more of
    /// them are worth a batch.
    private boolean isAllSoon() {
        int seen = carried.size();
        for (var ticket : waiting) {
            if (ticket.urgency() == Ticket.Urgency.WAITED_FOR || seen++ > 100) {
                return false;
            }
        }
        return seen > 0;
    }

    private void writeAlone(Transaction transaction) {
        write(List.of(new Ticket(transaction, Ticket.Urgency.SOON)));
    }

    private void write(List<Ticket> batch) {
        int from = 0;
        while (from < batch.size()) {
            int to = from;
            try {
                if (broken || !fits(batch.get(from))) {
                    roll();
                }
                to = from + 1;
                int end = offset + batch.get(from).transaction().length();
                while (to < batch.size()
                        && end + batch.get(to).transaction().length() <= segment.size()) {
                    end += batch.get(to).transaction().length();
                    to++;
                }
                writeGroup(batch.subList(from, to));
            } catch (IOException e) {
                broken = true;
                to = Math.max(to, from + 1);
                fail(batch.subList(from, to), e);
            }
            from = to;
        }
    }

    private boolean fits(Ticket ticket) {
        return offset + ticket.transaction().length() <= segment.size();
    }

    private void roll() throws IOException {
        var next = segments.take();
        var header = new Segments.Header(next.number(), next.size(), segment.number(), offset);
        segment = next;
        offset = Segments.START;
        broken = true;
        segment.file().write(Segments.header(header), 0);
        broken = false;
    }

    private void writeGroup(List<Ticket> group) throws IOException {
        int start = offset;
        int at = start;
        gather.clear();
        int gathered = at;
        for (var ticket : group) {
            var bytes = ticket.transaction().bytes(segment.number(), start);
            at += bytes.remaining();
            if (bytes.remaining() > gather.remaining()) {
                segment.file().write(gather.flip(), gathered);
                gather.clear();
                gathered = at - bytes.remaining();
            }
            if (bytes.remaining() > gather.remaining()) {
                segment.file().write(bytes, gathered);
                gathered = at;
            } else {
                gather.put(bytes);
            }
        }
        if (gather.position() > 0) {
            segment.file().write(gather.flip(), gathered);
        }
        segment.file().force();
        forces.incrementAndGet();
        settle(group, start);
        between.batchWritten(at - start);
    }

    private void settle(List<Ticket> group, int start) {
        int at = start;
        for (var ticket : group) {
            var transaction = ticket.transaction();
            index.settle(transaction, segment.number(), at);
            at += transaction.length();
        }
        offset = at;
        commits.addAndGet(group.size());
        for (var ticket : group) {
            ticket.answer(new Ticket.Result.Written());
        }
        for (var ticket : group) {
            for (var file : ticket.transaction().unnamed()) {
                delete(file);
            }
        }
    }

    private void delete(String file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            log.warn("queue: cannot remove " + file + ": " + e);
        }
    }

    /// Those who wait are refused; the others go to the next segment.
    private void fail(List<Ticket> group, IOException e) {
        log.error("queue: writing segment " + segment.number() + ": " + e);
        var cause = Trouble.cause(e);
        for (var ticket : group) {
            switch (ticket.urgency()) {
                case WAITED_FOR ->
                        ticket.answer(new Ticket.Result.Refused(cause, String.valueOf(e)));
                case SOON -> {
                    if (ticket.transaction().kind() != Transaction.MOVED) {
                        carried.add(ticket);
                    }
                }
            }
        }
        if (carried.isEmpty()) {
            return;
        }
        if (closing && ++failedAtClose == MOST_AT_CLOSE) {
            log.error(
                    "queue: "
                            + carried.size()
                            + " results could not be written; unless the checkpoint can be, these"
                            + " attempts are made again");
            carried.clear();
            return;
        }
        LockSupport.parkNanos(this, PAUSE_AFTER_TROUBLE);
    }

    long commits() {
        return commits.get();
    }

    long forces() {
        return forces.get();
    }

    /// Writes what waits, then ends.
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofMinutes(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
