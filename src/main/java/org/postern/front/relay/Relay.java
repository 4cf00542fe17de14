package org.postern.front.relay;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.postern.config.Config;
import org.postern.dns.Resolver;
import org.postern.front.filter.Filters;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Vital;
import org.postern.ipc.Work;
import org.postern.log.Log;
import org.postern.mail.SessionId;
import org.postern.table.TableSet;
import org.postern.tls.Outbound;

/// Mail out: takes work of the lane RELAY from the queue and carries it to next hops, over SMTP or
/// LMTP.
///
/// Workers are added while there is more work than workers who wait for it.
public final class Relay {
    private static final int FIRST_WORKERS = 4;
    private static final int MOST_WORKERS = 200;
    private static final int SMTP_PORT = 25;

    private final Path work;
    private final Kit kit;
    private final Planner planner;
    private final Connections connections;
    private final Courier courier;
    private final Frames<Work> frames = Work.frames();
    private final Frames<Work.Assignment> assignments = Work.assignments();
    private final Object lock = new Object();
    private final List<Worker> workers = new ArrayList<>(); // guarded by lock
    private int idle; // guarded by lock
    private boolean stopped; // guarded by lock

    /// Mail out that takes its work from the socket `work` and asks `resolver` for the way.
    public Relay(
            Path work,
            Config config,
            TableSet tables,
            Filters filters,
            Resolver resolver,
            Log log,
            Deadlines deadlines,
            InstantSource clock) {
        this(
                work,
                new Plans(config, tables, filters, clock),
                resolver,
                new Kit(
                        log,
                        deadlines,
                        clock,
                        Timeouts.USUAL,
                        Outbound.create(),
                        new HostNames(resolver),
                        new SessionId.Source()));
        kit.tls().adopt(config.settings().ciphers());
    }

    private Relay(Path work, Plans plans, Resolver resolver, Kit kit) {
        this(work, plans, new Exchangers(resolver, new Ourselves(plans), SMTP_PORT), kit);
    }

    /// Mail out with surroundings of a test's own.
    Relay(Path work, Planner planner, Exchangers exchangers, Kit kit) {
        this.work = work;
        this.kit = kit;
        this.planner = planner;
        this.connections = new Connections(kit);
        this.courier = new Courier(kit, planner, exchangers, connections);
    }

    /// Begins to work. The queue may come later.
    public void start() {
        synchronized (lock) {
            for (int i = 0; i < FIRST_WORKERS; i++) {
                addWorker();
            }
        }
        Thread.ofVirtual().name("idle sessions").start(this::endIdleSessions);
    }

    private void addWorker() {
        var worker =
                new Worker(
                        work,
                        courier,
                        new Workforce(),
                        kit.deadlines(),
                        kit.log(),
                        frames,
                        assignments);
        workers.add(worker);
        Thread.ofVirtual().name("mail out").start(Vital.thread(worker));
    }

    /// Hears of the workers, and adds one when the last that waited has got work.
    private final class Workforce implements Worker.Foreman {
        @Override
        public void busy() {
            synchronized (lock) {
                idle--;
                if (idle == 0 && !stopped && workers.size() < MOST_WORKERS) {
                    addWorker();
                }
            }
        }

        @Override
        public void idle() {
            synchronized (lock) {
                idle++;
            }
        }

        @Override
        public void gone() {
            synchronized (lock) {
                idle--;
            }
        }
    }

    private void endIdleSessions() {
        while (!isStopped()) {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                return;
            }
            connections.endIdle();
        }
    }

    private boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }

    /// From now on attempts follow `config`; those under way go on as they began.
    public void reload(Config config, TableSet tables, Filters filters) {
        kit.tls().adopt(config.settings().ciphers());
        planner.reload(config, tables, filters);
    }

    /// Takes no more work, and waits at most `grace` for what is under way; the rest is deferred.
    public void stop(Duration grace) throws InterruptedException {
        List<Worker> all;
        synchronized (lock) {
            stopped = true;
            all = List.copyOf(workers);
        }
        all.forEach(Worker::stop);
        long end = System.nanoTime() + grace.toNanos();
        while (all.stream().anyMatch(Worker::isWorking) && System.nanoTime() - end < 0) {
            Thread.sleep(20);
        }
        all.forEach(Worker::abandon);
        connections.close();
    }

    /// What there is to count, by name.
    public SortedMap<String, Long> stats() {
        var stats = new TreeMap<String, Long>();
        synchronized (lock) {
            stats.put("mta.workers", (long) workers.size());
            stats.put("mta.workers.idle", (long) Math.max(0, idle));
        }
        stats.put("mta.session", (long) connections.inUse());
        stats.put("mta.session.idle", (long) connections.idle());
        stats.put("mta.route.disabled", connections.disabledRoutes());
        stats.put("mta.delivery.ok", courier.delivered());
        stats.put("mta.delivery.tempfail", courier.deferred());
        stats.put("mta.delivery.permfail", courier.failed());
        return stats;
    }
}
