package org.postern.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import org.postern.os.SocketPath;

/// A Unix socket on which a room hears others. Who is not among the users it hears is turned away
/// before the first byte is read.
public final class Hearing implements Closeable {
    /// What is done with one connection, on a virtual thread of its own. The connection is closed
    /// when this returns.
    @FunctionalInterface
    public interface Hearer {
        /// Talks over `channel` to `peer` until the conversation is over.
        void hear(SocketChannel channel, UserPrincipal peer) throws IOException;
    }

    /// What is told of a hearing, for the log.
    public interface Reports {
        /// Someone who is not heard has tried. Told once a second at most.
        void refused(Path socket, String user);

        /// So many more had been refused, of whom [#refused] was not told; told right after the
        /// next of whom it is.
        default void alsoRefused(Path socket, long count) {}

        /// A conversation ended in an error that is not a hang-up.
        void broken(Path socket, Throwable cause);
    }

    private final Path socket;
    private final Hearer hearer;
    private final Reports reports;
    private final Audience audience;
    private final Refusals refusals = new Refusals(System::nanoTime);

    // Of all conversations, and of each user's: one cannot take the places of another.
    private final Semaphore places;
    private final Map<UserPrincipal, Semaphore> ofUser;

    /// Who is heard.
    public sealed interface Audience {
        /// Everybody.
        record Anyone() implements Audience {}

        /// These users.
        record Only(Set<UserPrincipal> users) implements Audience {
            public Only {
                users = Set.copyOf(users);
            }
        }
    }

    // Both guarded by this.
    private ServerSocketChannel server;
    private Optional<Object> file;

    private Hearing(
            Path socket,
            ServerSocketChannel server,
            Audience audience,
            int conversations,
            Hearer hearer,
            Reports reports) {
        this.socket = socket;
        this.server = server;
        this.file = file(socket);
        this.audience = audience;
        this.ofUser = new HashMap<>();
        if (audience instanceof Audience.Only(var users)) {
            users.forEach(user -> ofUser.put(user, new Semaphore(conversations)));
        }
        this.places = new Semaphore(conversations * Math.max(1, ofUser.size()));
        this.hearer = hearer;
        this.reports = reports;
    }

    /// Begins to hear on `socket`, replacing what a predecessor left there. At most `conversations`
    /// are held at a time; more wait in the backlog. Where several users are heard, each has that
    /// many places of its own, and is hung up on beyond.
    ///
    /// Everybody may connect as far as the file mode goes: the directory and the check of the
    /// peer's credentials decide.
    public static Hearing open(
            Path socket, Audience audience, int conversations, Hearer hearer, Reports reports)
            throws IOException {
        var server = bind(socket);
        var hearing = new Hearing(socket, server, audience, conversations, hearer, reports);
        hearing.startAccepting(server);
        return hearing;
    }

    private static ServerSocketChannel bind(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (var path = SocketPath.of(socket)) {
            server.bind(path.address(), 4096);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /// Hears at the path of the socket again if a successor, which does not come after all, has
    /// taken it. Conversations that are under way go on.
    ///
    /// @throws IOException if there can be no socket there
    public synchronized void keepPlace() throws IOException {
        if (!server.isOpen() || isInPlace()) {
            return;
        }
        var former = server;
        server = bind(socket);
        file = file(socket);
        startAccepting(server);
        former.close();
    }

    private void startAccepting(ServerSocketChannel at) {
        Thread.ofVirtual()
                .name("hearing " + socket.getFileName())
                .start(Vital.thread(() -> accept(at)));
    }

    private void accept(ServerSocketChannel server) {
        while (server.isOpen()) {
            try {
                places.acquire();
                var channel = server.accept();
                Thread.ofVirtual().name("conversation").start(() -> serve(channel));
            } catch (ClosedChannelException e) {
                places.release();
                return;
            } catch (IOException e) {
                places.release();
                reports.broken(socket, e);
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// Out of descriptors, most likely: wait for some to be closed.
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            var peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            if (audience instanceof Audience.Only(var users) && !users.contains(peer)) {
                refuse(peer);
                return;
            }
            hear(channel, peer);
        } catch (HungUp | ClosedChannelException e) {
            // How conversations end.
        } catch (IOException | RuntimeException e) {
            reports.broken(socket, e);
        } finally {
            places.release();
        }
    }

    private void refuse(UserPrincipal peer) {
        var untold = refusals.next();
        if (untold.isEmpty()) {
            return;
        }
        reports.refused(socket, peer.getName());
        if (untold.getAsLong() > 0) {
            reports.alsoRefused(socket, untold.getAsLong());
        }
    }

    private void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        var own = Optional.ofNullable(ofUser.get(peer));
        if (!own.map(Semaphore::tryAcquire).orElse(true)) {
            return;
        }
        try {
            hearer.hear(channel, peer);
        } finally {
            own.ifPresent(Semaphore::release);
        }
    }

    /// Which file stands at a path now.
    private static Optional<Object> file(Path path) {
        try {
            var attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.ofNullable(attributes.fileKey());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Stops hearing. Conversations that are under way go on. If a successor hears at the path of
    /// the socket by now, it goes on too.
    @Override
    public synchronized void close() throws IOException {
        server.close();
        if (isInPlace()) {
            Files.deleteIfExists(socket);
        }
    }

    private boolean isInPlace() {
        return file.isPresent() && file.equals(file(socket));
    }

    /// Connects to the room that hears on `socket`.
    ///
    /// @throws IOException if nobody does, or its backlog is full
    public static SocketChannel connect(Path socket) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try (var path = SocketPath.of(socket)) {
            channel.connect(path.address());
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
