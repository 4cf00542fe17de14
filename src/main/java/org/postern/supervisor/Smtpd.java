package org.postern.supervisor;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.ConfigException;
import org.postern.config.Sources;
import org.postern.ipc.Ending;
import org.postern.ipc.Leash;
import org.postern.ipc.LogSinks;
import org.postern.log.Log;
import org.postern.log.StreamSink;
import org.postern.os.Capability;
import org.postern.os.Child;
import org.postern.os.Confinement;
import org.postern.os.Exit;
import org.postern.os.Landlock;
import org.postern.os.ProcessFacts;
import org.postern.os.Program;
import org.postern.os.Signals;
import org.postern.os.Spawn;
import org.postern.os.Stdio;

/// The program `smtpd`: from its command line to its end.
///
/// Rights: all that the caller has. It reads the configuration, makes the directories, starts the
/// rooms and hears orders of its own user on a Unix socket; it opens no network socket and reads no
/// mail.
public final class Smtpd {
    /// The version, as the log and `smtpd -h` show it.
    public static final String VERSION = "0.1.0";

    private static final String READY = "ready";
    private static final Duration START = Duration.ofMinutes(3);

    private final Options options;

    private Smtpd(Options options) {
        this.options = options;
    }

    /// Runs `smtpd` with these arguments and returns its exit status: 0, or 1 after a line on
    /// standard error that says why.
    public static int run(List<String> arguments) throws InterruptedException {
        var options = Options.parse(arguments);
        if (options.isEmpty() || options.get().mode() == Options.Mode.HELP) {
            System.err.println("smtpd: Postern " + VERSION);
            System.err.println(Options.USAGE);
            return 1;
        }
        options.get().warnings().forEach(warning -> System.err.println("smtpd: " + warning));
        var smtpd = new Smtpd(options.get());
        try {
            return switch (options.get().mode()) {
                case HELP, CHECK -> smtpd.check();
                case FOREGROUND, FOREGROUND_SYSLOG -> smtpd.serve();
                case DAEMON -> smtpd.daemonize(arguments);
            };
        } catch (ConfigException e) {
            System.err.println(e.getMessage());
        } catch (IOException e) {
            System.err.println("smtpd: " + e.getMessage());
        }
        return 1;
    }

    private Sources sources() throws IOException {
        var host = MachineFacts.look(options.place());
        return Sources.read(options.place().config(), options.defines(), host);
    }

    private Checked read() throws IOException, ConfigException {
        return Checked.of(sources(), System.err::println, options.place());
    }

    /// All mistakes are found in one run: of one kind as well as of another.
    private int check() throws IOException, ConfigException {
        var look = Checked.look(sources(), System.err::println, options.place());
        var config = look.config();
        var mistakes = new ArrayList<>(look.problems());
        mistakes.addAll(KeyFacts.mistakes(config));
        mistakes.addAll(ListenFacts.mistakes(config));
        if (!mistakes.isEmpty()) {
            throw new ConfigException(mistakes);
        }
        if (options.verbosity().level() == Leash.Level.VERBOSE) {
            var text = config.text().getBytes(StandardCharsets.ISO_8859_1);
            System.out.write(text, 0, text.length);
            System.out.flush();
        }
        System.err.println("configuration OK");
        return 0;
    }

    /// Starts the same command in the background and waits until it serves.
    private int daemonize(List<String> arguments)
            throws IOException, ConfigException, InterruptedException {
        var _ = read();
        var java = Java.running();
        var words = new ArrayList<String>(List.of("smtpd: supervisor"));
        words.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseCompactObjectHeaders",
                        "-Xms8m",
                        "-Xmx32m",
                        "-XX:-UsePerfData",
                        "-XX:+DisableAttachMechanism",
                        "-XX:+DisplayVMOutputToStderr",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "--enable-native-access=org.postern"));
        words.addAll(java.sharing().options());
        words.addAll(
                List.of(
                        "-p",
                        java.modules(),
                        "-m",
                        "org.postern/org.postern.Postern",
                        "smtpd",
                        "-F"));
        words.addAll(arguments);
        var program =
                new Program(
                        java.executable(),
                        words,
                        Map.of("LANG", "C.UTF-8", "PATH", "/usr/bin:/bin"),
                        Path.of("").toAbsolutePath(),
                        new Stdio.Nothing(),
                        new Stdio.Pipe(),
                        new Stdio.Inherit(),
                        Program.Session.NEW);
        var unchanged =
                new Confinement(
                        ProcessFacts.identity(),
                        EnumSet.allOf(Capability.class),
                        new Landlock.Unfenced());
        return awaitReady(Spawn.start(program, unchanged));
    }

    private static int awaitReady(Child daemon) throws IOException, InterruptedException {
        var line = new byte[READY.length()];
        if (daemon.output().readNBytes(line, 0, line.length) == line.length) {
            return 0;
        }
        var exit = daemon.waitFor(START);
        return exit.isPresent() && exit.get() instanceof Exit.Exited(int code) ? code : 1;
    }

    private int serve() throws IOException, ConfigException, InterruptedException {
        var checked = read();
        ProcessFacts.umask(022);
        ProcessFacts.raiseFileLimit();
        var household = Household.found(options.files());
        var premises = new Premises(options.place(), household);
        premises.prepare();
        try (var _ = alone();
                var stream = new StreamSink(new FileOutputStream(FileDescriptor.err))) {
            var log = new Log(LogSinks.of(options.sink(), stream));
            options.verbosity().rule(log);
            log.info("info: Postern " + VERSION + " starting");
            if (household instanceof Household.Own(var self) && self.isRoot()) {
                log.info(
                        "info: all rooms of this private server run as root, almost without root's"
                                + " capabilities");
            }
            var supervisor = new Supervisor(options, household, checked, premises.seal(), log);
            supervisor.start();
            Signals.onHangUp(supervisor::reloadSoon);
            endOnSignal(supervisor, log, stream);
            ready();
            supervisor.await();
            return 0;
        }
    }

    /// Holds the lock that keeps a second server from the same directories; it is let go when this
    /// process ends, however it ends.
    private FileChannel alone() throws IOException {
        var path = options.place().run().resolve("smtpd.pid");
        var file =
                FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        if (file.tryLock() == null) {
            file.close();
            throw new IOException("already running: another server holds " + path);
        }
        file.truncate(0);
        file.write(
                java.nio.ByteBuffer.wrap(
                        (ProcessFacts.pid() + "\n")
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        return file;
    }

    /// SIGTERM and SIGINT stop the rooms, then this process.
    private void endOnSignal(Supervisor supervisor, Log log, StreamSink stream) {
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("stop")
                                .unstarted(
                                        () -> {
                                            supervisor.stop();
                                            log.info("info: Postern exiting");
                                            removeTraces();
                                            stream.close();
                                            Ending.with(0);
                                        }));
    }

    private void removeTraces() {
        for (var path :
                List.of(options.place().supervisorSocket(), options.place().wellKnownSocket())) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // A stale socket is replaced at the next start.
            }
        }
    }

    /// Tells whoever waits for the daemon that it serves: the pipe is the child's standard output.
    private void ready() {
        if (options.mode() == Options.Mode.FOREGROUND_SYSLOG
                && options.sink() == Leash.Sink.SYSLOG) {
            System.out.print(READY);
            System.out.flush();
            System.out.close();
        }
    }
}
