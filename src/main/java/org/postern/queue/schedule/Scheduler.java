package org.postern.queue.schedule;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.postern.ipc.Vital;
import org.postern.ipc.Work;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.mail.Urgency;
import org.postern.queue.store.Damaged;
import org.postern.queue.store.Key;
import org.postern.queue.store.Store;

/// Hands out what is due to those who ask for it, and disposes of what came of it: the schedule,
/// the store and the notifications together. May be used from any thread.
///
/// What a worker reports holds at once and is on disk a moment later; a crash in between means that
/// the attempt is made again.
public final class Scheduler implements Closeable {
    private static final EnhancedStatus ROOM_GONE = new EnhancedStatus(4, 3, 0);
    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration AFTER_HANG_UP = Duration.ofSeconds(10);
    private static final Duration NOT_YET = Duration.ofSeconds(1);
    private static final long LONGEST_NAP = 1000;
    private static final int MOST_EVENTS = 1000;
    private static final int MOST_DEATHS = 2;
    private static final long MOST_TOGETHER = 256 * 1024;

    private final Store store;
    private final InstantSource clock;
    private final Log log;
    private final Notices notices;
    private final Counters counters = new Counters();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sooner = lock.newCondition();
    private final Map<Lane, Condition> work = new EnumMap<>(Lane.class);
    private final Schedule schedule; // guarded by lock
    private final Disposal disposal;
    private final ReentrantLock routing = new ReentrantLock();
    private final Siblings siblings;
    private volatile boolean stopped;
    private final Thread timer =
            Thread.ofVirtual().name("schedule").unstarted(Vital.thread(this::run));

    /// A scheduler over what lives in `store`.
    public Scheduler(Store store, Policy policy, InstantSource clock, Log log) {
        this.store = store;
        this.clock = clock;
        this.log = log;
        this.schedule = new Schedule(policy);
        this.notices = new Notices(store, new Following(), clock, log);
        this.disposal = new Disposal(store, schedule, notices, counters, clock, log);
        this.siblings = new Siblings(store);
        for (var lane : Lane.values()) {
            work.put(lane, lock.newCondition());
        }
        store.eachLive(schedule::add);
    }

    /// Starts the thread that watches the time.
    public void start() {
        timer.start();
    }

    /// What was counted.
    public Counters counters() {
        return counters;
    }

    private void run() {
        while (!stopped) {
            try {
                boolean more = tick();
                lock.lock();
                try {
                    long nap = Math.min(schedule.nextEvent() - clock.millis(), LONGEST_NAP);
                    if (!more && nap > 0 && !stopped) {
                        var _ = sooner.await(nap, TimeUnit.MILLISECONDS);
                    }
                } finally {
                    lock.unlock();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.bug("queue: the schedule stumbled", e);
            }
        }
    }

    /// Does what is due now; tests call it, and the scheduler's thread.
    ///
    /// @return whether there is more to do at once
    boolean tick() {
        List<Schedule.Event> events;
        lock.lock();
        try {
            events = schedule.due(clock.millis(), MOST_EVENTS);
            for (var lane : Lane.values()) {
                wake(lane);
            }
        } finally {
            lock.unlock();
        }
        for (var event : events) {
            switch (event) {
                case Schedule.Event.Expired(var task) -> disposal.expire(task, lock);
                case Schedule.Event.Late(var task) -> disposal.warn(task, lock);
            }
        }
        notices.makeDue();
        return events.size() == MOST_EVENTS;
    }

    /// Wakes one worker of a lane in which there is work; who takes work wakes the next.
    private void wake(Lane lane) {
        var condition = work.get(lane);
        if (condition != null && schedule.hasWork(lane)) {
            condition.signal();
        }
    }

    /// From now on `policy` holds, for what is queued too.
    public void reload(Policy policy) {
        locked(() -> schedule.follow(policy, clock.millis()));
        sooner();
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private void sooner() {
        locked(sooner::signalAll);
    }

    /// A message has been committed: its envelopes are tried at once.
    public void admit(List<EnvelopeId> ids, List<Share> shares, Instant created, Urgency urgency) {
        counters.admitted.add(ids.size());
        lock.lock();
        try {
            for (int i = 0; i < ids.size(); i++) {
                schedule.addReady(
                        Store.Entry.fresh(ids.get(i), Key.of(shares.get(i)), created, urgency),
                        clock.millis());
            }
            work.keySet().forEach(this::wake);
        } finally {
            lock.unlock();
        }
    }

    /// Waits for something to try in this lane, at most `patience`; empty if there was nothing.
    public Optional<Attempt> next(Lane lane, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        while (true) {
            List<Task> batch;
            lock.lockInterruptibly();
            try {
                var condition = work.get(lane);
                batch = stopped ? List.of() : schedule.take(lane);
                while (batch.isEmpty() && left > 0 && !stopped && condition != null) {
                    left = condition.awaitNanos(left);
                    batch = stopped ? List.of() : schedule.take(lane);
                }
                wake(lane);
            } finally {
                lock.unlock();
            }
            if (batch.isEmpty()) {
                return Optional.empty();
            }
            var attempt = load(lane, fitting(batch));
            if (attempt.isPresent()) {
                return attempt;
            }
        }
    }

    /// As many of these as a worker can be given at once: the recipients of one message, or, where
    /// several messages keep company, those that are small, up to so much content. The others are
    /// the next.
    private List<Task> fitting(List<Task> batch) {
        var group = batch.getFirst().group;
        int count =
                switch (group.limits.company()) {
                    case SAME_MESSAGE -> batch.size();
                    case SAME_ACTION -> small(batch);
                };
        var rest = batch.subList(count, batch.size());
        if (!rest.isEmpty()) {
            locked(
                    () -> {
                        schedule.putBack(group, rest.stream().filter(this::isInFlight).toList());
                        wake(group.lane);
                    });
        }
        return batch.subList(0, count);
    }

    /// How many of these go together: the first alone if it is large.
    private int small(List<Task> batch) {
        int count = 0;
        long sum = 0;
        for (var task : batch) {
            long length = store.contentLength(new MessageId(task.message()));
            sum += length;
            boolean large = length > Work.Content.LONGEST_INLINE;
            if (count > 0 && (large || sum > MOST_TOGETHER)) {
                break;
            }
            count++;
            if (large) {
                break;
            }
        }
        return count;
    }

    private boolean isInFlight(Task task) {
        return task.phase == Task.Phase.IN_FLIGHT
                && schedule.find(task.id).filter(same -> same == task).isPresent();
    }

    private Optional<Attempt> load(Lane lane, List<Task> batch) {
        var group = batch.getFirst().group;
        long now = clock.millis();
        var until = clock.instant().plus(LEASE);
        var leased = new ArrayList<Store.Leased>(batch.size());
        for (var task : batch) {
            task.event = now;
            for (var found : load(task, until)) {
                if (mayBeTried(task, found, now)) {
                    leased.add(found);
                }
            }
        }
        if (!leased.isEmpty()) {
            leased.forEach(one -> told(one, "goes out by " + lane));
            return Optional.of(new Attempt(lane, group, leased));
        }
        locked(() -> schedule.finish(group));
        return Optional.empty();
    }

    /// Is there no embargo on it, or no more? If there is, it waits until the end of that.
    private boolean mayBeTried(Task task, Store.Leased leased, long now) {
        long end = Embargo.end(leased.envelope());
        var free = new boolean[1];
        locked(() -> ifInFlight(task, same -> free[0] = schedule.isFree(same, end, now)));
        return free[0];
    }

    /// The envelope of `task`; none if it is gone or cannot be read.
    private List<Store.Leased> load(Task task, Instant until) {
        var id = new EnvelopeId(task.id);
        try {
            var leased = store.claim(List.of(id), until);
            if (leased.isEmpty()) {
                locked(() -> ifInFlight(task, schedule::remove));
            }
            return leased;
        } catch (Damaged e) {
            log.error("queue: envelope " + id + " cannot be read and is held: " + e);
            locked(() -> ifInFlight(task, same -> disposal.park(same, "it cannot be read")));
        } catch (IOException e) {
            log.error("queue: cannot load envelope " + id + ": " + e);
            long again = clock.millis() + 60_000;
            locked(() -> ifInFlight(task, same -> schedule.wait(same, Task.Phase.WAITING, again)));
        }
        return List.of();
    }

    /// Does `step` unless the administrator has removed it meanwhile.
    private void ifInFlight(Task task, Consumer<Task> step) {
        if (isInFlight(task)) {
            step.accept(task);
        }
    }

    private void told(Store.Leased leased, String what) {
        if (log.traces("scheduler")) {
            log.trace("scheduler", leased.envelope().id() + " " + what);
        }
    }

    /// The attempt is over, with or without a report on each envelope.
    public void finish(Attempt attempt) {
        locked(
                () -> {
                    schedule.finish(attempt.group());
                    wake(attempt.lane());
                });
    }

    /// What came of one envelope of an attempt.
    public void report(Attempt attempt, Store.Leased leased, Outcome outcome) {
        lock.lock();
        try {
            var task = schedule.find(leased.envelope().id().value());
            if (task.isEmpty() || task.get().phase != Task.Phase.IN_FLIGHT) {
                return; // it was removed meanwhile
            }
            long next = schedule.nextEvent();
            disposal.dispose(attempt.group(), task.get(), leased, outcome);
            told(leased, "came back: " + outcome.getClass().getSimpleName());
            // An envelope that is simply over gives the timer nothing to do.
            if (task.get().phase != Task.Phase.CLOSING
                    || schedule.find(task.get().id).isPresent()
                    || schedule.nextEvent() < next) {
                sooner.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The ruleset was asked: the envelope is replaced by `shares`, without those that others of
    /// its message are already. Waits for the disk.
    public void routed(Store.Leased leased, List<Share> shares) {
        // Two that lead to the same recipient must see each other.
        routing.lock();
        try {
            var fresh = siblings.without(leased.envelope(), shares);
            if (fresh.isEmpty()) {
                log.info(disposal.line("Done", leased.envelope(), "Another envelope has its way"));
                locked(() -> ifInFlight(leased, disposal::end));
            } else if (isInFlight(leased)) {
                replace(leased, fresh);
            }
        } finally {
            routing.unlock();
        }
    }

    private boolean isInFlight(Store.Leased leased) {
        var found = new boolean[1];
        locked(() -> ifInFlight(leased, _ -> found[0] = true));
        return found[0];
    }

    private void ifInFlight(Store.Leased leased, Consumer<Task> step) {
        schedule.find(leased.envelope().id().value())
                .filter(task -> task.phase == Task.Phase.IN_FLIGHT)
                .ifPresent(step);
    }

    /// The worker knows the action not yet, or no more: a room changes its configuration a moment
    /// after another. It was not tried.
    public void notYet(Store.Leased leased) {
        long soon = clock.millis() + NOT_YET.toMillis();
        locked(() -> ifInFlight(leased, task -> schedule.wait(task, Task.Phase.WAITING, soon)));
        sooner();
    }

    private void replace(Store.Leased leased, List<Share> shares) {
        var id = leased.envelope().id();
        switch (store.replace(id, shares)) {
            case Store.Answer.Committed(var ids) -> {
                locked(() -> schedule.find(id.value()).ifPresent(schedule::remove));
                var envelope = leased.envelope();
                admit(ids, shares, envelope.created(), envelope.message().carriage().urgency());
            }
            case Store.Answer.Refused(var cause, var text) -> {
                log.warn("queue: cannot route " + id + ": " + cause + ": " + Log.visible(text));
                long again = clock.millis() + 60_000;
                locked(
                        () ->
                                schedule.find(id.value())
                                        .ifPresent(
                                                task ->
                                                        schedule.wait(
                                                                task, Task.Phase.WAITING, again)));
            }
        }
    }

    /// The worker hung up without a report on these.
    public void hungUp(Attempt attempt, List<Store.Leased> unreported) {
        var what =
                switch (attempt.lane()) {
                    case LOCAL -> "the delivery room went away";
                    case RELAY, ROUTE -> "the front room went away";
                };
        var outcome = new Outcome.Deferred(ROOM_GONE, what, "");
        for (var leased : unreported) {
            report(attempt, leased, outcome);
        }
        long soon = clock.millis() + AFTER_HANG_UP.toMillis();
        locked(
                () -> {
                    for (var leased : unreported) {
                        schedule.find(leased.envelope().id().value())
                                .filter(task -> task.phase == Task.Phase.WAITING)
                                .ifPresent(
                                        task -> {
                                            task.alone = true;
                                            schedule.wait(
                                                    task,
                                                    Task.Phase.WAITING,
                                                    Math.min(task.nextTry, soon));
                                        });
                    }
                });
    }

    /// Its content cannot be read: it is held.
    public void damaged(Attempt attempt, Store.Leased leased) {
        locked(
                () ->
                        schedule.find(leased.envelope().id().value())
                                .ifPresent(task -> disposal.park(task, "its content is damaged")));
        sooner();
    }

    /// Is nothing handed out any more?
    public boolean isClosed() {
        return stopped;
    }

    /// The worker never got them.
    public void giveBack(Attempt attempt) {
        long now = clock.millis();
        locked(
                () -> {
                    for (var id : attempt.ids()) {
                        schedule.find(id.value())
                                .filter(task -> task.phase == Task.Phase.IN_FLIGHT)
                                .ifPresent(task -> schedule.wait(task, Task.Phase.WAITING, now));
                    }
                    sooner.signalAll();
                });
    }

    /// A room died while it tried these, so one of them may be why: each is tried alone the next
    /// time, and held when it happens again.
    public void suspect(List<EnvelopeId> ids) {
        lock.lock();
        try {
            for (var id : ids) {
                schedule.find(id.value()).ifPresent(this::suspect);
            }
        } finally {
            lock.unlock();
        }
    }

    private void suspect(Task task) {
        if (task.phase != Task.Phase.WAITING && task.phase != Task.Phase.READY) {
            return;
        }
        task.deaths = (byte) Math.min(task.deaths + 1, 127);
        if (task.deaths < MOST_DEATHS) {
            schedule.wait(task, Task.Phase.WAITING, task.nextTry);
            disposal.change(task, disposal.state(task));
            return;
        }
        log.error(
                "queue: a room died twice while it tried evpid=%s; it is held"
                        .formatted(new EnvelopeId(task.id)));
        disposal.park(task, "a room died " + task.deaths + " times while it tried this");
    }

    /// What the administrator orders.
    public Orders orders() {
        return new Orders(store, schedule, lock, sooner, disposal, clock, log);
    }

    /// Hands out nothing more.
    @Override
    public void close() {
        stopped = true;
        locked(
                () -> {
                    work.values().forEach(Condition::signalAll);
                    sooner.signalAll();
                });
    }

    /// How many envelopes workers have.
    public int inFlight() {
        lock.lock();
        try {
            return schedule.inFlight();
        } finally {
            lock.unlock();
        }
    }

    private final class Following implements Notices.Follow {
        @Override
        public void reported(Store.Entry fresh, List<Notices.Notice> about) {
            counters.bounces.increment();
            lock.lock();
            try {
                for (var notice : about) {
                    switch (notice.change()) {
                        case Store.Change.Done(var id) ->
                                schedule.find(id.value()).ifPresent(schedule::remove);
                        case Store.Change.Becomes _ -> {}
                    }
                }
                schedule.add(fresh);
                sooner.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void unreadable(List<Notices.Notice> about, Damaged why) {
            log.error(
                    "queue: message "
                            + about.getFirst().envelope().id().message()
                            + " cannot be read: "
                            + why);
            var tasks = new ArrayList<Task>();
            lock.lock();
            try {
                for (var notice : about) {
                    schedule.find(notice.envelope().id().value()).ifPresent(tasks::add);
                }
                tasks.forEach(task -> disposal.bury(task, "its content is damaged"));
            } finally {
                lock.unlock();
            }
        }
    }
}
