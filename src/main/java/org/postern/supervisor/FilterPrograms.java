package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.postern.config.Config;
import org.postern.config.FilterProcess;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.log.Log;
import org.postern.os.Account;
import org.postern.os.Accounts;
import org.postern.os.Caller;
import org.postern.os.Group;
import org.postern.os.Identity;
import org.postern.os.Lookup;
import org.postern.os.Program;
import org.postern.os.Stdio;

/// The programs that filter, by the sockets at which they are called.
///
/// Used by one thread at a time, but for [#status].
final class FilterPrograms {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("LANG", "C.UTF-8", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    private static final Path SHELL = Path.of("/bin/sh");

    private final Place place;
    private final Household household;
    private final Fences fences;
    private final Log log;
    private final Accounts accounts = new Accounts();
    private final CalledPrograms called;

    FilterPrograms(Place place, Household household, Fences fences, Log log) {
        this.place = place;
        this.household = household;
        this.fences = fences;
        this.log = log;
        this.called = new CalledPrograms(place.filters(), log);
    }

    /// Hears calls for the programs of `config`; what is heard already goes on.
    void open(Config config) throws IOException {
        called.beginAnew();
        for (var process : config.processes().values()) {
            open(process, place.filterSocket(config.keyOf(process)));
        }
    }

    private void open(FilterProcess process, Path socket) throws IOException {
        called.hear(
                "filter " + Log.visible(process.name()),
                socket,
                household.of(Room.FRONT),
                caller -> ready(process, caller));
    }

    private CalledProgram.Ready ready(FilterProcess process, Caller caller) throws IOException {
        var program =
                new Program(
                        SHELL,
                        List.of("sh", "-c", "exec " + command(process)),
                        ENVIRONMENT,
                        Path.of("/"),
                        new Stdio.Connected(caller),
                        new Stdio.Connected(caller),
                        new Stdio.Pipe(),
                        Program.Session.NEW);
        var confinement = fences.ofProgram(identity(process));
        var root = process.chroot();
        return new CalledProgram.Ready(
                program,
                root.isEmpty() ? confinement : confinement.within(Path.of(root.get())),
                () -> {});
    }

    /// The command, its first word with the directory in which it was found.
    private String command(FilterProcess process) throws IOException {
        var command = process.command();
        if (command.startsWith("/")) {
            return command;
        }
        var word = command.split("\\s", 2)[0];
        if (process.chroot().isPresent()) {
            return Answering.DIRECTORIES.getFirst() + "/" + command;
        }
        return Answering.found(word, place)
                .map(found -> found + command.substring(word.length()))
                .orElseThrow(
                        () ->
                                new IOException(
                                        "no program " + word + " in " + Answering.places(place)));
    }

    /// Whom the program runs as: an account and a group of its own, or whoever answers for tables.
    private Identity identity(FilterProcess process) throws IOException {
        return switch (household) {
            case Household.Own(var self) -> {
                if (process.user().isPresent() || process.group().isPresent()) {
                    log.warn(
                            "filter "
                                    + Log.visible(process.name())
                                    + ": runs as the user of the server, who cannot become another");
                }
                yield self;
            }
            case Household.Separate(_, _, var usual) -> {
                var user =
                        process.user().isEmpty() ? usual : identity(account(process.user().get()));
                yield process.group().isEmpty()
                        ? user
                        : inGroup(user, group(process.group().get()));
            }
        };
    }

    private static Identity identity(Account account) {
        return new Identity(account.uid(), account.gid(), List.of(account.gid()));
    }

    private static Identity inGroup(Identity user, Group group) {
        return new Identity(user.uid(), group.gid(), List.of(group.gid()));
    }

    private Account account(String name) throws IOException {
        return switch (accounts.byName(name)) {
            case Lookup.Found<Account>(var account) -> account;
            case Lookup.Absent<Account>() -> throw new IOException("there is no user " + name);
            case Lookup.Failed<Account>(var cause) -> throw new IOException(cause);
        };
    }

    private Group group(String name) throws IOException {
        return switch (accounts.group(name)) {
            case Lookup.Found<Group>(var group) -> group;
            case Lookup.Absent<Group>() -> throw new IOException("there is no group " + name);
            case Lookup.Failed<Group>(var cause) -> throw new IOException(cause);
        };
    }

    /// Hears no more calls for programs that `config` does not have. They go on until `front` hangs
    /// up: for sessions that began before.
    void retire(Config config) {
        called.retainAll(
                config.processes().values().stream()
                        .map(process -> place.filterSocket(config.keyOf(process)))
                        .toList());
    }

    /// Ends all; `front` has ended before.
    void end() {
        called.end();
    }

    /// One line about each, for `smtpctl show status`.
    List<String> status() {
        return called.status();
    }
}
