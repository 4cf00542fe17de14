package org.postern.ipc;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.postern.config.FilterProcess;
import org.postern.config.TableDefinition.Origin;

/// Where things lie at run time: the directories of one server.
///
/// @param config the main configuration file
/// @param spool the directory that the queue owns
/// @param run the directory of the sockets
public record Place(Path config, Path spool, Path run) {
    /// The places of the machine's own server.
    public static Place ofSystem() {
        var preferred = Path.of("/etc/mail/smtpd.conf");
        return new Place(
                Files.exists(preferred) ? preferred : Path.of("/etc/smtpd.conf"),
                Path.of("/var/spool/smtpd/queue"),
                Path.of("/run/smtpd"));
    }

    /// The places of a private server, all below `root` (`-R`).
    public static Place below(Path root) {
        var absolute = root.toAbsolutePath().normalize();
        return new Place(
                absolute.resolve("etc/smtpd.conf"),
                absolute.resolve("spool/queue"),
                absolute.resolve("run"));
    }

    /// The same with another configuration file (`-f`).
    public Place with(Path otherConfig) {
        return new Place(otherConfig, spool, run);
    }

    /// The directory around the queue's, which the supervisor owns.
    public Path spoolRoot() {
        return Objects.requireNonNull(spool.toAbsolutePath().getParent());
    }

    /// The file that holds the key of the seals; only the supervisor reads it.
    public Path seal() {
        return spool.resolveSibling("seal");
    }

    /// The well-known name of the submission socket, a symbolic link.
    public Path wellKnownSocket() {
        return isOfSystem() ? Path.of("/run/smtpd.sock") : run.resolve("smtpd.sock");
    }

    private boolean isOfSystem() {
        return run.startsWith("/run");
    }

    /// The directory in which `room` makes its sockets.
    public Path roomDirectory(Room room) {
        return run.resolve(room.word());
    }

    /// The socket on which `room` hears other rooms.
    public Path socket(Room room) {
        return roomDirectory(room).resolve("room.sock");
    }

    /// The socket on which the queue takes messages in from `front` ([Submission]).
    public Path submissionIntoQueueSocket() {
        return roomDirectory(Room.QUEUE).resolve("submission.sock");
    }

    /// The socket on which the queue hands out work to `front` and `delivery` ([Work]).
    public Path workSocket() {
        return roomDirectory(Room.QUEUE).resolve("work.sock");
    }

    /// The socket on which `keeper` judges those who log in ([Authentication]).
    public Path loginSocket() {
        return roomDirectory(Room.KEEPER).resolve("login.sock");
    }

    /// The socket on which `room` hears `smtpctl`.
    public Path controlSocket(Room room) {
        return roomDirectory(room).resolve("control.sock");
    }

    /// The directory of the sockets at which table programs are called; the supervisor makes them,
    /// and only `front` may enter, and `keeper`, who may enter every directory.
    public Path tables() {
        return run.resolve("tables");
    }

    /// The socket at which `caller` calls the program of a table. The same for as long as the table
    /// is declared the same way.
    public Path tableSocket(Room caller, String table, Origin.External origin) {
        return tables().resolve(
                        digest(
                                caller.name()
                                        + '\0'
                                        + table
                                        + '\0'
                                        + origin.type()
                                        + '\0'
                                        + origin.path()));
    }

    /// The socket at which `keeper` calls the program that asks PAM.
    public Path accountsSocket() {
        return tables().resolve("accounts");
    }

    /// The directory with the services of PAM: the system's, or that of a private server.
    public Path pamServices() {
        return isOfSystem()
                ? Path.of("/etc/pam.d")
                : Objects.requireNonNull(spoolRoot().getParent()).resolve("etc/pam.d");
    }

    /// The directory of the sockets at which filter programs are called; the supervisor makes them,
    /// and only `front` may enter.
    public Path filters() {
        return run.resolve("filters");
    }

    /// The socket at which a filter program is called.
    public Path filterSocket(FilterProcess.Key process) {
        return filters().resolve(digest(process.text()));
    }

    private static String digest(String declared) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(declared.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The directory below the root of a private server where its own programs lie.
    public Path programs() {
        return run.resolveSibling("libexec");
    }

    /// The socket on which the supervisor hears `smtpctl`.
    public Path supervisorSocket() {
        return run.resolve("supervisor.sock");
    }

    /// The socket on which `front` takes mail from the users of this machine, speaking SMTP.
    public Path submissionSocket() {
        return roomDirectory(Room.FRONT).resolve("smtpd.sock");
    }
}
