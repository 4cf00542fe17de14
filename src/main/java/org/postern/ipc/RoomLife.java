package org.postern.ipc;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

        /// Works by `config` from now on; what is under way finishes under the old one.
        void reload(Config config) throws IOException;

        /// Finishes what can be finished within `grace`.
        void stop(Duration grace);
    }

    /// Makes the tenant of a room.
    @FunctionalInterface
    public interface Builder {
        /// The tenant for these circumstances.
        Tenant build(Circumstances circumstances) throws IOException;
    }

    /// What a tenant is given.
    ///
    /// @param secret the key of the seals; empty but in `delivery`
    public record Circumstances(
            Place place,
            Config config,
            Log log,
            Deadlines deadlines,
            Users users,
            Set<Leash.Lane> paused,
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
            speak(log, start.verbosity());
            Thread.setDefaultUncaughtExceptionHandler(
                    (thread, e) -> log.bug("thread " + thread.getName(), e));
            try {
                return work(start, log, builder);
            } catch (ConfigException e) {
                leash.say(new Leash.Answer.Failed(String.valueOf(e.getMessage())));
            } catch (IOException e) {
                leash.say(new Leash.Answer.Failed(e.toString()));
            } catch (RuntimeException e) {
                log.bug("start", e);
                leash.say(new Leash.Answer.Failed(e.toString()));
            }
            leash.flush();
            return 1;
        }
    }

    private static void speak(Log log, Leash.Verbosity verbosity) {
        log.speak(
                switch (verbosity.level()) {
                    case BRIEF -> Log.Level.INFO;
                    case VERBOSE -> Log.Level.DEBUG;
                },
                verbosity.traces());
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
                        start.secret());
        var tenant = builder.build(circumstances);
        tenant.start();
        leash.say(new Leash.Answer.Started());
        try {
            while (true) {
                switch (leash.hearWhenever()) {
                    case Leash.Start _ -> throw new Malformed("started twice");
                    case Leash.Reload(var sources) -> leash.say(reload(tenant, sources, log));
                    case Leash.Speak(var verbosity) -> speak(log, verbosity);
                    case Leash.Stop(var grace) -> {
                        tenant.stop(grace);
                        return 0;
                    }
                }
            }
        } catch (HungUp e) {
            tenant.stop(Duration.ofSeconds(1));
            return 0;
        }
    }

    private static Leash.Answer reload(Tenant tenant, Sources sources, Log log) {
        try {
            tenant.reload(Config.parse(sources));
            return new Leash.Answer.Reloaded(sources.generation());
        } catch (ConfigException | IOException e) {
            return new Leash.Answer.Failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.bug("reload", e);
            return new Leash.Answer.Failed(e.toString());
        }
    }
}
