package org.postern.queue.schedule;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.log.Log;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Outcome;
import org.postern.mail.Share;
import org.postern.queue.bounce.Report;
import org.postern.queue.bounce.Wish;
import org.postern.queue.store.State;
import org.postern.queue.store.Store;

/// What becomes of an envelope after an attempt or after its time: done, tried again, reported to
/// its sender, or kept for the postmaster. Guarded by the scheduler's lock where nothing else is
/// said.
final class Disposal {
    private static final EnhancedStatus EXPIRED = new EnhancedStatus(5, 4, 7);
    private static final EnhancedStatus LOOP = new EnhancedStatus(5, 4, 6);
    private static final EnhancedStatus LATE = new EnhancedStatus(4, 4, 7);
    private static final EnhancedStatus NO_ROUTE = new EnhancedStatus(4, 3, 5);
    private static final EnhancedStatus NO_ANSWER = new EnhancedStatus(4, 4, 1);

    private final Store store;
    private final Schedule schedule;
    private final Notices notices;
    private final Counters counters;
    private final InstantSource clock;
    private final Log log;

    Disposal(
            Store store,
            Schedule schedule,
            Notices notices,
            Counters counters,
            InstantSource clock,
            Log log) {
        this.store = store;
        this.schedule = schedule;
        this.notices = notices;
        this.counters = counters;
        this.clock = clock;
        this.log = log;
    }

    Counters counters() {
        return counters;
    }

    /// Disposes of an envelope that was in flight.
    void dispose(Group group, Task task, Store.Leased leased, Outcome outcome) {
        if (task.rerouting && outcome instanceof Outcome.Failed failed) {
            notRouted(task, leased, failed);
            return;
        }
        switch (outcome) {
            case Outcome.Delivered delivered -> delivered(group, task, leased, delivered);
            case Outcome.Deferred deferred -> deferred(group, task, leased, deferred);
            case Outcome.Failed failed -> {
                counters.failed.increment();
                if (failed.status().equals(LOOP)) {
                    counters.loops.increment();
                }
                failed(task, leased, failed, clock.instant());
            }
        }
    }

    private void delivered(Group group, Task task, Store.Leased leased, Outcome.Delivered outcome) {
        counters.delivered.increment();
        var envelope = leased.envelope();
        schedule.hostIsBack(group, clock.millis());
        boolean reported =
                switch (outcome.onward()) {
                    case HOME, WITHOUT_DSN -> Wish.wants(envelope, Share.Notify.SUCCESS);
                    case WITH_DSN -> false;
                    case TRACED -> Wish.mayBeTold(envelope);
                };
        if (reported) {
            var kind =
                    outcome.onward() == Outcome.Onward.HOME
                            ? Notices.Kind.DELIVERED
                            : Notices.Kind.RELAYED;
            var about =
                    new Report.About(
                            envelope.share(),
                            outcome.status(),
                            outcome.text(),
                            "",
                            clock.instant());
            tell(task, kind, envelope, about);
        } else {
            end(task);
        }
    }

    /// It is over, and nobody need be told.
    void end(Task task) {
        schedule.remove(task);
        store.change(List.of(new Store.Change.Done(new EnvelopeId(task.id))));
    }

    /// The envelope is over as soon as its sender's report is on disk.
    private void tell(Task task, Notices.Kind kind, Envelope envelope, Report.About about) {
        schedule.close(task);
        notices.add(
                new Notices.Notice(
                        kind,
                        envelope,
                        about,
                        clock.instant(),
                        new Store.Change.Done(envelope.id())));
    }

    private void deferred(Group group, Task task, Store.Leased leased, Outcome.Deferred outcome) {
        counters.deferred.increment();
        counters.updated.increment();
        long now = clock.millis();
        var state = leased.state().tried(clock.instant(), outcome);
        task.tries = (char) state.tries();
        task.lastTry = (int) (now / 1000);
        long next = Retry.after(now, task.created, task.tries, group.lane, task.message());
        if (task.holdNext) {
            task.holdNext = false;
            task.rerouting = false;
            state = state.with(new State.Standing.Held("by the administrator"));
            schedule.wait(task, Task.Phase.HELD, next);
        } else {
            schedule.wait(task, Task.Phase.WAITING, next);
        }
        if (nobodyAnswered(outcome)) {
            group.awaitHost(task.id, schedule.policy().maxDeferred());
        }
        change(task, state);
    }

    /// Was no host of the destination reached? A host that answered and then hung up, or said 4.4.1
    /// itself, may do so for this message each time: what others get there says nothing about it.
    private static boolean nobodyAnswered(Outcome.Deferred outcome) {
        return outcome.status().equals(NO_ANSWER) && !beginsWithReplyCode(outcome.text());
    }

    private static boolean beginsWithReplyCode(String text) {
        return !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9';
    }

    private void failed(Task task, Store.Leased leased, Outcome.Failed outcome, Instant tried) {
        var envelope = leased.envelope();
        if (Wish.hasNoSender(envelope)) {
            log.warn(
                    "queue: %s! evpid=%s to=<%s> is held: %s"
                            .formatted(
                                    nobodyToTell(envelope),
                                    envelope.id(),
                                    envelope.share().recipient(),
                                    Log.visible(outcome.text())));
            bury(task, leased, outcome);
        } else if (Wish.wants(envelope, Share.Notify.FAILURE)) {
            var about =
                    new Report.About(
                            envelope.share(),
                            outcome.status(),
                            outcome.text(),
                            outcome.peer(),
                            tried);
            tell(task, Notices.Kind.FAILED, envelope, about);
        } else {
            end(task);
        }
    }

    /// Was it one of our own notifications that failed, or mail that came with the null
    /// reverse-path?
    private static String nobodyToTell(Envelope envelope) {
        return envelope.message().origin().isLocal() ? "double bounce" : "no return path";
    }

    /// The rules have no way for it that was to be routed again: it stays, and says why. If its
    /// action is gone, it waits for that; otherwise it is held.
    private void notRouted(Task task, Store.Leased leased, Outcome.Failed outcome) {
        task.rerouting = false;
        var now = clock.instant();
        var why = "routing it again failed: " + outcome.text();
        var state = leased.state().tried(now, new Outcome.Deferred(NO_ROUTE, why, ""));
        task.tries = (char) state.tries();
        task.lastTry = (int) now.getEpochSecond();
        if (schedule.stranded(task).isPresent()) {
            schedule.wait(task, Task.Phase.WAITING, task.nextTry);
        } else {
            schedule.wait(task, Task.Phase.HELD, task.nextTry);
            state = state.with(new State.Standing.Held("it could not be routed again"));
        }
        change(task, state);
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

    /// Its time is over. Called without the lock: it reads the disk.
    void expire(Task task, ReentrantLock lock) {
        var leased = read(task);
        if (leased.isPresent() && beginsLater(task, leased.get(), lock)) {
            return;
        }
        counters.expired.increment();
        leased.ifPresent(found -> log.info(line("Expire", found.envelope(), "Envelope expired")));
        lock.lock();
        try {
            if (leased.isPresent()) {
                expired(task, leased.get());
            } else {
                task.lastTry = (int) (clock.millis() / 1000);
                schedule.wait(task, Task.Phase.DEAD, Long.MAX_VALUE);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Did its time begin later than was known, because of an embargo? Then it goes on.
    private boolean beginsLater(Task task, Store.Leased leased, ReentrantLock lock) {
        long now = clock.millis();
        long start = Embargo.countsFrom(leased.envelope(), now);
        long end = task.letGo ? Math.min(start, now) : start;
        if (end <= task.created || leased.state().standing() instanceof State.Standing.Dead) {
            return false;
        }
        lock.lock();
        try {
            task.created = end;
            var phase =
                    leased.state().standing() instanceof State.Standing.Held
                            ? Task.Phase.HELD
                            : Task.Phase.WAITING;
            long next = task.letGo ? task.nextTry : Embargo.end(leased.envelope());
            schedule.wait(task, phase, Math.max(task.nextTry, next));
        } finally {
            lock.unlock();
        }
        return true;
    }

    private Optional<Store.Leased> read(Task task) {
        try {
            return store.look(new EnvelopeId(task.id));
        } catch (IOException e) {
            log.error("queue: envelope " + new EnvelopeId(task.id) + " cannot be read: " + e);
            return Optional.empty();
        }
    }

    private void expired(Task task, Store.Leased leased) {
        switch (leased.state().standing()) {
            case State.Standing.Dead(var why, _) -> {
                log.warn(
                        "queue: evpid=%s to=<%s> is dropped; nobody could be told: %s"
                                .formatted(
                                        leased.envelope().id(),
                                        leased.envelope().share().recipient(),
                                        Log.visible(why)));
                end(task);
            }
            case State.Standing.Queued(), State.Standing.Held(_) ->
                    expired(task, leased, leased.envelope().progress());
        }
    }

    /// The report says why it was not delivered all that time.
    private void expired(Task task, Store.Leased leased, Envelope.Progress progress) {
        switch (progress) {
            case Envelope.Progress.Untried() ->
                    failed(
                            task,
                            leased,
                            new Outcome.Failed(EXPIRED, whyExpired(leased), ""),
                            clock.instant());
            case Envelope.Progress.Tried(_, var last, var outcome) ->
                    failed(
                            task,
                            leased,
                            new Outcome.Failed(
                                    EXPIRED, whyExpired(leased) + "; last: " + outcome.text(), ""),
                            last);
        }
    }

    private String whyExpired(Store.Leased leased) {
        var urgency = leased.envelope().message().carriage().urgency();
        return Hurry.returnTime(urgency) <= clock.millis()
                ? "Deliver-by time expired"
                : "Envelope expired";
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

    /// Its sender is to be told that it is late. Called without the lock: it reads the disk.
    void warn(Task task, ReentrantLock lock) {
        var leased = read(task);
        if (leased.isEmpty()
                || Embargo.end(leased.get().envelope()) > clock.millis()
                || !wantsWarning(leased.get().envelope())) {
            return;
        }
        lock.lock();
        try {
            notices.add(late(task, leased.get()));
        } finally {
            lock.unlock();
        }
    }

    private boolean wantsWarning(Envelope envelope) {
        return isOverdue(envelope)
                ? Wish.mayBeTold(envelope)
                : Wish.wants(envelope, Share.Notify.DELAY);
    }

    private boolean isOverdue(Envelope envelope) {
        long time = Hurry.notifyTime(envelope.message().carriage().urgency());
        return time > envelope.created().toEpochMilli() && time <= clock.millis();
    }

    private Notices.Notice late(Task task, Store.Leased leased) {
        var envelope = leased.envelope();
        var about = about(envelope);
        var state = leased.state();
        return new Notices.Notice(
                Notices.Kind.DELAYED,
                envelope,
                isOverdue(envelope) ? overdue(about) : about,
                Instant.ofEpochMilli(schedule.expiry(task)),
                new Store.Change.Becomes(
                        envelope.id(),
                        new State(state.progress(), state.standing(), task.warned, task.deaths)));
    }

    private static Report.About overdue(Report.About about) {
        var text = "deliver-by time is over; last: " + about.text();
        return new Report.About(about.share(), LATE, text, "", about.lastAttempt());
    }

    private static Report.About about(Envelope envelope) {
        return switch (envelope.progress()) {
            case Envelope.Progress.Untried() ->
                    new Report.About(
                            envelope.share(), LATE, "not tried yet", "", envelope.created());
            case Envelope.Progress.Tried(_, var last, var outcome) ->
                    new Report.About(
                            envelope.share(),
                            outcome.status(),
                            outcome.text(),
                            outcome.peer(),
                            last);
        };
    }

    /// It is kept back, because.
    void park(Task task, String why) {
        task.rerouting = false;
        schedule.wait(task, Task.Phase.HELD, task.nextTry);
        change(task, state(task).with(new State.Standing.Held(why)));
    }

    /// The envelope's state, as far as it can be read.
    State state(Task task) {
        try {
            return store.look(new EnvelopeId(task.id)).map(Store.Leased::state).orElse(State.NEW);
        } catch (IOException e) {
            return State.NEW;
        }
    }

    /// Writes its state, with what the schedule knows better.
    void change(Task task, State state) {
        var whole = new State(state.progress(), state.standing(), task.warned, task.deaths);
        store.change(List.of(new Store.Change.Becomes(new EnvelopeId(task.id), whole)));
    }

    /// Nobody can be told, because the message cannot be read: it is kept for the postmaster.
    void bury(Task task, String why) {
        var now = clock.instant();
        task.lastTry = (int) now.getEpochSecond();
        schedule.wait(task, Task.Phase.DEAD, Long.MAX_VALUE);
        change(task, state(task).with(new State.Standing.Dead(why, now)));
    }
}
