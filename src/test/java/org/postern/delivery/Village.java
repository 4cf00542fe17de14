package org.postern.delivery;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.ipc.Accounts;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife.Circumstances;
import org.postern.ipc.Users;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.Outcome;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.os.ProcessFacts;

/// A delivery room with a queue beside it, and two users who need no account: alice and bob, with
/// homes in a private folder. Only root can act as them.
final class Village implements Closeable {
    static final int ALICE = 20001;
    static final int BOB = 20002;
    static final Instant CREATED = Instant.parse("2026-03-04T05:06:07Z");
    static final Chunk SECRET = Chunk.of("a secret of thirty-two characters");

    final Path directory;
    final Path mailSpool;
    final FakeQueue queue;
    final DeliveryRoom room;
    final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

    private final Deadlines deadlines = new Deadlines();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Place place;

    /// A village with these lines of configuration, after the table `users`.
    Village(Path directory, String config) throws Exception {
        this.directory = directory;
        chmod(directory, "rwxr-xr-x");
        this.mailSpool = Files.createDirectory(directory.resolve("mail"));
        chmod(mailSpool, "rwxr-xr-x");
        Files.createDirectory(directory.resolve("home"));
        chmod(directory.resolve("home"), "rwxr-xr-x");
        home("alice", ALICE);
        home("bob", BOB);
        Files.createDirectories(directory.resolve("run/queue"));
        Files.createDirectories(directory.resolve("run/delivery"));
        this.place = new Place(directory, directory.resolve("spool"), directory.resolve("run"));
        this.queue = new FakeQueue(place.workSocket(), deadlines);
        var circumstances =
                new Circumstances(
                        place,
                        config(config),
                        new Log((_, line) -> log.add(line)),
                        deadlines,
                        users(),
                        Set.of(),
                        org.postern.ipc.Leash.Arrival.ALONE,
                        SECRET);
        this.room = new DeliveryRoom(circumstances, () -> CREATED.plusSeconds(61), mailSpool);
        room.start();
    }

    static void needsRoot() {
        Assumptions.assumeTrue(ProcessFacts.uid() == 0, "acting as other users needs root");
    }

    private void home(String name, int uid) throws IOException {
        if (ProcessFacts.uid() == 0) {
            var home = Files.createDirectory(home(name));
            chmod(home, "rwx------");
            give(home, uid);
        }
    }

    Path home(String name) {
        return directory.resolve("home").resolve(name);
    }

    static void give(Path path, int uid) throws IOException {
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", uid, LinkOption.NOFOLLOW_LINKS);
    }

    static void chmod(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /// The owner of what a user's forward file names.
    static Seals.Owner owner(String action, String user) {
        int uid =
                switch (user) {
                    case "alice" -> ALICE;
                    case "bob" -> BOB;
                    case "super" -> 0;
                    default -> throw new IllegalArgumentException(user);
                };
        return new Seals.Owner(action, user, uid);
    }

    static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /// Puts a file into the home of a user who owns it.
    Path write(String user, int uid, String name, String text) throws IOException {
        var file = Files.writeString(home(user).resolve(name), text, StandardCharsets.ISO_8859_1);
        chmod(file, "rw-r--r--");
        give(file, uid);
        return file;
    }

    private Config config(String lines) throws Exception {
        var text =
                """
                table users { alice = "%d:%d:%s", bob = "%d:%d:%s", super = "0:0:/", me = "%d:%d:%s", lost = "%d:%d:/nonexistent" }
                """
                                .formatted(
                                        ALICE,
                                        ALICE,
                                        home("alice"),
                                        BOB,
                                        BOB,
                                        home("bob"),
                                        ProcessFacts.uid(),
                                        ProcessFacts.gid(),
                                        directory.resolve("home/me"),
                                        ALICE,
                                        ALICE)
                        + lines.replace("DIR", directory.toString());
        return Config.parse(Sources.of("smtpd.conf", text, new Host("mx.example.org", List.of())));
    }

    private static Users users() throws IOException {
        var me =
                FileSystems.getDefault()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name"));
        var rooms = new EnumMap<Room, java.nio.file.attribute.UserPrincipal>(Room.class);
        for (var each : Room.values()) {
            rooms.put(each, me);
        }
        return new Users(rooms, me);
    }

    Envelope envelope(String action, Share.Destination destination) {
        return envelope(action, destination, "carol@example.net", "list@example.org");
    }

    /// An envelope from `sender` (perhaps empty) whose recipient is user@example.org.
    Envelope envelope(
            String action, Share.Destination destination, String sender, String original) {
        var origin =
                new Origin(
                        "mx.example.org",
                        "",
                        "192.0.2.1",
                        "host.example.net",
                        "host",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Plain());
        var path =
                sender.isEmpty()
                        ? new ReversePath.Null()
                        : new ReversePath.Sender(Mailbox.parse(sender).orElseThrow());
        return new Envelope(
                new EnvelopeId(0x1234567800000000L + numbers.incrementAndGet()),
                new MessageFacts(origin, path, MessageFacts.DsnReturn.UNSAID, ""),
                new Share(
                        Mailbox.parse(original).orElseThrow(),
                        Mailbox.parse("user@example.org").orElseThrow(),
                        action,
                        destination,
                        Set.of(),
                        ""),
                CREATED,
                new Envelope.Progress.Untried());
    }

    Envelope to(String action, String user) {
        return envelope(action, new Share.Destination.Account(user, ""));
    }

    Outcome deliver(Envelope envelope, String content) throws InterruptedException {
        return queue.hand(envelope, content).outcome();
    }

    /// Asks as `front` does.
    Accounts.Answer ask(Accounts question) throws IOException {
        try (var channel = Hearing.connect(place.socket(Room.DELIVERY))) {
            var conversation =
                    new Conversation<>(channel, Accounts.frames(), Accounts.answers(), deadlines);
            conversation.say(question);
            return conversation.hear(Duration.ofSeconds(60));
        }
    }

    /// The files in a directory, in no order.
    static List<Path> files(Path directory) {
        try (var files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        room.stop(Duration.ofSeconds(1));
        queue.close();
    }
}
