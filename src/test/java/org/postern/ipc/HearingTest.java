package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who is heard, and how many of them.
@Timeout(60)
class HearingTest {
    private static final String SOMEBODY_ELSE = "4242";

    @TempDir private Path directory;
    private final Semaphore heard = new Semaphore(0);
    private final List<String> told = new CopyOnWriteArrayList<>();

    private Hearing open(Set<UserPrincipal> users) throws IOException {
        return Hearing.open(
                directory.resolve("socket"),
                new Hearing.Audience.Only(users),
                2,
                this::answer,
                new Hearing.Reports() {
                    @Override
                    public void refused(Path socket, String user) {
                        told.add("refused");
                    }

                    @Override
                    public void broken(Path socket, Throwable cause) {}
                });
    }

    private void answer(SocketChannel channel, UserPrincipal peer) throws IOException {
        channel.write(ByteBuffer.wrap(new byte[] {'!'}));
        heard.release();
        channel.read(ByteBuffer.allocate(1));
    }

    private SocketChannel connect() throws IOException {
        return Hearing.connect(directory.resolve("socket"));
    }

    private static UserPrincipal user(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    private static UserPrincipal me() throws IOException {
        return user(System.getProperty("user.name"));
    }

    /// A successor that has taken the socket and then ended without another word.
    @Test
    void whoKeepsItsPlaceIsFoundThereAgain() throws Exception {
        var self = user(System.getProperty("user.name"));
        try (var hearing = open(Set.of(self));
                var before = connect()) {
            heard.acquire();
            var path = directory.resolve("socket");
            java.nio.file.Files.delete(path);
            try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(UnixDomainSocketAddress.of(path));
            }
            hearing.keepPlace();
            hearing.keepPlace(); // it is there
            try (var after = connect()) {
                heard.acquire();
                assertEquals(1, after.read(ByteBuffer.allocate(1)));
            }
            assertEquals(1, before.read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void oneUserCannotTakeThePlacesOfAnother() throws Exception {
        try (var hearing = open(Set.of(me(), user(SOMEBODY_ELSE)));
                var first = connect();
                var second = connect()) {
            heard.acquire(2);
            try (var third = connect()) {
                assertEquals(-1, third.read(ByteBuffer.allocate(1)));
            }
            assertEquals(1, first.read(ByteBuffer.allocate(1)));
            assertEquals(1, second.read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aStrangerIsTurnedAway() throws Exception {
        try (var hearing = open(Set.of(user(SOMEBODY_ELSE)));
                var channel = connect()) {
            assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void strangersDoNotFillTheLog() throws Exception {
        long begin = System.nanoTime();
        try (var hearing = open(Set.of(user(SOMEBODY_ELSE)))) {
            for (int i = 0; i < 100; i++) {
                try (var channel = connect()) {
                    assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
                }
            }
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertTrue(told.size() <= 1 + seconds, told::toString);
    }
}
