package org.postern.queue.schedule;

import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.queue.bounce.Report;
import org.postern.queue.bounce.Wish;
import org.postern.queue.store.Damaged;
import org.postern.queue.store.Key;
import org.postern.queue.store.State;
import org.postern.queue.store.Store;

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

/// Hands out what is due to those who ask for it, and disposes of what came of it: the schedule,
/// the store and the notifications together. May be used from any thread.
///
/// What a worker reports holds at once and is on disk a moment later; a crash in between means that
/// the attempt is made again.
public final class Scheduler implements Closeable {
    private static final EnhancedStatus EXPIRED = new EnhancedStatus(5, 4, 7);
    private static final EnhancedStatus ROOM_GONE = new EnhancedStatus(4, 3, 0);
    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration AFTER_HANG_UP = Duration.ofSeconds(10);
    private static final long LONGEST_NAP = 1000;
    private static final int MOST_EVENTS = 1000;
    private static final int MOST_DEATHS = 2;

    private final Store store;
    private final InstantSource clock;
    private final Log log;
    private final Notices notices;
    private final Counters counters = new Counters();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sooner = lock.newCondition();
    private final Map<Lane, Condition> work = new EnumMap<>(Lane.class);
    private final Schedule schedule; // guarded by lock
    private volatile boolean stopped;
    private final Thread timer = Thread.ofVirtual().name("schedule").unstarted(this::run);

    /// A scheduler over what lives in `store`.
    public Scheduler(Store store, Policy policy, InstantSource clock, Log log) {
        this.store = store;
        this.clock = clock;
        this.log = log;
        this.schedule = new Schedule(policy);
        this.notices = new Notices(store, new Following(), clock, log);
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
                        var unused = sooner.await(nap, TimeUnit.MILLISECONDS);
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
                case Schedule.Event.Expired(var task) -> expire(task);
                case Schedule.Event.Late(var task) -> warn(task);
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
        locked(() -> schedule.follow(policy));
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
    public void admit(List<EnvelopeId> ids, List<Share> shares, Instant created) {
        counters.admitted.add(ids.size());
        lock.lock();
        try {
            for (int i = 0; i < ids.size(); i++) {
                schedule.addReady(
                        new Store.Entry(
                                ids.get(i),
                                Key.of(shares.get(i)),
                                created,
                                0,
                                0,
                                Store.Mark.QUEUED,
                                0,
                                0),
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
            var attempt = load(lane, batch);
            if (attempt.isPresent()) {
                return attempt;
            }
        }
    }

    private Optional<Attempt> load(Lane lane, List<Task> batch) {
        var group = batch.getFirst().group;
        var ids = batch.stream().map(task -> new EnvelopeId(task.id)).toList();
        try {
            var leased = store.claim(ids, clock.instant().plus(LEASE));
            if (leased.size() < batch.size()) {
                var found = leased.stream().map(one -> one.envelope().id().value()).toList();
                locked(
                        () ->
                                batch.stream()
                                        .filter(task -> !found.contains(task.id))
                                        .forEach(schedule::remove));
            }
            if (!leased.isEmpty()) {
                return Optional.of(new Attempt(lane, group, leased));
            }
        } catch (Damaged e) {
            log.error("queue: envelopes " + ids + " cannot be read and are held: " + e);
            locked(() -> batch.forEach(task -> park(task, "it cannot be read from the spool")));
        } catch (IOException e) {
            log.error("queue: cannot load envelope " + ids.getFirst() + ": " + e);
            long again = clock.millis() + 60_000;
            locked(() -> batch.forEach(task -> schedule.wait(task, Task.Phase.WAITING, again)));
        }
        locked(() -> schedule.finish(group));
        return Optional.empty();
    }

    private void park(Task task, String why) {
        schedule.wait(task, Task.Phase.HELD, task.nextTry);
        change(task, state(task).with(new State.Standing.Held(why)));
    }

    /// The envelope's state, as far as it can be read.
    private State state(Task task) {
        try {
            return store.look(new EnvelopeId(task.id)).map(Store.Leased::state).orElse(State.NEW);
        } catch (IOException e) {
            return State.NEW;
        }
    }

    private void change(Task task, State state) {
        var whole = new State(state.progress(), state.standing(), task.warned, task.deaths);
        store.change(List.of(new Store.Change.Becomes(new EnvelopeId(task.id), whole)));
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
            switch (outcome) {
                case Outcome.Delivered delivered ->
                        delivered(attempt, task.get(), leased, delivered);
                case Outcome.Deferred deferred -> deferred(attempt, task.get(), leased, deferred);
                case Outcome.Failed failed -> failed(task.get(), leased, failed);
            }
        } finally {
            lock.unlock();
        }
    }

    private void delivered(
            Attempt attempt, Task task, Store.Leased leased, Outcome.Delivered outcome) {
        counters.delivered.increment();
        var envelope = leased.envelope();
        schedule.hostIsBack(attempt.group(), clock.millis());
        if (schedule.nextEvent() <= clock.millis()) {
            sooner.signalAll();
        }
        boolean reported =
                switch (outcome.onward()) {
                    case HOME, WITHOUT_DSN -> Wish.wants(envelope, Share.Notify.SUCCESS);
                    case WITH_DSN -> false;
                };
        if (reported) {
            var kind =
                    outcome.onward() == Outcome.Onward.HOME
                            ? Notices.Kind.DELIVERED
                            : Notices.Kind.RELAYED;
            tell(task, kind, envelope, outcome.status(), outcome.text(), "");
        } else {
            end(task);
        }
    }

    private void end(Task task) {
        schedule.remove(task);
        store.change(List.of(new Store.Change.Done(new EnvelopeId(task.id))));
    }

    /// The envelope is over as soon as its sender's report is on disk.
    private void tell(
            Task task,
            Notices.Kind kind,
            Envelope envelope,
            EnhancedStatus status,
            String text,
            String peer) {
        schedule.close(task);
        var now = clock.instant();
        notices.add(
                new Notices.Notice(
                        kind,
                        envelope,
                        new Report.About(envelope.share(), status, text, peer, now),
                        now,
                        new Store.Change.Done(envelope.id())));
    }

    private void deferred(
            Attempt attempt, Task task, Store.Leased leased, Outcome.Deferred outcome) {
        counters.deferred.increment();
        counters.updated.increment();
        long now = clock.millis();
        var state = leased.state().tried(clock.instant(), outcome);
        task.tries = (char) state.tries();
        task.lastTry = (int) (now / 1000);
        long next = Retry.after(now, task.created, task.tries, attempt.lane(), task.message());
        if (task.holdNext) {
            task.holdNext = false;
            state = state.with(new State.Standing.Held("by the administrator"));
            schedule.wait(task, Task.Phase.HELD, next);
        } else {
            schedule.wait(task, Task.Phase.WAITING, next);
        }
        if (outcome.status().subject() == 4) {
            attempt.group().awaitHost(task.id, schedule.policy().maxDeferred());
        }
        change(task, state);
        sooner.signalAll();
    }

    private void failed(Task task, Store.Leased leased, Outcome.Failed outcome) {
        var envelope = leased.envelope();
        counters.failed.increment();
        if (outcome.status().equals(new EnhancedStatus(5, 4, 6))) {
            counters.loops.increment();
        }
        if (Wish.hasNoSender(envelope)) {
            log.warn(
                    "queue: no return path! evpid=%s to=<%s> is held: %s"
                            .formatted(
                                    envelope.id(),
                                    envelope.share().recipient(),
                                    Log.visible(outcome.text())));
            bury(task, leased, outcome);
        } else if (Wish.wants(envelope, Share.Notify.FAILURE)) {
            tell(
                    task,
                    Notices.Kind.FAILED,
                    envelope,
                    outcome.status(),
                    outcome.text(),
                    outcome.peer());
        } else {
            end(task);
        }
    }

    /// Nobody can be told: it is kept for the postmaster to see.
    private void bury(Task task, Store.Leased leased, Outcome.Failed outcome) {
        var now = clock.instant();
        var last = new Outcome.Deferred(outcome.status(), outcome.text(), outcome.peer());
        var state =
                leased.state().tried(now, last).with(new State.Standing.Dead(outcome.text(), now));
        task.tries = (char) state.tries();
        task.lastTry = (int) now.getEpochSecond();
        schedule.wait(task, Task.Phase.DEAD, Long.MAX_VALUE);
        change(task, state);
    }

    /// The ruleset was asked: the envelope is replaced by `shares`. Waits for the disk.
    public void routed(Store.Leased leased, List<Share> shares) {
        var id = leased.envelope().id();
        switch (store.replace(id, shares)) {
            case Store.Answer.Committed(var ids) -> {
                locked(() -> schedule.find(id.value()).ifPresent(schedule::remove));
                admit(ids, shares, leased.envelope().created());
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
                                        task ->
                                                schedule.wait(
                                                        task,
                                                        Task.Phase.WAITING,
                                                        Math.min(task.nextTry, soon)));
                    }
                });
    }

    /// Its content cannot be read: it is held.
    public void damaged(Attempt attempt, Store.Leased leased) {
        locked(
                () ->
                        schedule.find(leased.envelope().id().value())
                                .ifPresent(task -> park(task, "its content is damaged")));
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
            change(task, state(task));
            return;
        }
        log.error(
                "queue: a room died twice while it tried evpid=%s; it is held"
                        .formatted(new EnvelopeId(task.id)));
        park(task, "a room died " + task.deaths + " times while it tried this");
    }

    private void expire(Task task) {
        counters.expired.increment();
        var id = new EnvelopeId(task.id);
        try {
            var leased = store.look(id);
            if (leased.isPresent()) {
                log.info(line("Expire", leased.get().envelope(), "Envelope expired"));
                locked(() -> afterExpiry(task, leased.get()));
                return;
            }
        } catch (IOException e) {
            log.error("queue: envelope " + id + " expired and cannot be read: " + e);
        }
        locked(() -> end(task));
    }

    private void afterExpiry(Task task, Store.Leased leased) {
        boolean dead = leased.state().standing() instanceof State.Standing.Dead;
        if (dead) {
            end(task);
            return;
        }
        failed(task, leased, new Outcome.Failed(EXPIRED, "Envelope expired", ""));
        counters.failed.decrement();
    }

    /// The line that says that an envelope left the queue without an attempt.
    String line(String what, Envelope envelope, String why) {
        var share = envelope.share();
        var local =
                switch (share.destination()) {
                    case Share.Destination.Account _,
                            Share.Destination.Sealed _,
                            Share.Destination.Listed _ ->
                            "delivery";
                    case Share.Destination.Remote(), Share.Destination.Unrouted() -> "relay";
                };
        var rcpt =
                share.originalRecipient().equals(share.recipient())
                        ? "-"
                        : "<" + share.originalRecipient() + ">";
        var delay = Duration.between(envelope.created(), clock.instant()).toSeconds();
        return "%s: %s for %s: from=<%s>, to=<%s>, rcpt=%s, delay=%ds, stat=%s"
                .formatted(
                        local,
                        what,
                        envelope.id(),
                        envelope.message().sender(),
                        share.recipient(),
                        rcpt,
                        Math.max(0, delay),
                        why);
    }

    private void warn(Task task) {
        try {
            var found = store.look(new EnvelopeId(task.id));
            if (found.isEmpty()) {
                return;
            }
            var envelope = found.get().envelope();
            if (Wish.wants(envelope, Share.Notify.DELAY)) {
                notices.add(late(task, found.get()));
            }
        } catch (IOException e) {
            log.error("queue: envelope " + new EnvelopeId(task.id) + " cannot be read: " + e);
        }
    }

    private Notices.Notice late(Task task, Store.Leased leased) {
        var envelope = leased.envelope();
        var about =
                switch (envelope.progress()) {
                    case Envelope.Progress.Untried() ->
                            new Report.About(
                                    envelope.share(),
                                    new EnhancedStatus(4, 4, 7),
                                    "not tried yet",
                                    "",
                                    envelope.created());
                    case Envelope.Progress.Tried(_, var last, var outcome) ->
                            new Report.About(
                                    envelope.share(),
                                    outcome.status(),
                                    outcome.text(),
                                    outcome.peer(),
                                    last);
                };
        var state = leased.state();
        return new Notices.Notice(
                Notices.Kind.DELAYED,
                envelope,
                about,
                Instant.ofEpochMilli(schedule.expiry(task)),
                new Store.Change.Becomes(
                        envelope.id(),
                        new State(state.progress(), state.standing(), task.warned, task.deaths)));
    }

    /// What the administrator orders.
    public Orders orders() {
        return new Orders(store, schedule, lock, sooner, this, clock, log);
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
                tasks.forEach(task -> park(task, "its content is damaged"));
            } finally {
                lock.unlock();
            }
        }
    }
}
