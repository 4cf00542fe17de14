package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.postern.house.Reloader.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.postern.Ports;
import org.postern.Standstill;
import org.postern.control.Order;

/// Reloads of a real server: what they change, and what they leave alone and behind.
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReloadTest {
    /// A room that hangs is waited for half a minute, in which the other tests are done.
    private static final FutureTask<Void> HANGING = new FutureTask<>(ReloadTest::hang);

    private House.Plot plot;

    @BeforeAll
    static void beginToHang() throws Exception {
        SystemUsers.exist();
        Thread.ofPlatform().daemon().start(HANGING);
    }

    @BeforeEach
    void plot() throws Exception {
        plot = Reloader.plot();
    }

    /// Puts another configuration in the place of the present one.
    private void write(String config) throws IOException {
        Reloader.write(plot, config);
    }

    @Test
    void aHundredWhoAskAtOnceAreAllAnsweredByAReloadThatBeganAfterwards() throws Exception {
        try (var house = plot.start()) {
            var reloaders = new ArrayList<Reloader>();
            try {
                for (int i = 0; i < 100; i++) {
                    reloaders.add(new Reloader(house));
                }
                for (var name : List.of("two", "one")) {
                    write(config(name));
                    assertEquals(List.of(), stale(house, reloaders, name));
                }
            } finally {
                for (var reloader : reloaders) {
                    reloader.close();
                }
            }
        }
    }

    /// All reload at the same time: those to whom the server is not `name` after that.
    private static List<String> stale(House house, List<Reloader> reloaders, String name)
            throws InterruptedException {
        var stale = java.util.Collections.synchronizedList(new ArrayList<String>());
        var asking = new ArrayList<Thread>();
        for (var reloader : reloaders) {
            asking.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            var answer = reloader.reload();
                                            if (!(answer instanceof Order.Answer.Done)
                                                    || !Reloader.isGreetedBy(house, name)) {
                                                stale.add(answer.toString());
                                            }
                                        } catch (IOException e) {
                                            stale.add(e.toString());
                                        }
                                    }));
        }
        for (var thread : asking) {
            thread.join();
        }
        return stale;
    }

    @Test
    void aBadFileChangesNothingAndAllThatIsWrongIsShown() throws Exception {
        try (var house = plot.start()) {
            write(config("two") + "match fro any action \"one\"\naction \"x\" maildirr\n");
            var shown = house.smtpctl("reload");
            assertTrue(shown.contains("smtpd.conf:7:7: "), shown);
            assertTrue(shown.contains("\nmatch fro any action \"one\"\n      ^"), shown);
            assertTrue(shown.contains("smtpd.conf:8:12: "), shown);
            assertTrue(shown.contains("command failed: "), shown);
            try (var client = house.client()) {
                assertTrue(client.hear().startsWith("220 one.example.org"));
            }
        }
    }

    @Test
    void mailWhoseActionIsGoneIsHeldAndFindsItsWayAgain() throws Exception {
        try (var house = plot.start()) {
            house.smtpctl("pause", "mda");
            try (var client = house.client().greeted()) {
                var reply = client.send("a@example.net", "carol@example.org", "Subject: a\n\nb");
                assertTrue(reply.startsWith("250"), reply);
            }
            write(config("two"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            var listing = house.smtpctl("show", "queue");
            assertTrue(listing.contains("|held|"), listing);
            assertTrue(listing.contains("there is no action \"one\" any more"), listing);
            house.smtpctl("resume", "mda");
            assertTrue(house.smtpctl("reroute", "all").contains("1 envelope to be routed again"));
            house.eventually(
                    "a refusal",
                    () -> house.queue().contains("routing it again failed: Invalid recipient"));
            write(config("two").replace("match tag \"two\"", "match"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            house.smtpctl("reroute", "all");
            assertEquals(1, house.awaitMail("home/two", 1).size());
            assertEquals(List.of(), house.maildir("home/one"));
            house.eventually("an empty queue", () -> house.queue().isEmpty());
        }
    }

    @Test
    void aSessionOutlivesTheFrontThatHoldsItAndANewListenerIsOpen() throws Exception {
        int port = Ports.free();
        try (var house = plot.start();
                var old = house.client().greeted()) {
            long before = house.pid("front");
            old.ask("MAIL FROM:<ann@example.net>", "250");
            write(config("one") + "listen on 127.0.0.1 port " + port + " tag \"one\"\n");
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            assertNotEquals(before, house.pid("front"));
            try (var client = new Client(port)) {
                assertTrue(client.hear().startsWith("220"));
            }
            try (var client = house.client().greeted()) {
                client.send("a@example.net", "carol@example.org", "Subject: new\n\nb");
            }
            old.ask("RCPT TO:<carol@example.org>", "250");
            old.ask("DATA", "354");
            old.say("Subject: old\r\n\r\nhello\r\n.");
            assertTrue(old.hear().startsWith("250"));
            old.ask("QUIT", "221");
            assertEquals(2, house.awaitMail("home/one", 2).size());
            house.eventually(
                    "the end of the old one",
                    () -> !ProcessHandle.of(before).map(ProcessHandle::isAlive).orElse(false));
            write(config("one"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            house.eventually("a closed port", () -> isClosed(port));
        }
    }

    private static boolean isClosed(int port) {
        try {
            new Client(port).close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aListenerThatCannotBeBoundChangesNothing() throws Exception {
        try (var house = plot.start();
                var taken =
                        new java.net.ServerSocket(
                                0, 1, java.net.InetAddress.getLoopbackAddress())) {
            write(config("two") + "listen on 127.0.0.1 port " + taken.getLocalPort() + "\n");
            var shown = house.smtpctl("reload");
            assertTrue(shown.contains("cannot listen on /127.0.0.1:"), shown);
            try (var client = house.client().greeted()) {
                var reply = client.send("a@example.net", "carol@example.org", "Subject: a\n\nb");
                assertTrue(reply.startsWith("250"), reply);
            }
            house.awaitMail("home/one", 1);
        }
    }

    @Test
    void keysAreReadAgainAndABrokenOneIsRefused() throws Exception {
        var keys = plot.root().resolve("keys");
        Pki.make(keys);
        var with =
                config("one")
                        + "pki mx.example.org cert \"@ROOT@/keys/cert.pem\"\n"
                        + "pki mx.example.org key \"@ROOT@/keys/key.pem\"\n";
        plot.file("smtpd.conf", with);
        try (var house = plot.start()) {
            var good = Files.readString(keys.resolve("key.pem"));
            replaceKey(keys, "nothing");
            var shown = house.smtpctl("reload");
            assertTrue(shown.contains("key.pem: no private key in it"), shown);
            replaceKey(keys, good);
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            long before = house.pid("keeper");
            var elsewhere = plot.root().resolve("elsewhere");
            Pki.make(elsewhere);
            write(with.replace("/keys/", "/elsewhere/"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            assertNotEquals(before, house.pid("keeper"));
            write(with.replace("/keys/cert", "/elsewhere/cert"));
            shown = house.smtpctl("reload");
            assertTrue(shown.contains("not the key of the certificate"), shown);
            write(config("one"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            house.eventually("no keeper", () -> !house.status().contains("room keeper"));
        }
    }

    /// It may have taken its predecessor's sockets by then, or not.
    @Test
    void aSuccessorThatIsKilledAsItStartsLeavesItsPredecessorReachable() throws Exception {
        int port = Ports.free();
        try (var house = plot.start();
                var reloader = new Reloader(house)) {
            for (int moment = 0; moment < 4; moment++) {
                long before = house.pid("front");
                write(config("one") + "listen on 127.0.0.1 port " + port + " tag \"one\"\n");
                int steps = moment;
                var answered = new AtomicBoolean();
                var killer =
                        Thread.ofVirtual().start(() -> killFront(house, before, steps, answered));
                var answer = reloader.reload();
                answered.set(true);
                killer.join();
                house.eventually("a front that takes mail", () -> takesMail(house));
                house.eventually("its orders", () -> stats(house).contains("smtp.session="));
                house.awaitMail("home/one", moment + 1);
                if (answer instanceof Order.Answer.Refused) {
                    assertEquals(before, house.pid("front"));
                }
                write(config("one"));
                assertInstanceOf(Order.Answer.Done.class, reloader.reload());
            }
        }
    }

    private static boolean takesMail(House house) {
        try (var client = house.client().greeted()) {
            return client.send("a@example.net", "carol@example.org", "Subject: a\n\nb")
                    .startsWith("250");
        } catch (IOException | AssertionError e) {
            return false; // it has just been killed
        }
    }

    /// Kills the front that is not `before`, so many steps after its birth: at each it has opened a
    /// few files more. Once the reload is over, it is too late.
    private static void killFront(House house, long before, int steps, AtomicBoolean over) {
        while (!over.get()) {
            var supervisor = ProcessHandle.of(house.supervisorPid()).orElseThrow();
            var born = supervisor.children().filter(one -> isFront(one, before)).findFirst();
            if (born.isPresent() && openFiles(born.get().pid()) >= 8 + 8 * steps) {
                born.get().destroyForcibly();
                return;
            }
            LockSupport.parkNanos(500_000);
        }
    }

    private static boolean isFront(ProcessHandle process, long before) {
        try {
            var words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
            return process.pid() != before && words.startsWith("smtpd: front");
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static int openFiles(long pid) {
        try {
            return count(pid, "fd");
        } catch (IOException e) {
            return 0; // it has ended
        }
    }

    private static String stats(House house) {
        try {
            return house.smtpctl("show", "stats");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @org.junit.jupiter.api.Order(Integer.MAX_VALUE)
    void aRoomThatHangsMakesTheReloadFailAndIsNamed() throws Exception {
        HANGING.get();
    }

    /// It is stopped by a signal, so that it neither answers nor ends.
    private static Void hang() throws Exception {
        var plot = Reloader.plot();
        try (var house = plot.start()) {
            long pid = house.pid("delivery");
            Standstill.of(pid);
            var shown = new FutureTask<>(() -> house.smtpctl("reload"));
            Thread.ofVirtual().start(shown);
            assertTrue(house.status().contains("room delivery running pid=" + pid));
            for (int i = 0; i < 10; i++) {
                assertTrue(house.status().contains("configuration generation="));
                assertFalse(shown.isDone());
            }
            var text = shown.get();
            assertTrue(
                    text.contains("delivery did not prepare: no answer within 30 seconds"), text);
            house.awaitLog("delivery restarted");
            Reloader.write(plot, config("two"));
            assertTrue(house.smtpctl("reload").contains("succeeded"));
            assertTrue(Reloader.isGreetedBy(house, "two"));
            return null;
        }
    }

    private static void replaceKey(Path keys, String text) throws IOException {
        Files.writeString(keys.resolve("key.pem"), text);
    }

    @Test
    void aThousandReloadsLeaveNothingBehind() throws Exception {
        try (var house = plot.start();
                var reloader = new Reloader(house)) {
            for (int i = 0; i < 50; i++) {
                reload(reloader, i);
            }
            var before = belongings(house);
            for (int i = 0; i < 1000; i++) {
                reload(reloader, i);
            }
            house.eventually(
                    "no more threads and files than before",
                    () -> !isMore(belongings(house), before));
        }
    }

    private void reload(Reloader reloader, int i) throws IOException {
        write(config(i % 2 == 0 ? "two" : "one"));
        assertInstanceOf(Order.Answer.Done.class, reloader.reload());
    }

    private static boolean isMore(Map<Long, int[]> now, Map<Long, int[]> before) {
        for (var entry : now.entrySet()) {
            var then = before.getOrDefault(entry.getKey(), new int[2]);
            // A Java machine starts and ends a compiler thread or two by itself.
            if (entry.getValue()[0] > then[0] + 4 || entry.getValue()[1] > then[1] + 4) {
                return true;
            }
        }
        return false;
    }

    /// Threads and open files of each process of the house.
    private static Map<Long, int[]> belongings(House house) {
        var all = new HashMap<Long, int[]>();
        try {
            var pids = new TreeSet<>(Set.of(house.supervisorPid()));
            for (var room : List.of("front", "queue", "delivery")) {
                pids.add(house.pid(room));
            }
            for (long pid : pids) {
                all.put(pid, new int[] {count(pid, "task"), count(pid, "fd")});
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return all;
    }

    private static int count(long pid, String what) throws IOException {
        try (var files = Files.list(Path.of("/proc", String.valueOf(pid), what))) {
            return (int) files.count();
        }
    }
}
