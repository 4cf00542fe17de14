package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the rooms of a server that runs can reach, asked from the inside of each: what an intruder
/// would find who had taken the room over.
///
/// The files' modes are opened to all first, so that the fences answer and not only the users.
class InsideTest {
    private static final String CONFIG =
            """
            pki mx.example.org cert "@ROOT@/keys/cert.pem"
            pki mx.example.org key "@ROOT@/keys/key.pem"
            listen on 127.0.0.1 port @PORT@
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static final int GRANTED = 0;
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static House house;
    private static Path key;
    private static Path spool;
    private static Path secret;

    @BeforeAll
    static void startAHouse() throws Exception {
        SystemUsers.exist();
        var plot = House.plot(CONFIG);
        Pki.make(plot.root().resolve("keys"));
        key = plot.root().resolve("keys/key.pem");
        spool = plot.root().resolve("spool/queue");
        secret = plot.root().resolve("spool/seal");
        house = plot.start();
        openToAll(key, "rw-rw-rw-");
        openToAll(spool, "rwxrwxrwx");
        openToAll(spool.getParent(), "rwxrwxrwx");
    }

    private static void openToAll(Path file, String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @AfterAll
    static void endIt() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static Inside inside(String room) throws Exception {
        return Inside.of(house.pid(room));
    }

    @Test
    void frontOpensWhatItNeedsAndNeitherTheSpoolNorAKey() throws Exception {
        var front = inside("front");
        assertEquals(GRANTED, front.open(Path.of("/etc/passwd")));
        assertEquals(GRANTED, front.socket(AF_INET));
        assertEquals(EACCES, front.open(key));
        assertEquals(EACCES, front.open(spool));
        assertEquals(EACCES, front.create(spool.resolve("intruder")));
        assertEquals(EACCES, front.open(secret));
    }

    @Test
    void theQueueOpensItsSpoolAndNeitherAKeyNorATcpSocket() throws Exception {
        var queue = inside("queue");
        assertEquals(GRANTED, queue.open(spool));
        assertEquals(GRANTED, queue.socket(AF_UNIX));
        assertEquals(EACCES, queue.open(key));
        assertEquals(EACCES, queue.open(secret));
        assertEquals(EACCES, queue.socket(AF_INET));
        assertEquals(EACCES, queue.socket(AF_INET6));
    }

    @Test
    void theKeeperOpensItsKeyAndNeitherTheSpoolNorATcpSocket() throws Exception {
        var keeper = inside("keeper");
        assertEquals(GRANTED, keeper.open(key));
        assertEquals(EACCES, keeper.open(spool));
        assertEquals(EACCES, keeper.create(spool.resolve("intruder")));
        assertEquals(EACCES, keeper.socket(AF_INET));
        assertEquals(EACCES, keeper.socket(AF_INET6));
    }

    @Test
    void frontMaySignalNoOtherRoom() throws Exception {
        var front = inside("front");
        for (var other : new String[] {"queue", "keeper", "delivery"}) {
            assertEquals(EPERM, front.kill(house.pid(other)), other);
        }
    }
}
