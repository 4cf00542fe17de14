package org.postern.queue.schedule;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.control.ControlPoint.Lines;
import org.postern.control.Order.Selection;
import org.postern.ipc.Work.Lane;
import org.postern.log.Log;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
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

    /// What the schedule knows of an envelope, copied out of it.
    ///
    /// @param time seconds until the next attempt, or since the one under way began
    private record Row(
            EnvelopeId id, Key key, Task.Phase phase, long expiry, long time, String why) {}

    private List<Row> rows(Selection selection) {
        var rows = new ArrayList<Row>();
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
        rows.sort(java.util.Comparator.comparing(Row::id));
        return rows;
    }

    private Row row(Task task) {
        long now = clock.millis();
        long time =
                switch (task.phase) {
                    case IN_FLIGHT -> (now - task.event) / 1000;
                    case WAITING, READY -> Math.floorDiv(task.nextTry - now, 1000L);
                    case HELD, DEAD, CLOSING -> 0;
                };
        return new Row(
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
                lines.line(listing(row, found.get()));
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

    private String listing(Row row, Store.Leased leased) {
        var envelope = leased.envelope();
        return String.join(
                "|",
                row.id().toString(),
                family(envelope.message().origin()),
                type(row.key(), envelope),
                flags(row, envelope),
                envelope.message().sender().key(),
                envelope.share().originalRecipient().toString(),
                envelope.share().recipient().toString(),
                String.valueOf(envelope.created().getEpochSecond()),
                String.valueOf(row.expiry()),
                String.valueOf(lastTry(envelope)),
                String.valueOf(envelope.tries()),
                runState(row),
                time(row),
                Log.visible(error(row, leased)));
    }

    private static String family(Origin origin) {
        if (origin.isLocal()) {
            return "local";
        }
        return origin.address().startsWith("[") ? "inet6" : "inet4";
    }

    private static String type(Key key, Envelope envelope) {
        return switch (key.kind()) {
            case REMOTE -> "mta";
            case ACCOUNT, COMMAND_OR_FILE -> "mda";
            case UNROUTED ->
                    switch (envelope.message().sender()) {
                        case ReversePath.Null() -> "bounce";
                        case ReversePath.Sender(_) -> "mta";
                    };
        };
    }

    private static String flags(Row row, Envelope envelope) {
        var flags = new ArrayList<String>();
        if (row.key().kind() == Key.Kind.UNROUTED) {
            flags.add("bounce");
        }
        if (envelope.message().origin().isAuthenticated()) {
            flags.add("auth");
        }
        if (row.phase() == Task.Phase.HELD || row.phase() == Task.Phase.DEAD) {
            flags.add("suspend");
        }
        if (!row.why().isEmpty()) {
            flags.add("hold");
        }
        return String.join(",", flags);
    }

    private static long lastTry(Envelope envelope) {
        return switch (envelope.progress()) {
            case Envelope.Progress.Untried() -> 0;
            case Envelope.Progress.Tried(_, var last, _) -> last.getEpochSecond();
        };
    }

    private static String runState(Row row) {
        return switch (row.phase()) {
            case IN_FLIGHT -> "inflight";
            case WAITING, READY -> row.why().isEmpty() ? "pending" : "held";
            case HELD, DEAD -> "held";
            case CLOSING -> "pending";
        };
    }

    private static String time(Row row) {
        return switch (row.phase()) {
            case IN_FLIGHT, WAITING, READY -> String.valueOf(row.time());
            case HELD, DEAD, CLOSING -> "";
        };
    }

    private static String error(Row row, Store.Leased leased) {
        var last =
                switch (leased.envelope().progress()) {
                    case Envelope.Progress.Untried() -> "";
                    case Envelope.Progress.Tried(_, _, var outcome) -> outcome.text();
                };
        var kept =
                switch (leased.state().standing()) {
                    case State.Standing.Queued() -> row.why();
                    case State.Standing.Held(var reason) -> "held: " + reason;
                    case State.Standing.Dead(_, _) -> "nobody can be told";
                };
        if (kept.isEmpty() || last.isEmpty()) {
            return kept + last;
        }
        return kept + "; " + last;
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
        var row = rows.getFirst();
        var envelope = found.get().envelope();
        var facts = envelope.message();
        var share = envelope.share();
        var origin = facts.origin();
        show(lines, "evpid", id.toString());
        show(lines, "type", type(row.key(), envelope));
        show(lines, "dispatcher", share.action());
        show(lines, "tag", origin.tag());
        show(lines, "smtpname", origin.smtpName());
        show(lines, "helo", origin.helo());
        show(lines, "hostname", origin.hostName());
        show(lines, "sockaddr", origin.address());
        switch (origin.login()) {
            case Origin.Login.Anonymous() -> {}
            case Origin.Login.As(var user) -> show(lines, "username", user);
        }
        show(lines, "sender", facts.sender().key());
        show(lines, "rcpt", share.originalRecipient().toString());
        show(lines, "dest", share.recipient().toString());
        destination(lines, share.destination());
        show(lines, "ctime", String.valueOf(envelope.created().getEpochSecond()));
        show(lines, "expire", String.valueOf(row.expiry()));
        show(lines, "last-try", String.valueOf(lastTry(envelope)));
        show(lines, "retry", String.valueOf(envelope.tries()));
        show(lines, "warnings", String.valueOf(found.get().state().warned()));
        dsn(lines, facts.dsnReturn().name(), facts.dsnEnvelopeId(), share);
        show(lines, "state", runState(row));
        show(lines, "errorline", error(row, found.get()));
        return 1;
    }

    private static void destination(Lines lines, Share.Destination destination) throws IOException {
        switch (destination) {
            case Share.Destination.Remote(), Share.Destination.Unrouted() -> {}
            case Share.Destination.Account(var user, var subAddress) -> {
                show(lines, "mda-user", user);
                show(lines, "mda-subaddress", subAddress);
            }
            case Share.Destination.Sealed(var user, var kind, _) -> {
                show(lines, "mda-user", user);
                show(lines, "mda-forward", kind.name().toLowerCase(Locale.ROOT));
            }
            case Share.Destination.Listed(var table, var key, var kind, _) -> {
                show(lines, "mda-table", table + ":" + key);
                show(lines, "mda-forward", kind.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    private static void dsn(Lines lines, String ret, String envelopeId, Share share)
            throws IOException {
        var notify = share.dsnNotify().stream().map(Enum::name).sorted().toList();
        show(lines, "dsn-notify", String.join(",", notify));
        show(lines, "dsn-ret", ret.equals("UNSAID") ? "" : ret);
        show(lines, "dsn-envid", envelopeId);
        show(lines, "dsn-orcpt", share.dsnOriginalRecipient());
    }

    private static void show(Lines lines, String key, String value) throws IOException {
        if (!value.isEmpty()) {
            lines.line(key + ": " + Log.visible(value));
        }
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

    /// Tries these now, held ones too.
    public long schedule(Selection selection) {
        return each(
                selection,
                task ->
                        switch (task.phase) {
                            case WAITING, READY -> {
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
