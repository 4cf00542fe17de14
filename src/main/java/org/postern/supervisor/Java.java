package org.postern.supervisor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postern.ipc.Ending;
import org.postern.ipc.Room;

/// The Java machine that the rooms run on: the one that runs us, and the module path it was given.
///
/// @param home where the JDK lies
/// @param modules the module path
/// @param sharing how class data are shared
record Java(Path home, String modules, Sharing sharing) {
    /// How the machine comes by the classes.
    sealed interface Sharing {
        /// It loads them from their jars.
        record Not() implements Sharing {}

        /// It maps the archive that `bin/share-classes` made: processes start sooner, and have it
        /// in memory once. The machine itself sees to it that the archive is of these very jars.
        record From(Path archive) implements Sharing {}

        /// It notes which classes it loads, in a file of its own in `directory`:
        /// `bin/share-classes` is at work.
        record Noting(Path directory) implements Sharing {}

        /// The options of the machine.
        default List<String> options() {
            return switch (this) {
                case Not() -> List.of();
                // Relocated, as it would be, the archive is another one in each process's memory.
                case From(var archive) ->
                        List.of(
                                "-XX:SharedArchiveFile=" + archive,
                                "-XX:+UnlockDiagnosticVMOptions",
                                "-XX:ArchiveRelocationMode=0");
                case Noting(var directory) ->
                        List.of(
                                "-XX:DumpLoadedClassList=" + directory + "/%p.classes",
                                "-D" + Ending.NOTING + "=" + directory);
            };
        }

        /// How it is done with these modules, the first of which is our jar.
        static Sharing with(String modules) {
            var noting = System.getProperty(Ending.NOTING, "");
            if (!noting.isEmpty()) {
                return new Noting(Path.of(noting));
            }
            var jar = Path.of(modules.split(File.pathSeparator, 2)[0]).toAbsolutePath();
            var archive = jar.resolveSibling("postern.jsa");
            return Files.isRegularFile(jar) && Files.isReadable(archive)
                    ? new From(archive)
                    : new Not();
        }
    }

    private static final List<String> FOR_ALL =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-Xshare:auto",
                    "-XX:-UsePerfData",
                    "-XX:+DisableAttachMechanism",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:+ErrorFileToStderr",
                    // Standard output is the leash: not even SIGQUIT may write there.
                    "-XX:+DisplayVMOutputToStderr",
                    "-Xlog:disable",
                    "-Xlog:all=error:stderr",
                    "-XX:-CreateCoredumpOnCrash",
                    "--enable-native-access=org.postern");

    private static final String SQLITE = "native/org/sqlite/native/Linux";

    private static String machine() {
        return System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64";
    }

    /// The machine that runs this process.
    static Java running() {
        var modules = System.getProperty("jdk.module.path", "");
        return new Java(Path.of(System.getProperty("java.home")), modules, Sharing.with(modules));
    }

    /// The launcher.
    Path executable() {
        return home.resolve("bin/java");
    }

    /// What every room has to read in order to run.
    Set<Path> reads() {
        var reads = new HashSet<Path>(Set.of(home));
        for (var entry : modules.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                reads.add(Path.of(entry).toAbsolutePath());
            }
        }
        if (sharing instanceof Sharing.From(var archive)) {
            reads.add(archive);
        }
        return reads;
    }

    /// What every room has to write in order to run: nothing, but for `bin/share-classes`.
    Set<Path> writes() {
        return sharing instanceof Sharing.Noting(var directory) ? Set.of(directory) : Set.of();
    }

    /// What every room has to execute in order to run: Java itself, and what the kernel loads it
    /// by.
    Set<Path> executes() {
        return Set.of(
                executable(),
                Path.of("/lib64/ld-linux-x86-64.so.2"),
                Path.of("/lib/ld-linux-aarch64.so.1"));
    }

    /// The directory beside our jar where the drivers of databases lie, which only table programs
    /// load.
    Path drivers() {
        return Path.of(modules.split(File.pathSeparator, 2)[0])
                .toAbsolutePath()
                .resolveSibling("lib-tables");
    }

    /// The command line of the program that answers for a table by one of the built-in backends.
    List<String> tableCommandLine(String table, String type) {
        var words = new ArrayList<String>(List.of("smtpd: table " + table));
        words.addAll(FOR_ALL);
        words.addAll(
                List.of(
                        "-Xms8m",
                        "-Xmx64m",
                        "-Xss512k",
                        "-XX:TieredStopAtLevel=1",
                        // The library of SQLite lies unpacked beside its driver.
                        "-Dorg.sqlite.lib.path=" + drivers().resolve(SQLITE).resolve(machine()),
                        "-Dorg.sqlite.lib.name=libsqlitejdbc.so",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-modules",
                        "java.sql,java.naming",
                        "-cp",
                        drivers() + "/*",
                        "-p",
                        modules,
                        "-m",
                        "org.postern/org.postern.Postern",
                        "table",
                        type,
                        table));
        return words;
    }

    /// The command line of the program that asks PAM about a service of this directory.
    List<String> accountsCommandLine(Path services) {
        var words = new ArrayList<String>(List.of("smtpd: accounts"));
        words.addAll(FOR_ALL);
        words.addAll(
                List.of(
                        "-Xms8m",
                        "-Xmx32m",
                        "-XX:TieredStopAtLevel=1",
                        "-p",
                        modules,
                        "-m",
                        "org.postern/org.postern.Postern",
                        "accounts",
                        services.toString()));
        return words;
    }

    /// The command line of `room`. Small heaps for all; the just-in-time compiler's best only where
    /// mail flows.
    ///
    /// @param tables how much the heap may grow beyond that for tables, in megabytes
    List<String> commandLine(Room room, int tables) {
        var words = new ArrayList<String>(List.of("smtpd: " + room.word()));
        words.addAll(FOR_ALL);
        words.addAll(sharing.options());
        words.addAll(
                switch (room) {
                    case FRONT ->
                            List.of(
                                    "-Xms24m",
                                    most(384 + tables),
                                    "-Xss512k",
                                    // A session that is resumed keeps the certificate of another
                                    // name; and who begins anew makes us work.
                                    "-Djdk.tls.server.newSessionTicketCount=0",
                                    "-Djdk.tls.server.enableSessionTicketExtension=false",
                                    "-Djdk.tls.rejectClientInitiatedRenegotiation=true");
                    case QUEUE -> List.of("-Xms40m", "-Xmn24m", "-Xmx768m", "-Xss512k");
                    case DELIVERY -> List.of("-Xms16m", most(128 + tables), "-Xss512k");
                    case KEEPER ->
                            List.of(
                                    "-Xms8m",
                                    most(48 + tables),
                                    "-Xss512k",
                                    "-XX:TieredStopAtLevel=1");
                });
        words.addAll(
                List.of(
                        "-p",
                        modules,
                        "-m",
                        "org.postern/org.postern.Postern",
                        "room",
                        room.word()));
        return words;
    }

    private static String most(int megabytes) {
        return "-Xmx" + megabytes + "m";
    }
}
