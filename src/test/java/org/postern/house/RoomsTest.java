package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postern.ipc.Hearing;
import org.postern.ipc.Place;
import org.postern.ipc.Room;

/// The rooms of a server that root started: their users, their rights, and what happens when
/// somebody knocks who should not.
class RoomsTest {
    private static final String CONFIG =
            """
            pki mx.example.org cert "@ROOT@/keys/cert.pem"
            pki mx.example.org key "@ROOT@/keys/key.pem"
            listen on 127.0.0.1 port @PORT@
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static final int SETUID_SETGID_CHOWN_KILL = 1 << 7 | 1 << 6 | 1 | 1 << 5;
    private static final int NET_BIND_SERVICE = 1 << 10;
    private static final int DAC_READ_SEARCH = 1 << 2;

    private static House house;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        house = house();
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static House house() throws Exception {
        var plot = House.plot(CONFIG);
        Pki.make(plot.root().resolve("keys"));
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        return plot.start();
    }

    private static Map<String, String> status(long pid) throws IOException {
        var facts = new HashMap<String, String>();
        for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            int colon = line.indexOf(':');
            facts.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return facts;
    }

    private static String uid(String name) throws Exception {
        var process = new ProcessBuilder("id", "-u", name).start();
        return new String(process.getInputStream().readAllBytes()).strip();
    }

    private static void assertIs(String room, String uid, long capabilities) throws Exception {
        var facts = status(house.pid(room));
        assertEquals(uid + "\t" + uid + "\t" + uid + "\t" + uid, facts.get("Uid"), room);
        assertEquals("1", facts.get("NoNewPrivs"), room);
        for (var set : List.of("CapPrm", "CapEff", "CapBnd")) {
            assertEquals(capabilities, Long.parseLong(facts.get(set), 16), () -> room + " " + set);
        }
    }

    @Test
    void eachRoomIsItsUserWithItsRightsAndNoMore() throws Exception {
        assertIs("front", uid("smtpd"), NET_BIND_SERVICE);
        assertIs("queue", uid("smtpq"), 0);
        assertIs("keeper", uid("smtpq"), DAC_READ_SEARCH);
        assertIs("delivery", "0", SETUID_SETGID_CHOWN_KILL);
    }

    @Test
    void theQueueAndTheKeeperHaveAFilterOnTheirSystemCalls() throws Exception {
        assertEquals("2", status(house.pid("queue")).get("Seccomp"));
        assertEquals("2", status(house.pid("keeper")).get("Seccomp"));
    }

    private static void send(String subject) throws Exception {
        try (var client = house.client().greeted()) {
            var content = "Subject: " + subject + "\n\nHi.";
            var reply = client.send("ann@example.net", "carol@example.org", content);
            assertTrue(reply.startsWith("250 2.0.0 "), reply);
        }
    }

    @Test
    void mailGoesThroughAllRoomsToItsUser() throws Exception {
        send("hello");
        var mail = house.awaitSubject("home/Maildir", "hello");
        assertTrue(mail.startsWith("Return-Path: <ann@example.net>\n"), mail);
        assertTrue(mail.contains("Delivered-To: carol@example.org\n"), mail);
        assertTrue(mail.contains("\nSubject: hello\n\nHi.\n"), mail);
        try (var files = Files.list(house.root().resolve("home/Maildir/new"))) {
            assertEquals(4321, Files.getAttribute(files.findFirst().orElseThrow(), "unix:uid"));
        }
    }

    @Test
    void whoIsNotTheRightUserIsRefusedBeforeTheFirstFrame() throws Exception {
        var place = Place.below(house.root());
        // Root may enter every directory, but is not the front.
        try (var channel = Hearing.connect(place.submissionIntoQueueSocket())) {
            assertEquals(-1, channel.read(ByteBuffer.allocate(16)));
        }
        try (var channel = Hearing.connect(place.socket(Room.KEEPER))) {
            assertEquals(-1, channel.read(ByteBuffer.allocate(16)));
        }
        house.awaitLog("user root refused");
    }

    @Test
    void noiseOnEverySocketEndsItsOwnConversationOnly() throws Exception {
        var before = rooms();
        var random = new Random(7);
        try (var sockets = Files.walk(house.root().resolve("run"))) {
            for (var socket : sockets.filter(path -> path.toString().endsWith(".sock")).toList()) {
                for (int i = 0; i < 20; i++) {
                    makeNoise(socket, random);
                }
            }
        }
        send("still here");
        house.awaitSubject("home/Maildir", "still here");
        assertEquals(before, rooms(), house::log);
    }

    /// The processes of all rooms.
    private static List<Long> rooms() throws Exception {
        return List.of(
                house.pid("front"), house.pid("queue"), house.pid("keeper"), house.pid("delivery"));
    }

    private static void makeNoise(Path socket, Random random) throws IOException {
        var noise = new byte[1 + random.nextInt(4000)];
        random.nextBytes(noise);
        try (var channel = Hearing.connect(socket)) {
            channel.write(ByteBuffer.wrap(noise));
        } catch (IOException e) {
            // Turned away in the middle of it.
        }
    }

    @Test
    void aRoomThatIsKilledIsRestartedAlone() throws Exception {
        for (var room : List.of("front", "queue", "keeper", "delivery")) {
            var before = rooms();
            long victim = house.pid(room);
            ProcessHandle.of(victim).orElseThrow().destroyForcibly();
            house.awaitLog(room + " restarted");
            assertNotEquals(victim, house.pid(room));
            var survivors = new ArrayList<>(rooms());
            survivors.retainAll(before);
            assertEquals(3, survivors.size(), house::log);
        }
        send("after");
        house.awaitSubject("home/Maildir", "after");
    }

    @Test
    void whenTheSupervisorDiesTheRoomsEnd() throws Exception {
        try (var another = house()) {
            var rooms =
                    List.of(
                            another.pid("front"),
                            another.pid("queue"),
                            another.pid("keeper"),
                            another.pid("delivery"));
            ProcessHandle.of(another.supervisorPid()).orElseThrow().destroyForcibly();
            for (long pid : rooms) {
                another.eventually("the end of " + pid, () -> !runs(pid));
            }
        }
    }

    /// Not gone, and no zombie: whoever collects orphans here may take its time.
    private static boolean runs(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
