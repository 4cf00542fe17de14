package org.postern.front.server;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.config.Config;
import org.postern.config.Crowding;
import org.postern.config.Listen;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.filter.Filters;
import org.postern.front.route.Router;
import org.postern.front.server.Places.Found;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Leash;
import org.postern.ipc.RoomLife;
import org.postern.log.Log;
import org.postern.mail.SessionId;
import org.postern.table.TableSet;
import org.postern.tls.KeyHolder;

/// Mail in: the listeners of a configuration, the local submission socket, and their sessions.
public final class Server {
    /// How many conversations with the queue commit messages at a time.
    private static final int SUBMISSIONS = 128;

    /// How many sessions of one user of this machine there may be, and of all.
    private static final int OF_ONE_USER = 32;

    private static final int LOCAL_SESSIONS = 512;
    private static final Duration LAST_GRACE = Duration.ofSeconds(10);

    /// The names of clients.
    @FunctionalInterface
    public interface ClientNames {
        /// The name of `address`. Takes seconds at most; called on the thread of the session.
        ClientName of(InetAddress address);
    }

    /// What the server is made of.
    ///
    /// @param queue the socket on which the queue takes messages in
    /// @param local the socket on which we take mail from the users of this machine
    /// @param wellKnown the name by which they know it
    /// @param mostSessions how many sessions from the network there may be
    public record Parts(
            Path queue,
            Path local,
            Path wellKnown,
            int mostSessions,
            ClientNames names,
            KeyHolder keys,
            Logins logins,
            Log log,
            Deadlines deadlines,
            InstantSource clock) {}

    private final Parts parts;
    private final Log log;
    private final Gate gate = new Gate();
    private final Traffic traffic = new Traffic();
    private final SessionId.Source ids = new SessionId.Source();
    private final Submissions submissions;
    private final Arrivals arrivals;
    private final Places localPlaces = new Places(LOCAL_SESSIONS, OF_ONE_USER);
    private final Doors doors;
    private final List<Hearing> hearings = new ArrayList<>();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;
    private volatile Local local;

    /// How the users of this machine are received, and with what: the two change together.
    private record Local(Reception reception, Means means, Crowding crowding) {}

    /// A server that works by the configuration of `tables` when it is started, with the ruleset
    /// behind `router`.
    public Server(Parts parts, TableSet tables, Router router, Filters filters) {
        this.parts = parts;
        this.log = parts.log();
        this.submissions = new Submissions(parts.queue(), SUBMISSIONS, parts.deadlines());
        this.arrivals = new Arrivals(parts, ids);
        this.doors = new Doors(gate, log);
        this.local = local(tables.config(), router, filters);
    }

    /// Binds all listeners and lets clients in; if one cannot be bound, none is.
    public void start(TableSet tables, Hearing.Reports reports) throws IOException {
        start(tables, Leash.Arrival.ALONE, reports);
    }

    /// The same, where a predecessor may still listen at the same addresses.
    public void start(TableSet tables, Leash.Arrival arrival, Hearing.Reports reports)
            throws IOException {
        var sharing =
                switch (arrival) {
                    case ALONE -> Door.Sharing.ALONE;
                    case SUCCESSOR -> Door.Sharing.SHARED;
                };
        doors.prepare(Binding.of(tables, this::protection), host(local), sharing).adopt();
        hearings.add(
                Hearing.open(
                        parts.local(),
                        new Hearing.Audience.Anyone(),
                        LOCAL_SESSIONS,
                        this::receiveLocal,
                        reports));
    }

    /// Binds the listeners that are new in the configuration of `tables`. Once it is adopted, new
    /// sessions are held by it and the ruleset behind `router`; those in progress finish as they
    /// began.
    ///
    /// @throws IOException if a listener cannot be bound; then nothing has changed
    public RoomLife.Ready prepare(TableSet tables, Router router, Filters filters)
            throws IOException {
        var next = local(tables.config(), router, filters);
        var change =
                doors.prepare(Binding.of(tables, this::protection), host(next), Door.Sharing.ALONE);
        return new RoomLife.Ready() {
            @Override
            public void adopt() {
                local = next;
                change.adopt();
            }

            @Override
            public void drop() {
                change.drop();
            }
        };
    }

    /// Works by the configuration of `tables`, without filters, from now on. Sessions in progress
    /// finish as they began. If a new listener cannot be bound, nothing changes.
    public void reload(TableSet tables, Router router) throws IOException {
        prepare(tables, router, Filters.none()).adopt();
    }

    /// Lets a successor bind the addresses of the listeners.
    public void makeWay() {
        doors.share(Door.Sharing.SHARED);
    }

    /// No successor comes after all.
    ///
    /// @throws IOException if the submission socket, which it had taken, cannot be made again
    public synchronized void keepPlace() throws IOException {
        doors.share(Door.Sharing.ALONE);
        for (var hearing : hearings) {
            hearing.keepPlace();
        }
    }

    /// Keeps clients waiting from now on; false if that was so already.
    public boolean pause() {
        return gate.shut();
    }

    /// Lets clients in again; false if that was so already.
    public boolean resume() {
        return gate.open();
    }

    /// Are clients kept waiting?
    public boolean isPaused() {
        return gate.isShut();
    }

    /// `key=value` lines about the sessions, sorted.
    public List<String> stats() {
        return traffic.lines();
    }

    /// The ports that network listeners are bound to.
    List<Integer> ports() {
        return doors.ports();
    }

    /// Lets in who has come, and then nobody any more, and waits until all sessions are over. Those
    /// that are not after `atMost` are stopped.
    public void retire(Duration atMost) {
        if (gate.isShut()) {
            doors.close(); // who waits there would wait for ever: the successor's gate is opened
        } else {
            doors.leave();
        }
        closeHearings();
        awaitSessions(atMost);
        stop(LAST_GRACE);
    }

    /// Lets nobody in any more, ends the sessions that do nothing, and waits until the others have
    /// finished their mail transaction, at most `grace`.
    public void stop(Duration grace) {
        doors.close();
        closeHearings();
        ending = true;
        sessions.forEach(Session::end);
        awaitSessions(grace);
        submissions.close();
    }

    private void awaitSessions(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        try {
            while (traffic.now() > 0 && System.nanoTime() - end < 0) {
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void closeHearings() {
        for (var hearing : hearings) {
            try {
                hearing.close();
            } catch (IOException e) {
                log.warn("smtp: closing the submission socket: " + Log.visible(e.toString()));
            }
        }
        hearings.clear();
    }

    private Local local(Config config, Router router, Filters filters) {
        var means =
                new Means(
                        Limits.of(config.settings()),
                        router,
                        filters,
                        submissions,
                        parts.logins(),
                        traffic,
                        log,
                        parts.clock());
        return new Local(localReception(config), means, config.settings().crowding());
    }

    private Protection protection(Listen listen, Config config) {
        return Protection.of(listen, config, parts.keys(), parts.clock());
    }

    private Door.Host host(Local by) {
        return (socket, entrance) ->
                arrivals.receive(
                        socket,
                        entrance,
                        by.crowding(),
                        (id, link, reception, peer) -> hold(id, link, reception, peer, by.means()));
    }

    private static Reception localReception(Config config) {
        return config.listeners().stream()
                .filter(listen -> listen.place() instanceof Listen.Place.Socket)
                .findFirst()
                .map(
                        listen ->
                                Reception.of(
                                        listen,
                                        config.serverName(),
                                        new Protection.None(),
                                        new Admission.Closed()))
                .orElseGet(() -> Reception.ofSocket(config.serverName()));
    }

    private void receiveLocal(SocketChannel channel, UserPrincipal user) throws IOException {
        var link = new UnixLink(channel, parts.deadlines());
        if (gate.isShut()) {
            say(link, Replies.PAUSED);
            return;
        }
        if (localPlaces.take(user) != Found.PLACE) {
            arrivals.refusals().refuse(link, "local", Replies.TOO_MANY_SESSIONS);
            return;
        }
        try {
            var now = local;
            var peer = Peer.local(now.reception().name(), user.getName(), parts.wellKnown());
            hold(ids.next(), link, now.reception(), peer, now.means());
        } finally {
            localPlaces.leave(user);
        }
    }

    private void hold(SessionId id, Link link, Reception reception, Peer peer, Means means) {
        var session = new Session(id, link, reception, peer, means);
        traffic.begins(peer);
        count();
        try {
            sessions.add(session);
            if (ending) {
                session.end();
            }
            session.run();
        } finally {
            sessions.remove(session);
            traffic.ends();
            count();
        }
    }

    private void count() {
        if (log.traces("stat")) {
            log.trace("stat", "smtp.session=" + traffic.now());
        }
    }

    private static void say(Link link, org.postern.smtp.Reply reply) throws IOException {
        var bytes = reply.wire().toArray();
        link.write(bytes, bytes.length);
    }
}
