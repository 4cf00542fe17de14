package org.postern.keeper;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.postern.config.Config;
import org.postern.ipc.Conversation;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.ipc.Keeping;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife;
import org.postern.log.Log;
import org.postern.os.Pam;
import org.postern.table.Backend;
import org.postern.table.external.ExternalTable;
import org.postern.table.external.TableConnections;

/// The room that holds the private keys, and knows the passwords of those who log in.
///
/// Its rights: the user `smtpq`; the capability DAC_READ_SEARCH; to read the key and certificate
/// files that the configuration names, the tables of passwords, and `/etc` where accounts of the
/// system log in, for `/etc/shadow` is replaced by rename; to make sockets in its directory, at
/// which it hears the user of `front` alone; to call the programs that answer for tables of
/// passwords, and the one that asks PAM. No network, and nothing to write.
public final class KeeperRoom implements RoomLife.Tenant {
    /// More conversations wait in the backlog.
    private static final int CONVERSATIONS = 160;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// A retired room in which nobody asks for so long is not asked any more.
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final RoomLife.Circumstances circumstances;

    /// As many signatures at once as there are processors: more would only take longer.
    private final Semaphore hands = new Semaphore(Runtime.getRuntime().availableProcessors());

    private final Frames<Keeping> words = Keeping.frames();
    private final Frames<Keeping.Answer> answers = Keeping.answers();
    private final List<Hearing> hearings = new CopyOnWriteArrayList<>();

    /// How many questions have come.
    private final AtomicLong questions = new AtomicLong();

    private final TableConnections connections;

    /// What asks PAM, as soon as it is needed; at most one.
    private final List<ExternalTable> accounts = new CopyOnWriteArrayList<>();

    private final LoginDesk logins;

    /// How often the files are looked at.
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /// How long the keys of before still sign, for handshakes that began with their certificates.
    private static final Duration AFTERWARDS = Duration.ofMinutes(2);

    private final CountDownLatch ended = new CountDownLatch(1);

    /// Written under the room's monitor.
    private volatile Rings rings;

    /// The keys of now, and those of before, with the moment on the clock of the process until
    /// which these sign.
    private record Rings(KeyRing now, KeyRing before, long until) {
        Rings(KeyRing now) {
            this(now, now, 0);
        }

        Rings then(KeyRing next) {
            return new Rings(next, now, System.nanoTime() + AFTERWARDS.toNanos());
        }

        Keeping.Answer answer(Keeping question) {
            return question instanceof Keeping.Sign(var name, _, _)
                            && !now.has(name)
                            && until - System.nanoTime() > 0
                    ? before.answer(question)
                    : now.answer(question);
        }
    }

    /// The room with the keys of its first configuration.
    ///
    /// @throws IOException if one of them cannot be used
    public KeeperRoom(RoomLife.Circumstances circumstances) throws IOException {
        this.circumstances = circumstances;
        this.rings = new Rings(KeyRing.read(circumstances.config()));
        var place = circumstances.place();
        var log = circumstances.log();
        this.connections =
                new TableConnections(
                        (table, origin) ->
                                () ->
                                        Hearing.connect(
                                                place.tableSocket(Room.KEEPER, table, origin)),
                        complaint -> log.warn("table " + Log.visible(complaint)));
        this.logins =
                new LoginDesk(
                        Books.open(circumstances.config(), connections, this::accountsProgram, log),
                        new Guesses(InstantSource.system()),
                        rings.now().secret(),
                        circumstances.log(),
                        circumstances.deadlines());
    }

    private synchronized Optional<Backend> accountsProgram() {
        if (!Pam.isConfigured(circumstances.place().pamServices())) {
            return Optional.empty();
        }
        if (accounts.isEmpty()) {
            var socket = circumstances.place().accountsSocket();
            accounts.add(
                    ExternalTable.open(
                            "accounts",
                            () -> Hearing.connect(socket),
                            ExternalTable.Renewal.UPDATE,
                            complaint -> circumstances.log().warn(Log.visible(complaint))));
        }
        return Optional.of(accounts.getFirst());
    }

    @Override
    public void start() throws IOException {
        hearings.add(
                Hearing.open(
                        circumstances.place().socket(Room.KEEPER),
                        circumstances.users().only(Room.FRONT),
                        CONVERSATIONS,
                        (channel, _) -> hear(channel),
                        circumstances.reports()));
        hearings.add(
                Hearing.open(
                        circumstances.place().loginSocket(),
                        circumstances.users().only(Room.FRONT),
                        CONVERSATIONS,
                        logins,
                        circumstances.reports()));
        circumstances.log().debug("keeper: " + rings.now().size() + " keys");
        Thread.ofVirtual().name("renewal").start(this::lookAround);
    }

    /// Looks now and then whether somebody has renewed a certificate, until the room ends.
    private void lookAround() {
        List<String> known = List.of();
        List<String> told = List.of();
        try {
            while (!ended.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                var faults = look();
                // At the first look somebody may still be about to bring the other half.
                if (faults.equals(known) && !faults.equals(told)) {
                    faults.forEach(this::keepsTheOld);
                    told = faults;
                }
                known = faults;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepsTheOld(String fault) {
        circumstances.log().warn("keeper: " + Log.visible(fault) + "; the old ones stay in use");
    }

    /// Takes on what has changed, and tells what is wrong with the rest.
    private synchronized List<String> look() {
        var renewal = rings.now().renewed();
        if (!renewal.changed().isEmpty()) {
            rings = rings.then(renewal.ring());
            var what = String.join(", ", renewal.changed());
            circumstances.log().info("info: keeper: renewed: " + Log.visible(what));
        }
        return renewal.faults();
    }

    private synchronized void take(KeyRing fresh) {
        rings = rings.then(fresh);
    }

    /// Reads the keys anew; if one of them cannot be used, the old ones stay.
    @Override
    public RoomLife.Ready prepare(Config config) throws IOException {
        var fresh = KeyRing.read(config);
        var books = logins.books().reopened(config);
        return new RoomLife.Ready() {
            @Override
            public void adopt() {
                take(fresh);
                logins.adopt(books);
                connections.adopt(config);
                circumstances.log().debug("keeper: " + fresh.size() + " keys");
            }

            @Override
            public void drop() {
                connections.drop(logins.books().config());
            }
        };
    }

    @Override
    public void keepPlace() throws IOException {
        for (var hearing : hearings) {
            hearing.keepPlace();
        }
    }

    /// Hears nobody new, and answers who asks over a conversation that was open, until nobody has
    /// asked for a while: those who lose it then find the successor.
    @Override
    public void retire(Duration atMost) {
        hearNobody();
        long end = System.nanoTime() + atMost.toNanos();
        long seen = -1;
        try {
            while (seen != asked() && System.nanoTime() < end) {
                seen = asked();
                Thread.sleep(QUIET);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long asked() {
        return questions.get() + logins.questions();
    }

    @Override
    public void stop(Duration grace) {
        hearNobody();
        connections.close();
        accounts.forEach(ExternalTable::close);
    }

    private void hearNobody() {
        ended.countDown();
        for (var hearing : hearings) {
            try {
                hearing.close();
            } catch (IOException e) {
                circumstances.log().warn("keeper: " + e.getMessage());
            }
        }
    }

    private void hear(SocketChannel channel) throws IOException {
        try (var conversation =
                new Conversation<>(channel, answers, words, circumstances.deadlines())) {
            while (true) {
                conversation.say(answer(conversation.hearWhenever()));
            }
        }
    }

    private Keeping.Answer answer(Keeping question) {
        questions.incrementAndGet();
        try {
            if (!hands.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return new Keeping.Answer.Refused("too much to sign at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Keeping.Answer.Refused("interrupted");
        }
        try {
            return rings.answer(question);
        } finally {
            hands.release();
        }
    }
}
