package org.postern.queue.schedule;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.control.ControlPoint.Lines;
import org.postern.control.Order.Selection;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.queue.store.Key;
import org.postern.queue.store.State;
import org.postern.queue.store.Store;

/// What the administrator may ask and order about queued mail.
public final class Orders {
    private final Store store;
    private final Schedule schedule; // guarded by lock
    private final ReentrantLock lock;
    private final Condition sooner;
    private final Disposal disposal;
    private final InstantSource clock;
    private final Log log;

    Orders(
            Store store,
            Schedule schedule,
            ReentrantLock lock,
            Condition sooner,
            Disposal disposal,
            InstantSource clock,
            Log log) {
        this.store = store;
        this.schedule = schedule;
        this.lock = lock;
        this.sooner = sooner;
        this.disposal = disposal;
        this.clock = clock;
        this.log = log;
    }

    private List<Listing.Row> rows(Selection selection) {
        var rows = new ArrayList<Listing.Row>();
        lock.lock();
        try {
            switch (selection) {
                case Selection.All() -> schedule.each(task -> rows.add(row(task)));
                case Selection.OfMessage(var message) -> {
                    for (var id : store.envelopes(message)) {
                        schedule.find(id.value()).ifPresent(task -> rows.add(row(task)));
                    }
                }
                case Selection.One(var id) ->
                        schedule.find(id.value()).ifPresent(task -> rows.add(row(task)));
            }
        } finally {
            lock.unlock();
        }
        rows.sort(java.util.Comparator.comparing(Listing.Row::id));
        return rows;
    }

    private Listing.Row row(Task task) {
        long now = clock.millis();
        long time =
                switch (task.phase) {
                    case IN_FLIGHT -> (now - task.event) / 1000;
                    case WAITING, READY -> Math.floorDiv(task.nextTry - now, 1000L);
                    case HELD, DEAD, CLOSING -> 0;
                };
        return new Listing.Row(
                new EnvelopeId(task.id),
                task.key,
                task.phase,
                schedule.expiry(task) / 1000,
                time,
                task.rerouting ? "" : schedule.stranded(task).orElse(""));
    }

    private List<Long> ids(Selection selection) {
        return rows(selection).stream().map(row -> row.id().value()).toList();
    }

    /// Is anything of this in the queue?
    public boolean has(Selection selection) {
        return !rows(selection).isEmpty();
    }

    /// The queue listing: one line of 14 fields for each envelope.
    public long showQueue(Selection selection, Lines lines) throws IOException {
        long count = 0;
        for (var row : rows(selection)) {
            var found = look(row.id());
            if (found.isPresent()) {
                lines.line(Listing.line(row, found.get()));
                count++;
            }
        }
        return count;
    }

    private java.util.Optional<Store.Leased> look(EnvelopeId id) {
        try {
            return store.look(id);
        } catch (IOException e) {
            log.error("queue: envelope " + id + " cannot be read: " + e);
            return java.util.Optional.empty();
        }
    }

    /// All that is known of one envelope, a `key: value` to a line.
    ///
    /// @return 1, or 0 if there is none
    public long showEnvelope(EnvelopeId id, Lines lines) throws IOException {
        var rows = rows(new Selection.One(id));
        var found = store.look(id);
        if (rows.isEmpty() || found.isEmpty()) {
            return 0;
        }
        Listing.details(rows.getFirst(), found.get(), lines);
        return 1;
    }

    /// The content of a message, line by line.
    ///
    /// @return 1, or 0 if there is none
    public long showMessage(MessageId id, Lines lines) throws IOException {
        var found = store.content(id);
        if (found.isEmpty()) {
            return 0;
        }
        try (var content = found.get()) {
            var line = new StringBuilder();
            for (var next = content.next(65_536); !next.isEmpty(); next = content.next(65_536)) {
                for (int i = 0; i < next.length(); i++) {
                    char c = (char) (next.at(i) & 0xff);
                    if (c == '\n' || line.length() == 100_000) {
                        lines.line(line.toString());
                        line.setLength(0);
                    }
                    if (c != '\n') {
                        line.append(c);
                    }
                }
            }
            if (!line.isEmpty()) {
                lines.line(line.toString());
            }
        }
        return 1;
    }

    /// Tries these now. What its sender holds back (RFC 4865) goes only if the order names it, or
    /// its message: `all` means what waits for a next hop, and not what waits for a day.
    public long schedule(Selection selection) {
        return each(
                selection,
                task ->
                        switch (task.phase) {
                            case WAITING, READY -> {
                                task.letGo |= !(selection instanceof Selection.All);
                                schedule.wait(task, Task.Phase.WAITING, clock.millis());
                                yield true;
                            }
                            case HELD, DEAD, IN_FLIGHT, CLOSING -> false;
                        });
    }

    /// Removes these; an attempt that is under way is not waited for, and nobody is told.
    public long remove(Selection selection) {
        long count = 0;
        for (long value : ids(selection)) {
            var id = new EnvelopeId(value);
            look(id).ifPresent(
                            found ->
                                    log.info(
                                            disposal.line(
                                                    "Remove",
                                                    found.envelope(),
                                                    "Removed by administrator")));
            count += each(new Selection.One(id), this::remove);
        }
        return count;
    }

    private boolean remove(Task task) {
        if (task.phase == Task.Phase.CLOSING) {
            return false;
        }
        schedule.remove(task);
        store.change(List.of(new Store.Change.Done(new EnvelopeId(task.id))));
        disposal.counters().removed.increment();
        return true;
    }

    /// Keeps these back; what is under way goes on, and is kept back if it is deferred.
    public long hold(Selection selection) {
        return each(
                selection,
                task ->
                        switch (task.phase) {
                            case WAITING, READY -> {
                                task.rerouting = false;
                                schedule.wait(task, Task.Phase.HELD, task.nextTry);
                                stand(task, new State.Standing.Held("by the administrator"));
                                yield true;
                            }
                            case IN_FLIGHT -> {
                                boolean news = !task.holdNext;
                                task.holdNext = true;
                                yield news;
                            }
                            case HELD, DEAD, CLOSING -> false;
                        });
    }

    /// Keeps these back no longer; they are due at once if their time is past.
    public long release(Selection selection) {
        return each(
                selection,
                task ->
                        switch (task.phase) {
                            case HELD, DEAD -> {
                                task.deaths = 0;
                                long next = Math.min(task.nextTry, clock.millis());
                                schedule.wait(task, Task.Phase.WAITING, next);
                                stand(task, new State.Standing.Queued());
                                yield true;
                            }
                            case IN_FLIGHT -> {
                                boolean news = task.holdNext;
                                task.holdNext = false;
                                yield news;
                            }
                            case WAITING, READY, CLOSING -> false;
                        });
    }

    /// Asks the rules again what is to become of these, held ones too; of all: of those whose
    /// action is gone.
    public long reroute(Selection selection) {
        boolean onlyStranded = selection instanceof Selection.All;
        return each(
                selection,
                task ->
                        switch (task.phase) {
                            case WAITING, READY ->
                                    (!onlyStranded || schedule.stranded(task).isPresent())
                                            && reroute(task);
                            case HELD, DEAD -> !onlyStranded && reroute(task);
                            case IN_FLIGHT, CLOSING -> false;
                        });
    }

    private boolean reroute(Task task) {
        if (task.rerouting || task.key.kind() == Key.Kind.UNROUTED) {
            return false;
        }
        boolean kept = task.phase == Task.Phase.HELD || task.phase == Task.Phase.DEAD;
        task.rerouting = true;
        schedule.wait(task, Task.Phase.WAITING, clock.millis());
        if (kept) {
            stand(task, new State.Standing.Queued());
        }
        return true;
    }

    private void stand(Task task, State.Standing standing) {
        var id = new EnvelopeId(task.id);
        look(id).ifPresent(
                        found -> {
                            var state = found.state();
                            store.change(
                                    List.of(
                                            new Store.Change.Becomes(
                                                    id,
                                                    new State(
                                                            state.progress(),
                                                            standing,
                                                            task.warned,
                                                            task.deaths))));
                        });
    }

    private interface Step {
        boolean on(Task task);
    }

    private long each(Selection selection, Step step) {
        long count = 0;
        for (long id : ids(selection)) {
            lock.lock();
            try {
                if (schedule.find(id).filter(step::on).isPresent()) {
                    count++;
                }
                sooner.signalAll();
            } finally {
                lock.unlock();
            }
        }
        return count;
    }

    /// Gives out no more work of this lane.
    ///
    /// @return whether that is new
    public boolean pause(Lane lane) {
        lock.lock();
        try {
            boolean news = !schedule.isPaused(lane);
            schedule.pause(lane);
            return news;
        } finally {
            lock.unlock();
        }
    }

    /// Gives out work of this lane again.
    ///
    /// @return whether that is new
    public boolean resume(Lane lane) {
        lock.lock();
        try {
            boolean news = schedule.isPaused(lane);
            schedule.resume(lane);
            sooner.signalAll();
            return news;
        } finally {
            lock.unlock();
        }
    }

    /// Is work of this lane given out?
    public boolean isPaused(Lane lane) {
        lock.lock();
        try {
            return schedule.isPaused(lane);
        } finally {
            lock.unlock();
        }
    }

    /// How many envelopes there are, in flight, and kept back.
    public record Counts(int all, int inFlight, int held, int groups) {}

    /// Counts.
    public Counts counts() {
        lock.lock();
        try {
            var held = new int[1];
            schedule.each(
                    task -> {
                        if (task.phase == Task.Phase.HELD || task.phase == Task.Phase.DEAD) {
                            held[0]++;
                        }
                    });
            return new Counts(schedule.size(), schedule.inFlight(), held[0], schedule.groupCount());
        } finally {
            lock.unlock();
        }
    }
}
