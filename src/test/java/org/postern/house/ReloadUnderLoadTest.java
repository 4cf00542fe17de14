package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.postern.house.Reloader.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.control.Order;

/// Reloads of a server at work: no session ends, no mail is lost or doubled, and each message goes
/// the way of one configuration; also while rooms are killed.
@Timeout(300)
class ReloadUnderLoadTest {
    private static final Pattern NAMES =
            Pattern.compile("(?s)by (\\w+)\\.example\\.org .*?\nSubject: (\\S+)\n");
    private static final int RELOADS = 200;
    private static final int MOST_RELOADS_UNTIL_A_ROOM_IS_BACK = 20_000;

    private House.Plot plot;

    @BeforeEach
    void plot() throws Exception {
        plot = Reloader.plot();
    }

    /// Clients that send mail in sessions of ten messages, without a pause.
    private static final class Load {
        final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        final List<String> troubles = java.util.Collections.synchronizedList(new ArrayList<>());
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Thread> clients = new ArrayList<>();

        Load(House house, int count) {
            for (int i = 0; i < count; i++) {
                int number = i;
                clients.add(Thread.ofVirtual().start(() -> send(house, number)));
            }
        }

        private void send(House house, int number) {
            for (int session = 0; !over.get(); session++) {
                try (var client = house.client()) {
                    client.greeted();
                    for (int i = 0; i < 10; i++) {
                        var name = number + "-" + session + "-" + i;
                        var reply =
                                client.send(
                                        "ann@example.net",
                                        "carol@example.org",
                                        "Subject: " + name + "\n\nhello");
                        assertTrue(reply.startsWith("250"), reply);
                        acknowledged.add(name);
                    }
                    client.ask("QUIT", "221");
                } catch (IOException | AssertionError e) {
                    troubles.add(e.toString());
                }
            }
        }

        void end() throws InterruptedException {
            over.set(true);
            for (var client : clients) {
                client.join();
            }
        }
    }

    /// How often each subject lies in the mailbox of the configuration that accepted it; what lies
    /// in that of the other is called half.
    private static Map<String, Integer> arrived(House house) {
        var counts = new HashMap<String, Integer>();
        for (var name : List.of("one", "two")) {
            for (var mail : house.maildir("home/" + name)) {
                var matcher = NAMES.matcher(mail);
                assertTrue(matcher.find(), mail);
                var way = matcher.group(1).equals(name) ? "" : " half " + matcher.group(1);
                counts.merge(matcher.group(2) + way, 1, Integer::sum);
            }
        }
        return counts;
    }

    private void reload(Reloader reloader, int i) throws IOException {
        Reloader.write(plot, config(i % 2 == 0 ? "two" : "one"));
        assertInstanceOf(Order.Answer.Done.class, reloader.reload());
    }

    @Test
    void noSessionEndsNoMailIsLostAndNoneGoesByHalfAConfiguration() throws Exception {
        try (var house = plot.start();
                var reloader = new Reloader(house)) {
            var load = new Load(house, 4);
            for (int i = 0; i < RELOADS; i++) {
                reload(reloader, i);
            }
            load.end();
            assertEquals(List.of(), load.troubles);
            awaitAll(house, reloader, load);
            var arrived = arrived(house);
            assertEquals(load.acknowledged, arrived.keySet());
            assertEquals(Set.of(1), Set.copyOf(arrived.values()));
            assertTrue(load.acknowledged.size() > 100, load.acknowledged::toString);
        }
    }

    @Test
    void whicheverRoomIsKilledEveryReloadIsAnsweredAndTheNewestHoldsAfterwards() throws Exception {
        try (var house = plot.start();
                var reloader = new Reloader(house)) {
            var load = new Load(house, 2);
            var random = new Random(4);
            for (int round = 1; round <= 2; round++) {
                for (var room : List.of("queue", "front", "delivery")) {
                    killWhileReloading(house, reloader, room, round, random.nextInt(12));
                }
            }
            load.end();
            reload(reloader, 0);
            assertTrue(Reloader.isGreetedBy(house, "two"));
            awaitAll(house, reloader, load);
            assertTrue(arrived(house).keySet().stream().noneMatch(name -> name.contains("half")));
        }
    }

    /// Each of these reloads may fail, since a room that it needs is down, but is answered.
    private void killWhileReloading(
            House house, Reloader reloader, String room, int times, int before) throws Exception {
        var victim = ProcessHandle.of(house.pid(room)).orElseThrow();
        var killed = Thread.ofVirtual().unstarted(victim::destroyForcibly);
        for (int i = 0; house.log().split(room + " restarted", -1).length <= times; i++) {
            assertTrue(i < MOST_RELOADS_UNTIL_A_ROOM_IS_BACK, house::log);
            Reloader.write(plot, config(i % 2 == 0 ? "two" : "one"));
            if (i == before) {
                killed.start();
            }
            var _ = reloader.reload();
        }
        killed.join();
    }

    /// Waits until all that was acknowledged has arrived, under each configuration by turns: each
    /// releases what it has accepted.
    private void awaitAll(House house, Reloader reloader, Load load) throws Exception {
        long end = System.nanoTime() + 3 * House.PATIENCE.toNanos();
        for (int i = 0; !arrived(house).keySet().containsAll(load.acknowledged); i++) {
            assertTrue(System.nanoTime() < end, () -> missing(house, load));
            reload(reloader, i);
            house.smtpctl("resume", "envelope", "all");
            house.smtpctl("schedule", "all");
        }
    }

    private static String missing(House house, Load load) {
        var missing = new TreeSet<>(load.acknowledged);
        missing.removeAll(arrived(house).keySet());
        return missing + " have not arrived; the log:\n" + house.log();
    }
}
