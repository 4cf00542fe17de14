package org.postern.front.filter;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.postern.config.Config;
import org.postern.config.FilterProcess;
import org.postern.config.FilterProcess.Side;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;

/// The filter programs, each with its connection. One that is declared and used the same way in the
/// next configuration keeps it.
///
/// Guarded by its monitor.
public final class Programs implements Closeable {
    private final Place place;
    private final Consumer<String> log;
    private final Map<Declared, Program> running = new HashMap<>();

    /// What makes a program another.
    private record Declared(FilterProcess.Key key, String administration) {}

    /// @param log is told, one line each, what an administrator should look at
    public Programs(Place place, Consumer<String> log) {
        this.place = place;
        this.log = log;
    }

    /// The program of this name in `config`; it is started if it does not run.
    synchronized Program of(Config config, FilterProcess process) {
        var declared = declared(config, process);
        return running.computeIfAbsent(declared, _ -> start(process, declared));
    }

    private static Declared declared(Config config, FilterProcess process) {
        var admd = config.settings().administration();
        return new Declared(config.keyOf(process), admd.isEmpty() ? config.serverName() : admd);
    }

    private Program start(FilterProcess process, Declared declared) {
        var socket = place.filterSocket(declared.key());
        var program =
                new Program(
                        process.name(),
                        greeting(declared),
                        process.isBypassed() ? Program.Absence.PASS : Program.Absence.REFUSE,
                        () -> Hearing.connect(socket),
                        log);
        program.start();
        return program;
    }

    private static String greeting(Declared declared) {
        var lines = new ArrayList<String>();
        lines.add("config|smtpd-version|7.8.0-postern");
        lines.add("config|protocol|" + Words.VERSION);
        lines.add("config|smtp-session-timeout|300");
        Set<Side> sides = new TreeSet<>(declared.key().sides());
        for (var side : sides) {
            lines.add("config|subsystem|" + side.word());
        }
        lines.add("config|admd|" + declared.administration());
        lines.add("config|ready");
        return String.join("\n", lines) + "\n";
    }

    /// Leaves the programs that `config` does not have, when their sessions are over.
    public synchronized void adopt(Config config) {
        leave(config).forEach(Program::retire);
    }

    /// Leaves the programs that `config` does not have: another came to nothing.
    public synchronized void drop(Config config) {
        leave(config).forEach(Program::close);
    }

    private List<Program> leave(Config config) {
        var wanted =
                config.processes().values().stream()
                        .map(process -> declared(config, process))
                        .toList();
        var left = new ArrayList<Program>();
        for (var declared : List.copyOf(running.keySet())) {
            if (!wanted.contains(declared)) {
                var program = running.remove(declared);
                if (program != null) {
                    left.add(program);
                }
            }
        }
        return left;
    }

    /// Leaves all.
    @Override
    public synchronized void close() {
        running.values().forEach(Program::close);
        running.clear();
    }
}
