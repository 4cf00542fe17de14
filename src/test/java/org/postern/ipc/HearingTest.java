package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// Who is heard, and how many of them.
@Timeout(60)
class HearingTest {
    private static final String SOMEBODY_ELSE = "4242";

    @TempDir private Path directory;
    private final Semaphore heard = new Semaphore(0);

    private Hearing open(Set<UserPrincipal> users) throws IOException {
        return Hearing.open(
                directory.resolve("socket"),
                new Hearing.Audience.Only(users),
                2,
                this::answer,
                new Hearing.Reports() {
                    @Override
                    public void refused(Path socket, String user) {}

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
}
