package org.postern.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Problem;
import org.postern.config.Sources;
import org.postern.control.ControlPoint;
import org.postern.control.Order;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Leash;
import org.postern.ipc.Room;
import org.postern.ipc.Users;
import org.postern.log.Log;
import org.postern.mail.Chunk;

/// The supervisor at work: which rooms there are, by which configuration, and how loud they are.
///
/// Guarded by its lock: starts, reloads and stops happen one after the other. Who asks how things
/// stand waits for none of them.
final class Supervisor implements ControlPoint.Room, RoomProcess.Plan {
    private static final List<Room> ORDER = Transition.ORDER;

    private static final Duration GRACE = Duration.ofSeconds(10);

    /// How long a room that was replaced, or is needed no more, may take to finish what is under
    /// way.
    private static final Duration RETIREMENT = Duration.ofMinutes(30);

    /// More rooms than these do not finish what is under way at the same time: the oldest is
    /// stopped.
    private static final int MOST_LEAVING = 4;

    private static final int LONGEST_LINE = 8192;

    /// How many conversations of each who gives orders there may be: a hundred may ask for a reload
    /// at once.
    private static final int MOST_TOOLS = 256;

    private final Options options;
    private final Household household;
    private final Java java;
    private final Fences fences;
    private final Chunk seal;
    private final Log log;
    private final Deadlines deadlines = new Deadlines();
    private final ReentrantLock lock = new ReentrantLock();
    // Changed with the lock; looked at by any thread.
    private final Map<Room, RoomProcess> rooms = new ConcurrentSkipListMap<>();
    private final List<RoomProcess> leaving = new CopyOnWriteArrayList<>();

    private final TablePrograms tables;
    private final FilterPrograms filters;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Rounds<Reloading> reloads = new Rounds<>(this::reloadOnce);
    private final Semaphore hangUps = new Semaphore(0);
    private volatile Checked checked;
    private volatile Leash.Verbosity verbosity;

    Supervisor(Options options, Household household, Checked checked, Chunk seal, Log log) {
        this.options = options;
        this.household = household;
        deadlines.show(log);
        this.checked = checked;
        this.seal = seal;
        this.log = log;
        this.java = Java.running();
        this.fences = new Fences(options.place(), household, java);
        this.tables = new TablePrograms(options.place(), household, java, fences, log);
        this.filters = new FilterPrograms(options.place(), household, fences, log);
        this.verbosity = options.verbosity();
    }

    /// Starts every room that is needed, and begins to hear orders.
    ///
    /// @throws IOException if one does not start; those that did are stopped again
    void start() throws IOException {
        lock.lock();
        try {
            var needed = Needs.of(checked.config());
            tables.open(checked.config());
            filters.open(checked.config());
            for (var room : ORDER) {
                if (needed.contains(room)) {
                    spawn(room);
                }
            }
            for (var room : ORDER) {
                var process = rooms.get(room);
                if (process != null) {
                    process.begin();
                }
            }
            hear();
            Thread.ofPlatform().daemon().name("reload").start(this::serveReloads);
            Thread.ofPlatform().daemon().name("hang-up").start(this::reloadOnHangUp);
        } catch (IOException e) {
            stopRooms();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private void spawn(Room room) throws IOException {
        var process = new RoomProcess(room, java, this, deadlines, log);
        process.spawn(life(room));
        rooms.put(room, process);
    }

    private void hear() throws IOException {
        var users = household.users();
        var self =
                options.place()
                        .run()
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(users.getLast());
        var _ =
                Hearing.open(
                        options.place().supervisorSocket(),
                        Users.ordersOf(self),
                        MOST_TOOLS,
                        new ControlPoint(this, deadlines),
                        new Reports());
    }

    private final class Reports implements Hearing.Reports {
        @Override
        public void refused(java.nio.file.Path socket, String user) {
            log.warn("control: user " + Log.visible(user) + " refused at " + socket);
        }

        @Override
        public void alsoRefused(java.nio.file.Path socket, long count) {
            log.warn("control: " + count + " more refused at " + socket);
        }

        @Override
        public void broken(java.nio.file.Path socket, Throwable cause) {
            log.warn("control: conversation at " + socket + " ended: " + cause);
        }
    }

    @Override
    public Life life(Room room) throws IOException {
        return life(room, checked, Leash.Arrival.ALONE);
    }

    private Life life(Room room, Checked by, Leash.Arrival arrival) throws IOException {
        return new Life(
                fences.of(room, by),
                fences.footing(room, by),
                TableMemory.of(room, by.config()),
                start(room, by, arrival));
    }

    private Leash.Start start(Room room, Checked by, Leash.Arrival arrival) throws IOException {
        var place = options.place();
        return new Leash.Start(
                place.config().toString(),
                place.spool().toString(),
                place.run().toString(),
                household.users(),
                by.sources(room),
                verbosity,
                options.sink(),
                options.paused(),
                arrival,
                room == Room.DELIVERY ? seal : Chunk.EMPTY);
    }

    @Override
    public Order.Answer carryOut(Order order, ControlPoint.Lines lines) throws IOException {
        return switch (order) {
            case Order.Reload() -> reload(lines);
            case Order.LogAs(var form) -> speak(verbosity.as(form));
            case Order.LogBrief() -> speak(verbosity.at(Leash.Level.BRIEF, Set.of()));
            case Order.LogVerbose() -> speak(verbosity.at(Leash.Level.VERBOSE, verbosity.traces()));
            case Order.Trace(var subsystem) -> {
                var traces = new HashSet<>(verbosity.traces());
                traces.add(subsystem);
                yield speak(verbosity.at(verbosity.level(), traces));
            }
            case Order.Untrace(var subsystem) -> {
                var traces = new HashSet<>(verbosity.traces());
                traces.remove(subsystem);
                yield speak(verbosity.at(verbosity.level(), traces));
            }
            case Order.ShowStatus() -> {
                for (var process : rooms.values()) {
                    lines.line(process.status());
                }
                for (var process : leaving) {
                    if (!process.isGone()) {
                        lines.line(process.status() + " leaving");
                    }
                }
                for (var line : tables.status()) {
                    lines.line(line);
                }
                for (var line : filters.status()) {
                    lines.line(line);
                }
                lines.line("configuration generation=" + checked.config().generation());
                yield new Order.Answer.Done(rooms.size());
            }
            case Order.ShowStats() -> new Order.Answer.Done(0);
            case Order.ShowQueue _,
                    Order.ShowEnvelope _,
                    Order.ShowMessage _,
                    Order.Schedule _,
                    Order.Remove _,
                    Order.Hold _,
                    Order.Release _,
                    Order.Reroute _,
                    Order.Pause _,
                    Order.Resume _,
                    Order.UpdateTable _,
                    Order.Explain _ ->
                    new Order.Answer.Refused("that is not an order for the supervisor");
        };
    }

    private Order.Answer speak(Leash.Verbosity wanted) {
        verbosity = wanted;
        wanted.rule(log);
        rooms.values().forEach(process -> process.speak(wanted));
        return new Order.Answer.Done(0);
    }

    /// What came of a reload.
    private sealed interface Reloading {
        /// The house works by this generation.
        record Done(long generation, List<String> warnings) implements Reloading {}

        /// Everything is as it was, because: all that is wrong, in lines.
        record Refused(List<String> problems) implements Reloading {}
    }

    /// Reads the configuration again. If it is bad, or a room cannot work by it, everything stays
    /// as it was, and `lines` are told all that is wrong. Who asks while a reload is under way
    /// waits for the next one, and shares it with all others who wait.
    private Order.Answer reload(ControlPoint.Lines lines) throws IOException {
        try {
            return switch (reloads.ask()) {
                case Reloading.Done(var generation, var warnings) -> {
                    tell(warnings, lines);
                    yield new Order.Answer.Done(generation);
                }
                case Reloading.Refused(var problems) -> {
                    tell(problems, lines);
                    yield new Order.Answer.Refused("the configuration stays as it was");
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Order.Answer.Refused("the server is stopping");
        }
    }

    private static void tell(List<String> texts, ControlPoint.Lines lines) throws IOException {
        for (var text : texts) {
            for (var line : text.split("\n", -1)) {
                lines.line(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line);
            }
        }
    }

    /// Asks for a reload and does not wait for it: many calls at the same time are at least one
    /// reload after the last of them. For the thread of a signal.
    void reloadSoon() {
        hangUps.release();
    }

    private void reloadOnHangUp() {
        try {
            while (true) {
                hangUps.acquire();
                var _ = hangUps.drainPermits();
                var _ = reloads.ask();
            }
        } catch (InterruptedException e) {
            // The supervisor ends.
        }
    }

    private void serveReloads() {
        while (true) {
            try {
                reloads.serve();
            } catch (InterruptedException e) {
                return; // The supervisor ends.
            } catch (RuntimeException | Error e) {
                log.bug("reload", e); // without this thread nobody would get an answer
            }
        }
    }

    private Reloading reloadOnce() {
        lock.lock();
        try {
            var warnings = new ArrayList<String>();
            var host = MachineFacts.look(options.place());
            var sources =
                    Sources.read(options.place().config(), options.defines(), host)
                            .withGeneration(checked.config().generation() + 1);
            var wanted = Checked.of(sources, warnings::add, options.place());
            warnings.forEach(this::warn);
            var problems = change(wanted);
            if (!problems.isEmpty()) {
                return refused(problems);
            }
            long generation = wanted.config().generation();
            log.info("info: configuration reloaded, generation " + generation);
            return new Reloading.Done(generation, warnings);
        } catch (ConfigException e) {
            return refused(e.problems().stream().map(Problem::text).toList());
        } catch (IOException e) {
            return refused(List.of(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            log.bug("reload", e);
            return refused(List.of(e.toString()));
        } finally {
            lock.unlock();
        }
    }

    private Reloading refused(List<String> problems) {
        log.warn("configuration not reloaded: " + problems.size() + " problems");
        problems.forEach(this::warn);
        return new Reloading.Refused(problems);
    }

    /// Whoever asked is shown the lines of the file. The log, which others read too, says only
    /// where they are and what is wrong: they may hold a key or a password.
    private void warn(String report) {
        report.lines().limit(1).forEach(line -> log.warn("config: " + line));
    }

    /// Brings the rooms to another configuration.
    ///
    /// @return what was wrong; then all is as it was
    private List<String> change(Checked wanted) {
        if (ended.getCount() == 0) {
            return List.of("the server is stopping");
        }
        leaving.removeIf(RoomProcess::isGone);
        try {
            tables.open(wanted.config());
            filters.open(wanted.config());
        } catch (IOException e) {
            retirePrograms(checked.config());
            return List.of(String.valueOf(e.getMessage()));
        }
        var transition =
                new Transition(
                        rooms,
                        Needs.of(wanted.config()),
                        wanted,
                        (room, arrival) -> life(room, wanted, arrival),
                        (room, arrival) -> {
                            var process = new RoomProcess(room, java, this, deadlines, log);
                            process.spawn(life(room, wanted, arrival));
                            return process;
                        });
        var wrong = transition.prepare();
        if (!wrong.isEmpty()) {
            transition.undo();
            retirePrograms(checked.config());
            return wrong;
        }
        checked = wanted;
        for (var process : transition.complete()) {
            process.retire(RETIREMENT);
            leaving.add(process);
        }
        while (leaving.size() > MOST_LEAVING) {
            leaving.removeFirst().stopSoon(GRACE);
        }
        retirePrograms(wanted.config());
        return List.of();
    }

    /// Hears no more calls for programs that this configuration does not have.
    private void retirePrograms(Config config) {
        tables.retire(config);
        filters.retire(config);
    }

    /// Ends all rooms, in the reverse order of their start.
    void stop() {
        lock.lock();
        try {
            stopRooms();
        } finally {
            lock.unlock();
            ended.countDown();
        }
    }

    private void stopRooms() {
        leaving.forEach(process -> process.stopSoon(GRACE));
        leaving.clear();
        var running = new ArrayList<>(rooms.keySet());
        running.sort((a, b) -> Integer.compare(ORDER.indexOf(b), ORDER.indexOf(a)));
        for (var room : running) {
            stopRoom(room);
        }
        tables.end();
        filters.end();
    }

    private void stopRoom(Room room) {
        var process = rooms.remove(room);
        if (process != null) {
            process.stop(GRACE);
        }
    }

    /// Waits until the server has been stopped.
    void await() throws InterruptedException {
        ended.await();
    }
}
