package org.postern.delivery;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Service;
import org.postern.ipc.Hearing;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife.Circumstances;
import org.postern.ipc.RoomLife.Ready;
import org.postern.ipc.RoomLife.Tenant;
import org.postern.ipc.Vital;
import org.postern.log.Log;
import org.postern.mail.SessionId;
import org.postern.os.Accounts;
import org.postern.os.AsUser;
import org.postern.os.Broods;
import org.postern.os.ProcessFacts;
import org.postern.table.Backend;
import org.postern.table.TableSet;

/// The delivery room: acts as users.
///
/// Its rights: root with the capabilities SETUID, SETGID, CHOWN and KILL; every file, as the user
/// who may; no network. Without root: its own user's files.
///
/// It takes work from the queue ([org.postern.ipc.Work], lane LOCAL), and hears `front`
/// ([org.postern.ipc.Accounts]).
public final class DeliveryRoom implements Tenant {
    /// Where mailboxes of the method `mbox` are.
    public static final Path MAIL_SPOOL = Path.of("/var/mail");

    private static final int WORKERS = 64;
    private static final int MOST_COMMANDS = 50;
    private static final int MOST_PER_USER = 7;
    private static final int MOST_QUESTIONS = 64;
    private static final int MOST_FILE_WORK = 64;
    private static final Duration FILE_PATIENCE = Duration.ofMinutes(10);
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);
    private static final Duration COMMAND_PATIENCE = Duration.ofMinutes(5);
    private static final Duration LAST_REPORTS = Duration.ofSeconds(5);

    private final Circumstances circumstances;
    private final InstantSource clock;
    private final UserDirectory users;
    private final Broods broods = new Broods();
    private final Commands commands =
            new Commands(broods, COMMAND_PATIENCE, MOST_COMMANDS, MOST_PER_USER);
    private final Means means;
    private final ForwardFile forwards;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Departed departed = new Departed();
    private volatile TableSet tables;
    private Optional<Hearing> hearing = Optional.empty();
    private Optional<Thread> orphanage = Optional.empty();

    /// The room under these circumstances, with the mailboxes of `mbox` in `mailSpool`.
    ///
    /// @throws IOException if a table cannot be opened
    public DeliveryRoom(Circumstances circumstances, InstantSource clock, Path mailSpool)
            throws IOException {
        this.circumstances = circumstances;
        this.clock = clock;
        this.tables = open(circumstances.config());
        var reach = reach();
        var accounts = new Accounts();
        var front = circumstances.place().socket(Room.FRONT);
        this.users =
                new UserDirectory(
                        accounts, Hearsay.from(front, circumstances.deadlines(), accounts, reach));
        var asUser = new AsUser(MOST_FILE_WORK, FILE_PATIENCE);
        var seals = new Seals(circumstances.secret());
        var names = new MaildirNames(clock, circumstances.config().serverName());
        var mailbox = new MailboxFile(asUser, clock, LOCK_PATIENCE);
        this.means =
                new Means(
                        users,
                        seals,
                        asUser,
                        new MaildirRounds(asUser, names),
                        new MailSpool(mailSpool, mailbox, clock, LOCK_PATIENCE),
                        mailbox,
                        commands,
                        reach);
        this.forwards = new ForwardFile(asUser, seals);
    }

    private static Means.Reach reach() throws IOException {
        return ProcessFacts.canChangeIdentity()
                ? new Means.Reach.Everyone()
                : new Means.Reach.Own(ProcessFacts.uid());
    }

    /// Opens the tables of users, and those of aliases, whose commands and files are done here.
    private TableSet open(Config config) throws IOException {
        try {
            var log = circumstances.log();
            return TableSet.openFor(
                    Set.of(Service.USERINFO, Service.ALIAS),
                    config,
                    line -> log.warn("table: " + Log.visible(line)),
                    Backend.Source.NONE);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void start() throws IOException {
        orphanage = Optional.of(broods.adoptOrphans());
        var place = circumstances.place();
        var deadlines = circumstances.deadlines();
        hearing =
                Optional.of(
                        Hearing.open(
                                place.socket(Room.DELIVERY),
                                circumstances.users().only(Room.FRONT),
                                MOST_QUESTIONS,
                                new AccountsDesk(
                                        action -> departed.tables(action, tables),
                                        users,
                                        forwards,
                                        deadlines),
                                circumstances.reports()));
        var circle =
                new Worker.Circle(
                        () -> tables,
                        means,
                        deadlines,
                        clock,
                        new SessionId.Source(),
                        circumstances.log(),
                        new Worker.Tongue());
        for (int i = 0; i < WORKERS; i++) {
            var worker = new Worker(place.workSocket(), circle);
            workers.add(worker);
            threads.add(Thread.ofVirtual().name("worker " + i).start(Vital.thread(worker)));
        }
    }

    private TableSet reopened(Config config) throws IOException {
        try {
            return tables.reopened(config);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Ready prepare(Config config) throws IOException {
        var fresh = reopened(config);
        return () -> {
            departed.reloaded(tables, fresh);
            tables = fresh;
            users.forget();
        };
    }

    @Override
    public void keepPlace() throws IOException {
        if (hearing.isPresent()) {
            hearing.get().keepPlace();
        }
    }

    /// Takes no more work, lets attempts end within `grace`, then kills the commands that still
    /// run: before their input is closed, so that none takes a part for the whole.
    @Override
    public void stop(Duration grace) {
        try {
            if (hearing.isPresent()) {
                hearing.get().close();
            }
        } catch (IOException e) {
            circumstances.log().debug("delivery: " + e);
        }
        workers.forEach(Worker::stop);
        try {
            join(grace);
            commands.close();
            join(LAST_REPORTS);
            if (orphanage.isPresent()) {
                orphanage.get().interrupt();
                orphanage.get().join(LAST_REPORTS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            commands.close();
        }
    }

    private void join(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (var thread : threads) {
            thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
    }
}
