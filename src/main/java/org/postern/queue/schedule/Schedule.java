package org.postern.queue.schedule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.postern.ipc.Work.Lane;
import org.postern.queue.store.IdMap;
import org.postern.queue.store.Key;
import org.postern.queue.store.Store;

/// Which envelope is tried next, and when: no threads, no disk, no clock; times are handed in as
/// epoch milliseconds. Guarded by the lock of its owner, the [Scheduler].
final class Schedule {
    /// How many envelopes may be in flight in all.
    static final int MOST_IN_FLIGHT = 5000;

    private static final String SUSPECTS = "\0suspects";
    private static final String STRANDED = "\0stranded";
    private static final String AGAIN = "\0again";

    private final IdMap<Task> tasks = new IdMap<>();
    private final Timetable timetable = new Timetable();
    private final Map<String, Group> groups = new HashMap<>();
    private final Map<Lane, Turns> turns = new EnumMap<>(Lane.class);
    private final Set<Lane> paused = EnumSet.noneOf(Lane.class);
    private Policy policy;
    private int inFlight;

    /// What has come.
    sealed interface Event {
        /// Its time in the queue is over.
        record Expired(Task task) implements Event {}

        /// Its sender is to be told that it is late.
        record Late(Task task) implements Event {}
    }

    Schedule(Policy policy) {
        this.policy = policy;
        for (var lane : Lane.values()) {
            turns.put(lane, new Turns());
        }
    }

    Policy policy() {
        return policy;
    }

    /// Adds an envelope, new or found at the start.
    void add(Store.Entry entry) {
        var task = new Task(entry, group(entry.key(), entry.deaths()));
        task.tries = (char) entry.tries();
        task.lastTry = (int) entry.lastTry();
        task.warned = (byte) entry.warned();
        task.deaths = (byte) entry.deaths();
        task.phase =
                switch (entry.mark()) {
                    case QUEUED -> Task.Phase.WAITING;
                    case HELD -> Task.Phase.HELD;
                    case DEAD -> Task.Phase.DEAD;
                };
        task.nextTry = Retry.due(task.created, task.tries, task.group.lane, task.message());
        task.group.tasks++;
        tasks.put(task);
        arm(task);
    }

    /// Adds an envelope that is to be tried at once.
    void addReady(Store.Entry entry, long now) {
        add(entry);
        find(entry.id().value())
                .filter(task -> task.nextTry <= now && expiry(task) > now)
                .ifPresent(this::ready);
    }

    private Group group(Task task) {
        if (!task.rerouting) {
            return group(task.key, task.deaths);
        }
        return task.deaths > 0
                ? group(Lane.ROUTE, SUSPECTS, Group.Limits.OF_SUSPECTS)
                : group(Lane.ROUTE, AGAIN, Group.Limits.OF_ROUTING);
    }

    private Group group(Key key, int deaths) {
        return switch (policy.course(key)) {
            case Policy.Course.Goes(var lane, var name, var limits) ->
                    deaths > 0
                            ? group(lane, SUSPECTS, Group.Limits.OF_SUSPECTS)
                            : group(lane, name, limits);
            case Policy.Course.Stranded(_) ->
                    group(
                            key.kind() == Key.Kind.REMOTE ? Lane.RELAY : Lane.LOCAL,
                            STRANDED,
                            Group.Limits.NONE);
        };
    }

    private Group group(Lane lane, String name, Group.Limits limits) {
        return groups.computeIfAbsent(lane + " " + name, _ -> new Group(lane, name, limits));
    }

    /// Is there no way for it now, and why?
    Optional<String> stranded(Task task) {
        return switch (policy.course(task.key)) {
            case Policy.Course.Goes(_, _, _) -> Optional.empty();
            case Policy.Course.Stranded(var why) -> Optional.of(why);
        };
    }

    Optional<Task> find(long id) {
        return Optional.ofNullable(tasks.find(id));
    }

    /// When its time in the queue is over.
    long expiry(Task task) {
        if (task.phase == Task.Phase.DEAD) {
            return (task.lastTry & 0xffffffffL) * 1000 + policy.ttl().toMillis();
        }
        return Math.min(
                task.created + policy.ttl(task.key.action()).toMillis(),
                Hurry.returnTime(task.urgency));
    }

    private void arm(Task task) {
        long event = expiry(task);
        if (task.phase != Task.Phase.DEAD) {
            event = Math.min(event, Hurry.warning(task, policy.warnings(), task.warned));
        }
        if (task.phase == Task.Phase.WAITING) {
            event = Math.min(event, task.nextTry);
        }
        task.event = event;
        timetable.put(task);
    }

    /// When [#due] should be called next, or `Long.MAX_VALUE`.
    long nextEvent() {
        return timetable.first().map(task -> task.event).orElse(Long.MAX_VALUE);
    }

    /// Moves at most `most` tasks whose time has come, and tells what else has come.
    List<Event> due(long now, int most) {
        var events = new ArrayList<Event>();
        for (int i = 0; i < most; i++) {
            var first = timetable.first();
            if (first.isEmpty() || first.get().event > now) {
                break;
            }
            var task = first.get();
            if (now >= expiry(task)) {
                close(task);
                events.add(new Event.Expired(task));
            } else if (warn(task, now)) {
                events.add(new Event.Late(task));
                arm(task);
            } else {
                ready(task);
            }
        }
        return events;
    }

    /// Counts all warnings whose time is past as sent; several missed ones make one.
    private boolean warn(Task task, long now) {
        if (task.phase == Task.Phase.DEAD) {
            return false;
        }
        int passed = task.warned;
        while (Hurry.warning(task, policy.warnings(), passed) <= now) {
            passed++;
        }
        boolean late = passed > task.warned;
        task.warned = (byte) passed;
        return late;
    }

    private void ready(Task task) {
        if (task.phase == Task.Phase.WAITING) {
            task.phase = Task.Phase.READY;
            task.group.add(task);
            enter(task.group);
        }
        arm(task);
    }

    private void enter(Group group) {
        turns(group.lane).enter(group);
    }

    private Turns turns(Lane lane) {
        return Objects.requireNonNull(turns.get(lane));
    }

    /// Can [#take] give out something of this lane?
    boolean hasWork(Lane lane) {
        return !paused.contains(lane) && inFlight < MOST_IN_FLIGHT && !turns(lane).isEmpty();
    }

    /// The next envelopes to be tried in this lane, all for one destination; none if there is
    /// nothing to do. [#finish] is called once for them.
    List<Task> take(Lane lane) {
        if (!hasWork(lane)) {
            return List.of();
        }
        var next = turns(lane).next();
        if (next.isEmpty()) {
            return List.of();
        }
        var group = next.get().group();
        var batch = group.batch(next.get().level(), MOST_IN_FLIGHT - inFlight);
        for (var task : batch) {
            task.phase = Task.Phase.IN_FLIGHT;
            timetable.remove(task);
        }
        inFlight += batch.size();
        group.inFlight++;
        enter(group);
        return batch;
    }

    /// These, the last of a batch that [#take] gave out, are not part of the attempt after all, and
    /// are the next.
    void putBack(Group group, List<Task> tasks) {
        for (var task : tasks) {
            task.phase = Task.Phase.READY;
            arm(task);
        }
        inFlight -= tasks.size();
        group.putBack(tasks);
        enter(group);
    }

    /// An attempt of this group is over; its tasks were disposed of before.
    void finish(Group group) {
        group.inFlight--;
        enter(group);
        forgetIdle(group);
    }

    /// It leaves whatever it was in, and is told of no more; [#remove] or [#wait] follows.
    void close(Task task) {
        leave(task);
        task.phase = Task.Phase.CLOSING;
    }

    private void leave(Task task) {
        switch (task.phase) {
            case READY -> task.group.remove(task);
            case IN_FLIGHT -> inFlight--;
            case WAITING, HELD, DEAD, CLOSING -> {}
        }
        timetable.remove(task);
    }

    /// It is over.
    void remove(Task task) {
        leave(task);
        task.phase = Task.Phase.CLOSING;
        tasks.remove(task.id);
        task.group.tasks--;
        forgetIdle(task.group);
    }

    /// It waits, in this phase, until `nextTry`.
    void wait(Task task, Task.Phase phase, long nextTry) {
        leave(task);
        regroup(task);
        task.phase = phase;
        task.nextTry = nextTry;
        arm(task);
    }

    private void regroup(Task task) {
        var group = group(task);
        if (group != task.group) {
            task.group.tasks--;
            group.tasks++;
            forgetIdle(task.group);
            task.group = group;
        }
    }

    private void forgetIdle(Group group) {
        if (group.isIdle() && !group.isInTurn()) {
            groups.remove(group.lane + " " + group.name, group);
        }
    }

    /// Is there no embargo on a task that is in flight, which ends at `end`, or has the
    /// administrator let it go? If there is, it waits for that. Its time in the queue counts from
    /// when it was free.
    boolean isFree(Task task, long end, long now) {
        boolean free = end <= now || task.letGo;
        task.created = Math.max(task.created, free ? Math.min(end, now) : end);
        if (!free) {
            wait(task, Task.Phase.WAITING, end);
        }
        return free;
    }

    /// Those that wait for the host of this group are due now.
    int hostIsBack(Group group, long now) {
        int woken = 0;
        for (long id : group.hostIsBack()) {
            var task = tasks.find(id);
            if (task != null && task.phase == Task.Phase.WAITING && task.nextTry > now) {
                task.nextTry = now;
                arm(task);
                woken++;
            }
        }
        return woken;
    }

    void pause(Lane lane) {
        paused.add(lane);
    }

    void resume(Lane lane) {
        paused.remove(lane);
    }

    boolean isPaused(Lane lane) {
        return paused.contains(lane);
    }

    /// From now on another policy holds, for what is queued too. An envelope whose action has come
    /// back is due at once.
    void follow(Policy next, long now) {
        if (next.equals(policy)) {
            return;
        }
        boolean sameTimes = next.hasTimesOf(policy);
        policy = next;
        tasks.each(
                task -> {
                    switch (task.phase) {
                        case READY, WAITING -> follow(task, sameTimes, now);
                        case HELD, DEAD -> {
                            if (!sameTimes) {
                                wait(task, task.phase, task.nextTry);
                            }
                        }
                        case IN_FLIGHT, CLOSING -> {}
                    }
                });
    }

    private void follow(Task task, boolean sameTimes, long now) {
        var group = group(task);
        boolean isBack = isStranded(task.group) && !isStranded(group);
        if (isBack || !sameTimes || group != task.group) {
            long nextTry = isBack ? Math.min(task.nextTry, now) : task.nextTry;
            wait(task, Task.Phase.WAITING, nextTry);
        }
    }

    private static boolean isStranded(Group group) {
        return group.name.equals(STRANDED);
    }

    void each(Consumer<Task> visitor) {
        tasks.each(visitor);
    }

    int size() {
        return tasks.size();
    }

    int inFlight() {
        return inFlight;
    }

    int groupCount() {
        return groups.size();
    }
}
