package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Listen;
import org.postern.config.Service;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.log.Log;
import org.postern.os.Caller;
import org.postern.os.OpenFile;
import org.postern.os.Pam;
import org.postern.os.Program;
import org.postern.os.Stdio;

/// The programs that answer for tables, by the sockets at which they are called.
///
/// Used by one thread at a time, but for [#status].
final class TablePrograms {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("LANG", "C.UTF-8", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin");

    private final Place place;
    private final Household household;
    private final Java java;
    private final Fences fences;
    private final Log log;
    private final CalledPrograms called;

    TablePrograms(Place place, Household household, Java java, Fences fences, Log log) {
        this.place = place;
        this.household = household;
        this.java = java;
        this.fences = fences;
        this.log = log;
        this.called = new CalledPrograms(place.tables(), log);
    }

    /// Hears calls for the tables of `config`; what is heard already goes on.
    void open(Config config) throws IOException {
        var tables = Answering.among(config);
        if (called.beginAnew() && !tables.isEmpty() && household.lacksTableUser()) {
            log.warn(
                    "there is no user smtpt: table programs run as smtpd; make it with \"useradd"
                            + " --system --home-dir / --shell /usr/sbin/nologin smtpt\"");
        }
        for (var table : tables) {
            for (var caller : callers(table, config)) {
                open(table, caller);
            }
        }
        if (asksPam(config)) {
            openAccounts();
        }
    }

    private boolean asksPam(Config config) {
        return Pam.isConfigured(place.pamServices())
                && config.listeners().stream()
                        .flatMap(listen -> listen.authentication().stream())
                        .anyMatch(asked -> asked.logins() instanceof Listen.Logins.Accounts);
    }

    private void openAccounts() throws IOException {
        called.hear(
                "accounts",
                place.accountsSocket(),
                household.of(Room.KEEPER),
                caller ->
                        new CalledProgram.Ready(
                                program(
                                        java.executable(),
                                        java.accountsCommandLine(place.pamServices()),
                                        new Stdio.Connected(caller),
                                        caller),
                                fences.ofAccounts(),
                                () -> {}));
    }

    /// Which rooms ask a table: `keeper` for passwords, `front` for all else. Each has programs of
    /// its own.
    private static List<Room> callers(TableDefinition table, Config config) {
        var callers = new ArrayList<Room>();
        var asked = config.services(table.name());
        if (asked.contains(Service.CREDENTIALS)) {
            callers.add(Room.KEEPER);
        }
        if (!asked.equals(Set.of(Service.CREDENTIALS))) {
            callers.add(Room.FRONT);
        }
        return callers;
    }

    private void open(TableDefinition table, Room room) throws IOException {
        if (!(table.origin() instanceof Origin.External origin)) {
            return;
        }
        called.hear(
                "table " + Log.visible(table.name()),
                place.tableSocket(room, table.name(), origin),
                household.of(room),
                caller -> ready(table.name(), origin, caller));
    }

    private CalledProgram.Ready ready(String table, Origin.External origin, Caller caller)
            throws IOException {
        var answering =
                Answering.of(origin, place)
                        .orElseThrow(() -> new IOException("no program table-" + origin.type()));
        return switch (answering) {
            case Answering.ByProgram(var executable, var path) ->
                    new CalledProgram.Ready(
                            program(
                                    executable,
                                    path.isEmpty() ? List.of(table) : List.of(table, path),
                                    new Stdio.Connected(caller),
                                    caller),
                            fences.ofProgram(),
                            () -> {});
            case Answering.BuiltIn builtIn -> ready(table, origin.type(), builtIn, caller);
        };
    }

    /// The process reads its settings from its standard input, opened here, so that only root need
    /// be able to read them.
    private CalledProgram.Ready ready(
            String table, String type, Answering.BuiltIn builtIn, Caller caller)
            throws IOException {
        try {
            var confinement = fences.of(builtIn.settings());
            var file = OpenFile.read(builtIn.file().toRealPath());
            return new CalledProgram.Ready(
                    program(
                            java.executable(),
                            java.tableCommandLine(table, type),
                            new Stdio.Open(file),
                            caller),
                    confinement,
                    file);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Program program(
            Path executable, List<String> words, Stdio input, Caller caller) {
        return new Program(
                executable,
                words,
                ENVIRONMENT,
                Path.of("/"),
                input,
                new Stdio.Connected(caller),
                new Stdio.Inherit(),
                Program.Session.NEW);
    }

    /// Hears no more calls for tables that `config` does not have. Their programs go on until
    /// `front` hangs up: for sessions that began before.
    void retire(Config config) {
        var wanted = new ArrayList<Path>();
        for (var table : Answering.among(config)) {
            if (table.origin() instanceof Origin.External origin) {
                for (var caller : callers(table, config)) {
                    wanted.add(place.tableSocket(caller, table.name(), origin));
                }
            }
        }
        if (asksPam(config)) {
            wanted.add(place.accountsSocket());
        }
        called.retainAll(wanted);
    }

    /// Ends all; their callers have ended before.
    void end() {
        called.end();
    }

    /// One line about each, for `smtpctl show status`.
    List<String> status() {
        return called.status();
    }
}
