package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kill -9 of each room under load: what was acknowledged arrives.
class KillingTest {
    private static final String CONFIG =
            """
            listen on 127.0.0.1 port @PORT@
            smtp limit max-mails 100000
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static final Pattern SUBJECT = Pattern.compile("\nSubject: (\\S+)\n");
    private static final int CLIENTS = 8;
    private static final int KILLS = 3;
    private static final int BETWEEN_KILLS = 200;

    @BeforeAll
    static void usersExist() throws Exception {
        SystemUsers.exist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "front", "delivery"})
    void nothingAcknowledgedIsLost(String room) throws Exception {
        var plot = House.plot(CONFIG);
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        var acknowledged = ConcurrentHashMap.<String>newKeySet();
        var over = new AtomicBoolean();
        try (var house = plot.start()) {
            var clients = new ArrayList<Thread>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(
                        Thread.ofVirtual().start(() -> load(house, number, acknowledged, over)));
            }
            for (int kill = 1; kill <= KILLS; kill++) {
                int enough = kill * BETWEEN_KILLS;
                house.eventually("load", () -> acknowledged.size() >= enough);
                ProcessHandle.of(house.pid(room)).orElseThrow().destroyForcibly();
            }
            int enough = (KILLS + 1) * BETWEEN_KILLS;
            house.eventually("load after the last kill", () -> acknowledged.size() >= enough);
            over.set(true);
            for (var client : clients) {
                client.join();
            }
            releaseWhatIsHeld(house);
            house.eventually(
                    "every acknowledged message", () -> arrived(house).containsAll(acknowledged));
            assertTrue(house.log().contains("lost child: " + room), house.log());
            assertEquals(Set.of(), missing(house, acknowledged));
        }
    }

    /// A message that was under way when its room died may wait for its next try; it is in the
    /// queue, and asked for.
    private static void releaseWhatIsHeld(House house) throws Exception {
        house.smtpctl("resume", "envelope", "all");
        house.smtpctl("schedule", "all");
    }

    private static void load(
            House house, int number, Set<String> acknowledged, AtomicBoolean over) {
        for (int session = 0; !over.get() && session < 100_000; session++) {
            try (var client = house.client()) {
                if (!client.hear().startsWith("220")) {
                    continue;
                }
                client.ask("EHLO client.example.net", "250");
                for (int i = 0; !over.get(); i++) {
                    var name = number + "-" + session + "-" + i;
                    var reply =
                            client.send(
                                    "ann@example.net",
                                    "carol@example.org",
                                    "Subject: " + name + "\n\n" + "x".repeat(500));
                    if (!reply.startsWith("250")) {
                        break;
                    }
                    acknowledged.add(name);
                }
            } catch (IOException | AssertionError e) {
                Thread.yield();
            }
        }
    }

    private static Set<String> arrived(House house) {
        var subjects = new HashSet<String>();
        for (var mail : house.maildir("home/Maildir")) {
            var matcher = SUBJECT.matcher(mail);
            if (matcher.find()) {
                subjects.add(matcher.group(1));
            }
        }
        return subjects;
    }

    private static Set<String> missing(House house, Set<String> acknowledged) {
        var missing = new HashSet<>(acknowledged);
        missing.removeAll(arrived(house));
        return missing;
    }
}
