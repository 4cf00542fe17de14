package org.postern.front;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Service;
import org.postern.control.ControlPoint;
import org.postern.control.Order;
import org.postern.dns.ClientNames;
import org.postern.dns.ClientNames.ClientName;
import org.postern.dns.DnsResolver;
import org.postern.front.filter.Filters;
import org.postern.front.filter.Programs;
import org.postern.front.relay.Relay;
import org.postern.front.route.DeliveryAccounts;
import org.postern.front.route.RouteWorkers;
import org.postern.front.route.RulesetRouter;
import org.postern.front.server.Server;
import org.postern.ipc.Hearing;
import org.postern.ipc.Leash;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife;
import org.postern.log.Log;
import org.postern.mail.Origin;
import org.postern.os.ProcessFacts;
import org.postern.table.Answer;
import org.postern.table.TableSet;
import org.postern.table.external.TableConnections;
import org.postern.tls.remote.RemoteKeys;

/// The room of all that strangers touch: mail in, routing, mail out.
///
/// Its rights: the user `smtpd`; the capability NET_BIND_SERVICE; to read tables, the resolver's
/// files and the CA bundle; to bind the configured ports and to connect out; to make sockets in its
/// directory, at which it hears every user of this machine (mail) and those who give orders
/// (control). It talks to `queue`, `delivery` and `keeper`, and never sees the spool, a key, or a
/// user's file.
public final class FrontRoom implements RoomLife.Tenant {
    /// What this room never opens a table for.
    private static final Set<Service> SECRETS = Set.of(Service.AUTH, Service.CREDENTIALS);

    private static final Set<String> LOCALHOST = Set.of("127.0.0.1", "0:0:0:0:0:0:0:1");

    /// How long the name of a client is looked for before it is greeted.
    private static final Duration NAME_PATIENCE = Duration.ofSeconds(5);

    private static final int ACCOUNT_CONVERSATIONS = 32;

    /// How many questions to the keeper there may be at a time; more wait.
    private static final int SIGNATURES = 32;

    private static final int ROUTE_WORKERS = 3;
    private static final int LOGIN_CONVERSATIONS = 32;
    private static final int CONTROL_CONVERSATIONS = 16;
    private static final int USERBASE_CONVERSATIONS = 32;

    /// Descriptors that are not for sessions: mail out, conversations with rooms, tables.
    private static final int OTHER_DESCRIPTORS = 1024;

    private static final int MOST_SESSIONS = 100_000;

    /// The memory for one session, in bytes: idle ones hold about half of that.
    private static final int SESSION_MEMORY = 24 * 1024;

    private final RoomLife.Circumstances circumstances;
    private final Log log;
    private final Lookups lookups;
    private final DeliveryAccounts accounts;
    private final KeeperLogins logins;
    private final TableConnections connections;
    private final KeeperSigner keys;
    private final Programs programs;
    private final Server server;
    private final Relay relay;
    private final RouteWorkers routeWorkers;
    private final Server.ClientNames names;
    private final List<Hearing> hearings = new ArrayList<>();
    private volatile TableSet tables;
    private volatile RouteWorkers.Way way;
    private volatile Config config;

    /// The room as its first configuration wants it; nothing happens before it is started.
    ///
    /// @throws IOException if a table or the resolver's configuration cannot be used
    public FrontRoom(RoomLife.Circumstances circumstances) throws IOException {
        this.circumstances = circumstances;
        this.log = circumstances.log();
        this.config = circumstances.config();
        var place = circumstances.place();
        var deadlines = circumstances.deadlines();
        var clock = InstantSource.system();
        this.lookups = new Lookups(log);
        this.connections =
                new TableConnections(
                        (table, origin) ->
                                () -> Hearing.connect(place.tableSocket(Room.FRONT, table, origin)),
                        complaint -> log.warn("table " + Log.visible(complaint)));
        this.programs =
                new Programs(place, complaint -> log.warn("filter " + Log.visible(complaint)));
        this.tables = open(config);
        var root = Objects.requireNonNull(place.run().toAbsolutePath().getParent());
        var resolver = new TracedResolver(DnsResolver.under(root, clock), log);
        this.accounts =
                new DeliveryAccounts(place.socket(Room.DELIVERY), deadlines, ACCOUNT_CONVERSATIONS);
        RemoteKeys.install();
        this.keys = new KeeperSigner(place.socket(Room.KEEPER), deadlines, SIGNATURES);
        this.logins = new KeeperLogins(place.loginSocket(), deadlines, LOGIN_CONVERSATIONS);
        this.way = way(config, tables);
        var clientNames = new ClientNames(resolver, NAME_PATIENCE, clock);
        this.names = lookups.ofClients(address -> name(clientNames, address));
        var filters = Filters.of(tables, programs);
        this.server =
                new Server(
                        new Server.Parts(
                                place.submissionIntoQueueSocket(),
                                place.submissionSocket(),
                                place.wellKnownSocket(),
                                mostSessions(),
                                names,
                                keys,
                                logins,
                                log,
                                deadlines,
                                clock),
                        tables,
                        way.router(),
                        filters);
        this.relay =
                new Relay(
                        place.workSocket(),
                        config,
                        tables,
                        filters,
                        resolver,
                        log,
                        deadlines,
                        clock);
        this.routeWorkers = new RouteWorkers(place.workSocket(), () -> way, deadlines, log);
        if (circumstances.paused().contains(Leash.Lane.SMTP)) {
            var _ = server.pause();
        }
    }

    private TableSet open(Config ofConfig) throws IOException {
        try {
            return TableSet.openButFor(
                    SECRETS,
                    ofConfig,
                    complaint -> log.warn("table: " + complaint),
                    connections,
                    lookups);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private TableSet reopened(Config newConfig) throws IOException {
        try {
            return tables.reopened(newConfig);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private RouteWorkers.Way way(Config ofConfig, TableSet tables) {
        return new RouteWorkers.Way(
                ofConfig.serverName(),
                new TracedRouter(
                        new RulesetRouter(
                                tables, lookups.ofAccounts(accounts), InstantSource.system()),
                        ofConfig,
                        log));
    }

    private static int mostSessions() throws IOException {
        long descriptors = ProcessFacts.raiseFileLimit();
        long free = Math.max(descriptors - OTHER_DESCRIPTORS, descriptors / 4);
        long remembered = Runtime.getRuntime().maxMemory() / SESSION_MEMORY;
        return (int) Math.min(Math.min(free, remembered), MOST_SESSIONS);
    }

    private static ClientName name(ClientNames names, InetAddress address) {
        return LOCALHOST.contains(address.getHostAddress())
                ? new ClientName.Confirmed("localhost")
                : names.of(address);
    }

    private String hostName(InetAddress address) {
        return names.of(address) instanceof ClientName.Confirmed(var name)
                ? name
                : Origin.UNKNOWN_HOST;
    }

    @Override
    public void start() throws IOException {
        var place = circumstances.place();
        server.start(tables, circumstances.arrival(), circumstances.reports());
        relay.start();
        routeWorkers.start(ROUTE_WORKERS);
        hearings.add(
                Hearing.open(
                        place.socket(Room.FRONT),
                        circumstances.users().only(Room.DELIVERY),
                        USERBASE_CONVERSATIONS,
                        new UserbaseDesk(() -> tables, circumstances.deadlines()),
                        circumstances.reports()));
        hearings.add(
                Hearing.open(
                        place.controlSocket(Room.FRONT),
                        circumstances.users().orders(),
                        CONTROL_CONVERSATIONS,
                        new ControlPoint(this::carryOut, circumstances.deadlines()),
                        circumstances.reports()));
    }

    /// Sessions and attempts in progress finish under the old configuration. If a table cannot be
    /// opened, or a listener not be bound, everything stays as it was.
    @Override
    public RoomLife.Ready prepare(Config newConfig) throws IOException {
        var newTables = reopened(newConfig);
        var newWay = way(newConfig, newTables);
        var filters = Filters.of(newTables, programs);
        var change = server.prepare(newTables, newWay.router(), filters);
        return new RoomLife.Ready() {
            @Override
            public void adopt() {
                relay.reload(newConfig, newTables, filters);
                tables = newTables;
                way = newWay;
                config = newConfig;
                keys.renew();
                logins.renew();
                change.adopt();
                connections.adopt(newConfig);
                programs.adopt(newConfig);
            }

            @Override
            public void drop() {
                change.drop();
                connections.drop(config);
                programs.drop(config);
            }
        };
    }

    @Override
    public Set<Leash.Lane> makeWay() {
        server.makeWay();
        return server.isPaused() ? Set.of(Leash.Lane.SMTP) : Set.of();
    }

    @Override
    public void keepPlace() throws IOException {
        server.keepPlace();
        for (var hearing : hearings) {
            hearing.keepPlace();
        }
    }

    private Order.Answer carryOut(Order order, ControlPoint.Lines lines) throws IOException {
        return switch (order) {
            case Order.Pause(var traffic) when traffic == Order.Traffic.SMTP ->
                    told(server.pause(), "paused");
            case Order.Resume(var traffic) when traffic == Order.Traffic.SMTP ->
                    told(server.resume(), "resumed");
            case Order.ShowStats() -> {
                var all = new ArrayList<>(server.stats());
                relay.stats().forEach((key, value) -> all.add(key + "=" + value));
                all.sort(null);
                for (var line : all) {
                    lines.line(line);
                }
                yield new Order.Answer.Done(all.size());
            }
            case Order.ShowStatus() -> {
                lines.line("SMTP " + (server.isPaused() ? "paused" : "running"));
                yield new Order.Answer.Done(1);
            }
            case Order.UpdateTable(var name) -> update(name);
            case Order.Explain question -> {
                var now = way;
                yield new Explainer(config, now.router(), this::hostName).explain(question, lines);
            }
            case Order.Pause _,
                    Order.Resume _,
                    Order.ShowQueue _,
                    Order.ShowEnvelope _,
                    Order.ShowMessage _,
                    Order.Schedule _,
                    Order.Remove _,
                    Order.Hold _,
                    Order.Release _,
                    Order.Reroute _,
                    Order.Reload _,
                    Order.LogAs _,
                    Order.LogBrief _,
                    Order.LogVerbose _,
                    Order.Trace _,
                    Order.Untrace _ ->
                    new Order.Answer.Refused("that is not an order for front");
        };
    }

    /// Takes the entries of a table from their source again. The other rooms that ask it look at
    /// the source themselves.
    private Order.Answer update(String name) {
        var table = tables.find(name);
        if (table.isEmpty() && config.tables().containsKey(name)) {
            return new Order.Answer.Refused(
                    "table \"" + name + "\" holds passwords: the keeper reads it when it changes");
        }
        if (table.isEmpty()) {
            return new Order.Answer.Refused("no table is called \"" + name + "\"");
        }
        return switch (table.get().reload()) {
            case Answer.Found<Integer>(var count) -> {
                log.info("info: table " + Log.visible(name) + " updated: entries=" + count);
                yield new Order.Answer.Done(count);
            }
            case Answer.Absent<Integer>() -> new Order.Answer.Done(0);
            case Answer.Failed<Integer>(var cause) ->
                    new Order.Answer.Refused(cause + "; the table keeps its entries");
        };
    }

    private Order.Answer told(boolean isNew, String what) {
        if (!isNew) {
            return new Order.Answer.Refused("smtp is " + what + " already");
        }
        log.info("info: smtp " + what);
        return new Order.Answer.Done(1);
    }

    /// Lets nobody in any more, then finishes sessions and attempts as far as `grace` goes.
    @Override
    public void stop(Duration grace) {
        long end = System.nanoTime() + grace.toNanos();
        routeWorkers.stop();
        server.stop(grace);
        try {
            relay.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        accounts.close();
        keys.close();
        logins.close();
        connections.close();
        programs.close();
        closeHearings();
    }

    /// Lets nobody in any more and takes no more work, and finishes sessions and attempts, each in
    /// its own time.
    @Override
    public void retire(Duration atMost) {
        closeHearings();
        routeWorkers.stop();
        var carrying = Thread.ofVirtual().name("retire").start(() -> finishRelaying(atMost));
        server.retire(atMost);
        try {
            carrying.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        accounts.close();
        keys.close();
        logins.close();
        connections.close();
        programs.close();
    }

    private void finishRelaying(Duration atMost) {
        try {
            relay.stop(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeHearings() {
        for (var hearing : hearings) {
            try {
                hearing.close();
            } catch (IOException e) {
                log.warn("closing a socket: " + Log.visible(e.toString()));
            }
        }
    }
}
