package org.postern.queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postern.config.Config;
import org.postern.control.ControlPoint;
import org.postern.control.Order;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife;
import org.postern.ipc.Users;
import org.postern.log.Log;
import org.postern.queue.schedule.Policy;
import org.postern.queue.schedule.Scheduler;
import org.postern.queue.store.SegmentStore;
import org.postern.queue.store.SpoolDisk;

/// The queue: takes in messages, keeps them, and gives them out to be tried.
///
/// Rights: the queue's user; reads and writes the spool, makes the sockets in its own run
/// directory. No network, no capability. It parses no byte of mail but the header of what it
/// returns in a notification.
public final class QueueRoom implements RoomLife.Tenant {
    private static final int MOST_SUBMISSIONS = 1024;
    private static final int MOST_WORKERS = 320;
    private static final int MOST_TOOLS = 32;

    /// Who may talk to the room.
    ///
    /// @param front hands in mail, and has the lanes RELAY and ROUTE
    /// @param delivery has the lane LOCAL
    /// @param admin gives orders
    public record Peers(
            Set<UserPrincipal> front, Set<UserPrincipal> delivery, Hearing.Audience admin) {
        public Peers {
            front = Set.copyOf(front);
            delivery = Set.copyOf(delivery);
        }

        /// The peers of a room whose house has these users.
        static Peers of(Users users) {
            return new Peers(
                    Set.of(users.of(Room.FRONT)), Set.of(users.of(Room.DELIVERY)), users.orders());
        }
    }

    private final Place place;
    private final Log log;
    private final Deadlines deadlines;
    private final InstantSource clock;
    private final Peers peers;
    private final long draftMemory;
    private final SegmentStore store;
    private final Scheduler scheduler;
    private final QueueControl control;
    private final List<Hearing> hearings = new ArrayList<>();
    private volatile Config config;

    /// The queue's room as the supervisor starts it.
    public QueueRoom(RoomLife.Circumstances circumstances) throws IOException {
        this(
                circumstances.place(),
                circumstances.config(),
                circumstances.log(),
                circumstances.deadlines(),
                InstantSource.system(),
                Peers.of(circumstances.users()),
                Runtime.getRuntime().maxMemory() / 4);
        for (var lane : circumstances.paused()) {
            switch (lane) {
                case MDA -> control.pauseFromStart(Order.Traffic.MDA);
                case MTA -> control.pauseFromStart(Order.Traffic.MTA);
                case SMTP -> {}
            }
        }
    }

    /// Opens the spool and recovers what is there; hears nobody yet.
    ///
    /// @param draftMemory how many bytes the messages that are coming in may take of the memory
    /// @throws IOException if the spool cannot be used
    public QueueRoom(
            Place place,
            Config config,
            Log log,
            Deadlines deadlines,
            InstantSource clock,
            Peers peers,
            long draftMemory)
            throws IOException {
        this.place = place;
        this.config = config;
        this.log = log;
        this.deadlines = deadlines;
        this.clock = clock;
        this.peers = peers;
        this.draftMemory = draftMemory;
        this.store =
                SegmentStore.open(new SpoolDisk(place.spool()), SegmentStore.Options.DEFAULTS, log);
        this.scheduler = new Scheduler(store, Policy.of(config), clock, log);
        this.control = new QueueControl(store, scheduler, clock.instant(), clock);
    }

    /// Begins to hear the other rooms and to give out work.
    @Override
    public void start() throws IOException {
        Files.createDirectories(place.roomDirectory(Room.QUEUE));
        var work = new HashSet<>(peers.front());
        work.addAll(peers.delivery());
        var submission =
                new SubmissionHearer(
                        store,
                        scheduler,
                        deadlines,
                        clock,
                        () -> config.settings().maxMessageSize(),
                        draftMemory);
        hear(place.submissionIntoQueueSocket(), only(peers.front()), MOST_SUBMISSIONS, submission);
        hear(
                place.workSocket(),
                only(work),
                MOST_WORKERS,
                new WorkHearer(store, scheduler, deadlines, peers.front(), peers.delivery(), log));
        hear(
                place.controlSocket(Room.QUEUE),
                peers.admin(),
                MOST_TOOLS,
                new ControlPoint(control, deadlines));
        scheduler.start();
    }

    private static Hearing.Audience only(Set<UserPrincipal> users) {
        return new Hearing.Audience.Only(users);
    }

    private void hear(Path socket, Hearing.Audience audience, int most, Hearing.Hearer hearer)
            throws IOException {
        hearings.add(Hearing.open(socket, audience, most, hearer, new Told()));
    }

    /// Once it is adopted, `next` holds for what is queued too.
    @Override
    public RoomLife.Ready prepare(Config next) {
        var policy = Policy.of(next);
        return () -> {
            config = next;
            scheduler.reload(policy);
        };
    }

    @Override
    public void keepPlace() throws IOException {
        for (var hearing : hearings) {
            hearing.keepPlace();
        }
    }

    /// Ends: gives out nothing more, waits at most `grace` for what is under way, writes the index.
    @Override
    public void stop(Duration grace) {
        scheduler.close();
        awaitWorkers(grace);
        try {
            for (var hearing : hearings) {
                hearing.close();
            }
            store.close();
        } catch (IOException e) {
            log.error("queue: the store did not close well: " + e);
        }
    }

    private void awaitWorkers(Duration grace) {
        long end = System.nanoTime() + grace.toNanos();
        try {
            while (scheduler.inFlight() > 0 && System.nanoTime() - end < 0) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Told implements Hearing.Reports {
        @Override
        public void refused(Path socket, String user) {
            log.warn("queue: " + Log.visible(user) + " may not talk to " + socket.getFileName());
        }

        @Override
        public void alsoRefused(Path socket, long count) {
            log.warn("queue: " + count + " more may not talk to " + socket.getFileName());
        }

        @Override
        public void broken(Path socket, Throwable cause) {
            if (cause instanceof RuntimeException bug) {
                log.bug("queue: a conversation at " + socket.getFileName(), bug);
            } else {
                log.warn("queue: " + socket.getFileName() + ": " + Log.visible("" + cause));
            }
        }
    }
}
