package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.mail.Chunk;
import org.postern.os.ProcessFacts;

/// The directories of the server: made when missing, and given to their owners.
///
///     SPOOL/            root   0711
///     SPOOL/queue       queue  0700   the store
///     SPOOL/seal        root   0600   the key of the seals
///     RUN/              root   0711
///     RUN/front         front  0711   the submission socket is for everybody
///     RUN/queue, RUN/keeper, RUN/delivery   their room's, entered by front's group: 0710
///     RUN/tables        root   0710   entered by front's group
///     RUN/filters       root   0710   the same
final class Premises {
    private static final int SEAL_LENGTH = 32;

    private final Place place;
    private final Household household;

    Premises(Place place, Household household) {
        this.place = place;
        this.household = household;
    }

    /// Makes what is missing and mends owners and modes.
    ///
    /// @throws IOException naming what could not be made, or what stands in its place
    void prepare() throws IOException {
        int self = ProcessFacts.uid();
        int group = ProcessFacts.gid();
        directory(place.spoolRoot(), self, group, "rwx--x--x");
        room(place.spool(), Room.QUEUE, household.of(Room.QUEUE).gid(), "rwx------");
        directory(place.run(), self, group, "rwx--x--x");
        int front = household.of(Room.FRONT).gid();
        room(place.roomDirectory(Room.FRONT), Room.FRONT, front, "rwx--x--x");
        room(place.roomDirectory(Room.QUEUE), Room.QUEUE, front, "rwx--x---");
        room(place.roomDirectory(Room.KEEPER), Room.KEEPER, front, "rwx--x---");
        room(place.roomDirectory(Room.DELIVERY), Room.DELIVERY, front, "rwx--x---");
        directory(place.tables(), self, front, "rwx--x---");
        directory(place.filters(), self, front, "rwx--x---");
        link();
    }

    private void room(Path path, Room room, int group, String mode) throws IOException {
        directory(path, household.of(room).uid(), group, mode);
    }

    private static void directory(Path path, int owner, int group, String mode) throws IOException {
        var permissions = PosixFilePermissions.fromString(mode);
        Files.createDirectories(path.resolveSibling("."));
        try {
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(path + " is in the way: it is not a directory", e);
            }
        }
        if ((Integer) Files.getAttribute(path, "unix:uid") != owner) {
            Files.setAttribute(path, "unix:uid", owner);
        }
        if ((Integer) Files.getAttribute(path, "unix:gid") != group) {
            Files.setAttribute(path, "unix:gid", group);
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    /// The submission socket under its well-known name.
    private void link() throws IOException {
        var link = place.wellKnownSocket();
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isSymbolicLink(link)
                    && Files.readSymbolicLink(link).equals(place.submissionSocket())) {
                return;
            }
            Files.delete(link);
        }
        Files.createSymbolicLink(link, place.submissionSocket());
    }

    /// The key of the seals; made at the first start, and kept for as long as there is a spool.
    Chunk seal() throws IOException {
        var path = place.seal();
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            var key = new byte[SEAL_LENGTH];
            new SecureRandom().nextBytes(key);
            var fresh = path.resolveSibling("seal.new");
            Files.deleteIfExists(fresh);
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            try (var channel =
                    java.nio.channels.FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
                channel.write(java.nio.ByteBuffer.wrap(key));
                channel.force(true);
            }
            Files.move(fresh, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
        var key = Files.readAllBytes(path);
        if (key.length != SEAL_LENGTH) {
            throw new IOException(
                    path
                            + " holds "
                            + key.length
                            + " bytes, not "
                            + SEAL_LENGTH
                            + "; if it is beyond repair, remove it: mail queued for commands of"
                            + " forward files will be held");
        }
        return Chunk.handOver(key);
    }
}
