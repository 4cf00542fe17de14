package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.postern.config.Config;
import org.postern.config.Listen;
import org.postern.config.Service;
import org.postern.config.TableDefinition;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.os.Capability;
import org.postern.os.Confinement;
import org.postern.os.Identity;
import org.postern.os.Landlock;
import org.postern.table.settings.Settings;

/// What each room may reach, worked out from the configuration. A room whose fence would change by
/// a reload is replaced instead, because a fence cannot be moved.
final class Fences {
    private static final List<String> SYSTEM =
            List.of(
                    "/lib",
                    "/lib64",
                    "/usr/lib",
                    "/usr/lib64",
                    "/usr/share/zoneinfo",
                    "/etc/ld.so.cache",
                    "/etc/localtime",
                    "/etc/nsswitch.conf",
                    "/etc/passwd",
                    "/etc/group",
                    "/proc",
                    "/sys/fs/cgroup",
                    "/sys/devices/system/cpu",
                    "/dev/null",
                    "/dev/random",
                    "/dev/urandom");

    private static final Path SHADOW = Path.of("/etc/shadow");
    private static final List<Path> HOMES = List.of(Path.of("/root"), Path.of("/home"));

    private static final List<String> RESOLVER =
            List.of(
                    "/etc/resolv.conf",
                    "/etc/hosts",
                    "/etc/host.conf",
                    "/etc/services",
                    "/etc/protocols",
                    "/etc/ssl/certs",
                    "/etc/pki/tls/certs",
                    "/etc/pki/ca-trust/extracted/pem",
                    "/usr/share/ca-certificates");

    private final Place place;
    private final Household household;
    private final Java java;

    Fences(Place place, Household household, Java java) {
        this.place = place;
        this.household = household;
        this.java = java;
    }

    /// The confinement of `room` under a configuration.
    Confinement of(Room room, Checked checked) {
        return new Confinement(
                household.of(room), household.capabilities(room), landlock(room, checked));
    }

    private Landlock landlock(Room room, Checked checked) {
        var config = checked.config();
        return switch (room) {
            case FRONT ->
                    new Landlock.Fenced(
                            files(frontReads(checked), Set.of(place.roomDirectory(room))),
                            new Landlock.Network.BindOnly(ports(config)));
            case QUEUE ->
                    new Landlock.Fenced(
                            files(Set.of(), Set.of(place.roomDirectory(room), place.spool())),
                            new Landlock.Network.Denied());
            case KEEPER ->
                    new Landlock.Fenced(
                            files(keeperReads(config), Set.of(place.roomDirectory(room))),
                            new Landlock.Network.Denied());
            // What users start inherits the fence, and users may reach what they may reach.
            case DELIVERY -> new Landlock.Unfenced();
        };
    }

    private Landlock.Files files(Set<Path> readable, Set<Path> writable) {
        var reads = new HashSet<Path>(readable);
        SYSTEM.forEach(path -> reads.add(Path.of(path)));
        reads.addAll(java.reads());
        var writes = new HashSet<Path>(writable);
        writes.addAll(java.writes());
        return new Landlock.Files.Only(reads, writes, java.executes());
    }

    /// The fence around a built-in backend: its own code, and what its settings name.
    Confinement of(Settings settings) {
        var reads = new HashSet<Path>(Set.of(java.drivers()));
        settings.files().forEach(path -> reads.add(Path.of(path)));
        var writes = new HashSet<Path>();
        // Even to read, SQLite may have to make files beside the database.
        settings.directories().forEach(path -> writes.add(Path.of(path)));
        if (settings.isLocal()) {
            return table(files(reads, writes), new Landlock.Network.Denied());
        }
        RESOLVER.forEach(path -> reads.add(Path.of(path)));
        return table(files(reads, writes), new Landlock.Network.BindOnly(List.of()));
    }

    /// The fence around a program that answers for a table. What it needs, nobody knows; but it
    /// cannot signal what is not its own.
    Confinement ofProgram() {
        return table(new Landlock.Files.Every(), new Landlock.Network.Open());
    }

    /// The fence around the program that asks PAM, whose modules are of others, too. Some write
    /// into the audit log, and count it as a failure if they may not.
    Confinement ofAccounts() {
        var capabilities =
                household.accounts().isRoot()
                        ? Set.of(Capability.AUDIT_WRITE)
                        : Set.<Capability>of();
        return new Confinement(
                household.accounts(),
                capabilities,
                new Landlock.Fenced(new Landlock.Files.Every(), new Landlock.Network.Open()));
    }

    /// The same around a program that filters, which runs as somebody.
    Confinement ofProgram(org.postern.os.Identity identity) {
        return new Confinement(
                identity,
                Set.of(),
                new Landlock.Fenced(new Landlock.Files.Every(), new Landlock.Network.Open()));
    }

    private Confinement table(Landlock.Files files, Landlock.Network network) {
        return new Confinement(household.tables(), Set.of(), new Landlock.Fenced(files, network));
    }

    private Set<Path> frontReads(Checked checked) {
        var reads = new HashSet<Path>();
        RESOLVER.forEach(path -> reads.add(Path.of(path)));
        var own = place.run().toAbsolutePath().resolveSibling("etc");
        for (var name : List.of("resolv.conf", "hosts")) {
            reads.add(own.resolve(name));
        }
        reads.addAll(tableReads(checked).paths());
        return reads;
    }

    /// What a fence around `room` cannot say: which files stand at the paths that it names.
    String footing(Room room, Checked checked) {
        return room == Room.FRONT ? tableReads(checked).alone() : "";
    }

    private TableReads tableReads(Checked checked) {
        var secrets = secrets(checked.config());
        var closed = new HashSet<Path>(secrets);
        closed.addAll(HOMES);
        return TableReads.of(tableFiles(checked.config()), closed)
                .with(checked.included(), secrets);
    }

    private Set<Path> secrets(Config config) {
        var secrets = new HashSet<Path>(Set.of(place.spoolRoot()));
        for (var pki : config.pki().values()) {
            pki.key().ifPresent(path -> secrets.add(Path.of(path)));
        }
        for (var file : passwordFiles(config)) {
            if (!isClosedTo(household.of(Room.FRONT), file)) {
                secrets.add(file);
            }
        }
        if (household instanceof Household.Own(var self) && self.isRoot()) {
            // Otherwise root owns it, and nobody else may read it.
            secrets.add(SHADOW);
        }
        return secrets;
    }

    private static Set<Path> keeperReads(Config config) {
        var reads = new HashSet<Path>();
        for (var pki : config.pki().values()) {
            pki.certificate().ifPresent(path -> reads.addAll(directoriesOf(Path.of(path))));
            pki.key().ifPresent(path -> reads.addAll(directoriesOf(Path.of(path))));
        }
        for (var authority : config.authorities().values()) {
            reads.addAll(directoriesOf(Path.of(authority.path())));
        }
        passwordFiles(config).forEach(path -> reads.add(directoryOf(path)));
        if (config.listeners().stream().anyMatch(Fences::asksAccounts)) {
            // A new file takes the place of the old one whenever a password changes.
            reads.add(directoryOf(SHADOW));
        }
        return reads;
    }

    private static boolean asksAccounts(Listen listen) {
        return listen.authentication()
                .filter(asked -> asked.logins() instanceof Listen.Logins.Accounts)
                .isPresent();
    }

    /// The files of the tables that are for passwords alone: `keeper` reads them, and `front` does
    /// not.
    private static Set<Path> passwordFiles(Config config) {
        return tableFiles(config, table -> isForPasswords(config, table));
    }

    /// Does the mode of the file keep this user out? Then its directory can be open.
    private static boolean isClosedTo(Identity user, Path file) {
        try {
            int mode = (Integer) Files.getAttribute(file, "unix:mode");
            return (mode & 07) == 0
                    && (Integer) Files.getAttribute(file, "unix:uid") != user.uid()
                    && (Integer) Files.getAttribute(file, "unix:gid") != user.gid();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isForPasswords(Config config, TableDefinition table) {
        return config.services(table.name()).equals(Set.of(Service.CREDENTIALS));
    }

    private static Set<Path> tableFiles(Config config) {
        return tableFiles(config, table -> !isForPasswords(config, table));
    }

    private static Set<Path> tableFiles(Config config, Predicate<TableDefinition> wanted) {
        var files = new HashSet<Path>();
        for (var table : config.tables().values()) {
            if (!wanted.test(table)) {
                continue;
            }
            switch (table.origin()) {
                case TableDefinition.Origin.File(var path) -> files.add(Path.of(path));
                case TableDefinition.Origin.Database(var path) -> files.add(Path.of(path));
                case TableDefinition.Origin.Inline _,
                        TableDefinition.Origin.InlineMapping _,
                        TableDefinition.Origin.External _,
                        TableDefinition.Origin.Accounts _ -> {}
            }
        }
        return files;
    }

    /// The directory in which a file stands, and that in which it lies if it is a symbolic link:
    /// certificates are renewed by another link or another file.
    private static Set<Path> directoriesOf(Path file) {
        var directories = new HashSet<Path>();
        directories.add(directoryOf(file));
        try {
            directories.add(directoryOf(file.toRealPath()));
        } catch (IOException e) {
            // There is none: the keeper says so.
        }
        return directories;
    }

    private static Path directoryOf(Path file) {
        var directory = file.toAbsolutePath().getParent();
        return directory == null || !Files.isDirectory(directory) ? file : directory;
    }

    /// The ports to listen on, and 0: any port, for connections out from a chosen address.
    private static List<Integer> ports(Config config) {
        var ports = new TreeSet<Integer>(Set.of(0));
        config.listeners().forEach(listener -> ports.add(listener.port()));
        return List.copyOf(ports);
    }
}
