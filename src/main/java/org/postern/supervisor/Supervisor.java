package org.postern.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.postern.config.ConfigException;
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
import org.postern.os.Confinement;

/// The supervisor at work: which rooms there are, by which configuration, and how loud they are.
///
/// Guarded by its lock: starts, reloads and stops happen one after the other.
final class Supervisor implements ControlPoint.Room, RoomProcess.Plan {
    /// The order in which rooms are started; they are stopped in the reverse order.
    private static final List<Room> ORDER =
            List.of(Room.QUEUE, Room.KEEPER, Room.DELIVERY, Room.FRONT);

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Options options;
    private final Household household;
    private final Java java;
    private final Fences fences;
    private final Chunk seal;
    private final Log log;
    private final Deadlines deadlines = new Deadlines();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Room, RoomProcess> rooms = new EnumMap<>(Room.class);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Checked checked;
    private volatile Leash.Verbosity verbosity;

    Supervisor(Options options, Household household, Checked checked, Chunk seal, Log log) {
        this.options = options;
        this.household = household;
        this.checked = checked;
        this.seal = seal;
        this.log = log;
        this.java = Java.running();
        this.fences = new Fences(options.place(), household, java);
        this.verbosity = options.verbosity();
    }

    /// Starts every room that is needed, and begins to hear orders.
    ///
    /// @throws IOException if one does not start; those that did are stopped again
    void start() throws IOException {
        lock.lock();
        try {
            var needed = Needs.of(checked.config());
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
        } catch (IOException e) {
            stopRooms();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private RoomProcess spawn(Room room) throws IOException {
        var process = new RoomProcess(room, java, this, deadlines, log);
        process.spawn();
        rooms.put(room, process);
        return process;
    }

    private void startRoom(Room room) throws IOException {
        spawn(room).begin();
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
                        16,
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
    public Confinement confinement(Room room) {
        return fences.of(room, checked);
    }

    @Override
    public String footing(Room room) {
        return fences.footing(room, checked);
    }

    @Override
    public Leash.Start start(Room room) throws IOException {
        var place = options.place();
        return new Leash.Start(
                place.config().toString(),
                place.spool().toString(),
                place.run().toString(),
                household.users(),
                checked.config().sources(),
                verbosity,
                options.sink(),
                options.paused(),
                room == Room.DELIVERY ? seal : Chunk.EMPTY);
    }

    @Override
    public Order.Answer carryOut(Order order, ControlPoint.Lines lines) throws IOException {
        return switch (order) {
            case Order.Reload() -> reload();
            case Order.LogBrief() -> speak(new Leash.Verbosity(Leash.Level.BRIEF, Set.of()));
            case Order.LogVerbose() ->
                    speak(new Leash.Verbosity(Leash.Level.VERBOSE, verbosity.traces()));
            case Order.Trace(var subsystem) -> {
                var traces = new HashSet<>(verbosity.traces());
                traces.add(subsystem);
                yield speak(new Leash.Verbosity(verbosity.level(), traces));
            }
            case Order.Untrace(var subsystem) -> {
                var traces = new HashSet<>(verbosity.traces());
                traces.remove(subsystem);
                yield speak(new Leash.Verbosity(verbosity.level(), traces));
            }
            case Order.ShowStatus() -> {
                for (var process : processes()) {
                    lines.line(process.status());
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
                    Order.Pause _,
                    Order.Resume _ ->
                    new Order.Answer.Refused("that is not an order for the supervisor");
        };
    }

    private Collection<RoomProcess> processes() {
        lock.lock();
        try {
            return List.copyOf(rooms.values());
        } finally {
            lock.unlock();
        }
    }

    private Order.Answer speak(Leash.Verbosity wanted) {
        verbosity = wanted;
        applyVerbosity(log, wanted);
        processes().forEach(process -> process.speak(wanted));
        return new Order.Answer.Done(0);
    }

    static void applyVerbosity(Log log, Leash.Verbosity wanted) {
        log.speak(
                switch (wanted.level()) {
                    case BRIEF -> Log.Level.INFO;
                    case VERBOSE -> Log.Level.DEBUG;
                },
                wanted.traces());
    }

    /// Reads the configuration again. If it is bad, or a room does not take it, everything stays as
    /// it was.
    Order.Answer reload() {
        var before = checked;
        lock.lock();
        try {
            before = checked;
            var host = MachineFacts.look(options.place());
            var sources =
                    Sources.read(options.place().config(), options.defines(), host)
                            .withGeneration(before.config().generation() + 1);
            var wanted = Checked.of(sources, log::warn);
            apply(wanted);
            long generation = wanted.config().generation();
            log.info("info: configuration reloaded, generation " + generation);
            return new Order.Answer.Done(generation);
        } catch (ConfigException | IOException e) {
            log.warn("configuration not reloaded: " + e.getMessage());
            restore(before);
            return new Order.Answer.Refused(String.valueOf(e.getMessage()));
        } finally {
            lock.unlock();
        }
    }

    /// Front first: it alone can fail, for want of a port.
    private void apply(Checked wanted) throws IOException {
        checked = wanted;
        var needed = Needs.of(wanted.config());
        for (var room : ORDER) {
            if (needed.contains(room) && !rooms.containsKey(room)) {
                startRoom(room);
            }
        }
        for (var room : ORDER.reversed()) {
            var process = rooms.get(room);
            if (process == null || !needed.contains(room)) {
                continue;
            }
            if (process.needsReplacementFor(confinement(room), footing(room))) {
                rooms.remove(room);
                process.stop(GRACE);
                startRoom(room);
            } else {
                process.reload(new Leash.Reload(wanted.config().sources()));
            }
        }
        for (var room : ORDER) {
            if (!needed.contains(room)) {
                stopRoom(room);
            }
        }
    }

    private void restore(Checked before) {
        if (checked.config().generation() == before.config().generation()) {
            return;
        }
        checked = before;
        for (var room : Needs.of(before.config())) {
            try {
                var process = rooms.get(room);
                if (process == null) {
                    startRoom(room);
                } else {
                    process.reload(new Leash.Reload(before.config().sources()));
                }
            } catch (IOException e) {
                log.error("cannot go back to the old configuration: " + e.getMessage());
            }
        }
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
        var running = new ArrayList<>(rooms.keySet());
        running.sort((a, b) -> Integer.compare(ORDER.indexOf(b), ORDER.indexOf(a)));
        for (var room : running) {
            stopRoom(room);
        }
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
