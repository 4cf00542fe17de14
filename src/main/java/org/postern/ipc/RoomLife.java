package org.postern.ipc;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Sources;
import org.postern.log.Log;
import org.postern.log.StreamSink;
import org.postern.mail.Chunk;
import org.postern.os.ProcessFacts;
import org.postern.os.Seccomp;

/// The life of a room, from the supervisor's first word to its last: what all rooms' processes have
/// in common.
///
/// A room speaks with the supervisor over its standard input and output, and logs to its standard
/// error or to the system's log. When the supervisor is gone, the room ends.
public final class RoomLife {
    /// Who lives in the room and does its work.
    public interface Tenant {
        /// Begins to work. When this returns, the room's sockets hear.
        void start() throws IOException;

        /// Does all that can fail before it can work by `config`, and goes on by the old one.
        ///
        /// @throws IOException if it could not work by it; then nothing has changed
        Ready prepare(Config config) throws IOException;

        /// Works by `config` from now on; what is under way finishes under the old one.
        default void reload(Config config) throws IOException {
            prepare(config).adopt();
        }

        /// Lets a successor listen where this room does, until [#keepPlace] or [#retire].
        ///
        /// @return what is paused here, and is to be there
        default Set<Leash.Lane> makeWay() throws IOException {
            return Set.of();
        }

        /// No successor comes after all. One may have taken the sockets before it ended.
        ///
        /// @throws IOException if nobody can be heard there any more
        default void keepPlace() throws IOException {}

        /// Takes on nothing new, for a successor has taken over, and finishes what is under way
        /// within `atMost`. [#stop] may be called meanwhile, by another thread.
        default void retire(Duration atMost) {
            stop(atMost);
        }

        /// Finishes what can be finished within `grace`.
        void stop(Duration grace);
    }

    /// A room that is ready for another configuration. One of the two is called, once.
    public interface Ready {
        /// Works by it from now on. Cannot fail.
        void adopt();

        /// Forgets it.
        default void drop() {}
    }

    /// Makes the tenant of a room.
    @FunctionalInterface
    public interface Builder {
        /// The tenant for these circumstances.
        Tenant build(Circumstances circumstances) throws IOException;
    }

    /// What a tenant is given.
    ///
    /// @param arrival whether a predecessor still listens where the tenant will
    /// @param secret the key of the seals; empty but in `delivery`
    public record Circumstances(
            Place place,
            Config config,
            Log log,
            Deadlines deadlines,
            Users users,
            Set<Leash.Lane> paused,
            Leash.Arrival arrival,
            Chunk secret) {
        public Circumstances {
            paused = Set.copyOf(paused);
        }

        /// Tells the log what happens at a socket of this room.
        public Hearing.Reports reports() {
            return new Hearing.Reports() {
                @Override
                public void refused(Path socket, String user) {
                    log.warn("ipc: user " + Log.visible(user) + " refused at " + socket);
                }

                @Override
                public void alsoRefused(Path socket, long count) {
                    log.warn("ipc: " + count + " more refused at " + socket);
                }

                @Override
                public void broken(Path socket, Throwable cause) {
                    if (cause instanceof IOException) {
                        log.warn(
                                "ipc: conversation at " + socket + " ended: " + cause.getMessage());
                    } else {
                        log.bug("conversation at " + socket, cause);
                    }
                }
            };
        }
    }

    /// The exit status of a room that lost a [Vital] thread.
    private static final int DIED = 70;

    private final Conversation<Leash.Answer, Leash> leash;
    private final Deadlines deadlines;

    private RoomLife(Conversation<Leash.Answer, Leash> leash, Deadlines deadlines) {
        this.leash = leash;
        this.deadlines = deadlines;
    }

    /// What a room denies itself of the network, before it hears its first word.
    public enum Network {
        /// Nothing; the fence around the process decides.
        OPEN,
        /// Every socket but Unix ones.
        NONE
    }

    /// Lives the life of a room in this process, and returns the exit status.
    public static int live(Network network, Builder builder) throws IOException {
        // Never closed: Java would put /dev/null in place of a standard stream, which a fence
        // denies.
        var channel =
                new StreamChannel(
                        new FileInputStream(java.io.FileDescriptor.in),
                        new FileOutputStream(java.io.FileDescriptor.out));
        try {
            System.setOut(System.err);
            ProcessFacts.forbidTracing();
            ProcessFacts.raiseFileLimit();
            if (network == Network.NONE) {
                Seccomp.denyNetwork();
            }
            var deadlines = new Deadlines();
            var leash = new Conversation<>(channel, Leash.answers(), Leash.frames(), deadlines);
            int status = new RoomLife(leash, deadlines).live(leash.hearWhenever(), builder);
            Ending.with(status);
            return status;
        } catch (HungUp e) {
            return 0;
        }
    }

    private int live(Leash first, Builder builder) throws IOException {
        if (first instanceof Leash.Stop) {
            return 0;
        }
        if (!(first instanceof Leash.Start start)) {
            throw new Malformed("the supervisor's first word is Start");
        }
        try (var stream = new StreamSink(new FileOutputStream(java.io.FileDescriptor.err))) {
            var log = new Log(LogSinks.of(start.sink(), stream));
            start.verbosity().rule(log);
            deadlines.show(log);
            Thread.setDefaultUncaughtExceptionHandler(
                    (thread, e) -> {
                        log.bug("thread " + thread.getName(), e);
                        if (e instanceof Vital.Death) {
                            die(log, stream);
                        }
                    });
            try {
                return work(start, log, builder);
            } catch (ConfigException e) {
                leash.say(new Leash.Answer.Failed(String.valueOf(e.getMessage())));
            } catch (IOException e) {
                leash.say(new Leash.Answer.Failed(e.toString()));
            } catch (RuntimeException | Error e) {
                log.bug("start", e); // a class that is missing, too: nobody else would say so
                leash.say(new Leash.Answer.Failed(e.toString()));
            }
            leash.flush();
            return 1;
        }
    }

    /// Ends the process without another word to anybody, as a crash does: what is on disk is what
    /// counts.
    private static void die(Log log, StreamSink stream) {
        log.error("the room ends: it cannot do without this thread");
        stream.close();
        Ending.with(DIED);
        Runtime.getRuntime().halt(DIED);
    }

    private int work(Leash.Start start, Log log, Builder builder)
            throws IOException, ConfigException {
        var place =
                new Place(Path.of(start.config()), Path.of(start.spool()), Path.of(start.run()));
        var circumstances =
                new Circumstances(
                        place,
                        Config.parse(start.sources()),
                        log,
                        deadlines,
                        Users.named(start.users()),
                        start.paused(),
                        start.arrival(),
                        start.secret());
        var tenant = builder.build(circumstances);
        tenant.start();
        leash.say(new Leash.Answer.Started());
        try {
            return new Turns(tenant, log).serve();
        } catch (HungUp e) {
            tenant.stop(Duration.ofSeconds(1));
            return 0;
        }
    }

    /// The words of the supervisor, one after the other, and what was prepared by them.
    private final class Turns {
        private final Tenant tenant;
        private final Log log;
        private Optional<Prepared> prepared = Optional.empty();

        /// What awaits its adoption.
        private record Prepared(long generation, Ready ready) {}

        Turns(Tenant tenant, Log log) {
            this.tenant = tenant;
            this.log = log;
        }

        int serve() throws IOException {
            while (true) {
                switch (leash.hearWhenever()) {
                    case Leash.Start _ -> throw new Malformed("started twice");
                    case Leash.Prepare(var sources) -> leash.say(prepare(sources));
                    case Leash.Adopt(var generation) -> leash.say(adopt(generation));
                    case Leash.Drop() -> {
                        drop();
                        tenant.keepPlace();
                    }
                    case Leash.MakeWay() -> leash.say(makeWay());
                    case Leash.Speak(var verbosity) -> verbosity.rule(log);
                    case Leash.Retire(var atMost) -> retire(atMost);
                    case Leash.Stop(var grace) -> {
                        tenant.stop(grace);
                        return 0;
                    }
                }
            }
        }

        private Leash.Answer prepare(Sources sources) {
            drop();
            return answer(
                    "prepare",
                    () -> {
                        var ready = tenant.prepare(Config.parse(sources));
                        prepared = Optional.of(new Prepared(sources.generation(), ready));
                        return new Leash.Answer.Prepared(sources.generation());
                    });
        }

        private Leash.Answer adopt(long generation) {
            var next = prepared.filter(one -> one.generation() == generation);
            if (next.isEmpty()) {
                return new Leash.Answer.Failed("generation " + generation + " is not prepared");
            }
            prepared = Optional.empty();
            return answer(
                    "adopt",
                    () -> {
                        next.get().ready().adopt();
                        return new Leash.Answer.Adopted(generation);
                    });
        }

        private Leash.Answer makeWay() {
            return answer(
                    "make way",
                    () -> {
                        return new Leash.Answer.GivesWay(tenant.makeWay());
                    });
        }

        private void drop() {
            prepared.ifPresent(one -> one.ready().drop());
            prepared = Optional.empty();
        }

        /// Meanwhile the supervisor may lose its patience, or end.
        private void retire(Duration atMost) {
            drop();
            Thread.ofPlatform()
                    .daemon()
                    .name("retire")
                    .start(
                            () -> {
                                tenant.retire(atMost);
                                Ending.with(0);
                                System.exit(0);
                            });
        }

        private interface Deed {
            Leash.Answer done() throws IOException, ConfigException;
        }

        private Leash.Answer answer(String what, Deed deed) {
            try {
                return deed.done();
            } catch (ConfigException | IOException e) {
                return new Leash.Answer.Failed(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                log.bug(what, e);
                return new Leash.Answer.Failed(e.toString());
            }
        }
    }
}
