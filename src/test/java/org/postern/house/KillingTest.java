package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// kill -9 of each room under load: what was acknowledged arrives.
class KillingTest {
    private static final String CONFIG =
            """
            pki mx.example.org cert "@ROOT@/keys/cert.pem"
            pki mx.example.org key "@ROOT@/keys/key.pem"
            listen on 127.0.0.1 port @PORT@
            smtp limit max-mails 100000
            table people { carol = "4321:4321:@ROOT@/home" }
            action "home" maildir "@ROOT@/home/Maildir" userbase <people>
            match from any for domain "example.org" action "home"
            """;

    private static final Pattern SUBJECT = Pattern.compile("\nSubject: (\\S+)\n");
    private static final int CLIENTS = 8;
    private static final int KILLS = 3;
    private static final int BETWEEN_KILLS = 100;
    private static final int SIGNATURES_BETWEEN_KILLS = 100;

    private static final Duration AFTER_A_REFUSAL = Duration.ofMillis(20);

    private static House house;
    private static Arrivals arrivals;

    @BeforeAll
    static void aServer() throws Exception {
        SystemUsers.exist();
        house = house();
        arrivals = new Arrivals(house.root().resolve("home/Maildir/new"));
    }

    @AfterAll
    static void itsEnd() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "front", "delivery"})
    void nothingAcknowledgedIsLost(String room) throws Exception {
        try (var mail = new Mail(room)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                mail.await(kill * BETWEEN_KILLS);
                ProcessHandle.of(house.pid(room)).orElseThrow().destroyForcibly();
            }
            mail.await((KILLS + 1) * BETWEEN_KILLS);
            assertNothingIsLost(mail);
            house.awaitLog("lost child: " + room);
        }
    }

    /// The keeper's load is signatures, by a program that runs as the user of `front`: those that
    /// come are right, and they come again after each restart, while mail goes its way.
    @Test
    void aKeeperThatIsKilledSignsAgain() throws Exception {
        try (var mail = new Mail("keeper");
                var signers = Signers.start(house)) {
            for (int kill = 1; kill <= KILLS; kill++) {
                mail.await(kill * BETWEEN_KILLS);
                awaitSignatures(signers);
                long before = house.pid("keeper");
                ProcessHandle.of(before).orElseThrow().destroyForcibly();
                int times = kill;
                house.eventually(
                        "a keeper", () -> house.log().split("keeper restarted", -1).length > times);
                assertNotEquals(before, house.pid("keeper"));
            }
            awaitSignatures(signers);
            mail.await((KILLS + 1) * BETWEEN_KILLS);
            assertNothingIsLost(mail);
            assertEquals(0, signers.counts().wrong());
            assertTrue(signers.counts().failed() > 0, "the signers noticed");
        }
    }

    private static void awaitSignatures(Signers signers) throws Exception {
        long enough = signers.counts().signed() + SIGNATURES_BETWEEN_KILLS;
        house.eventually("signatures", () -> signers.counts().signed() >= enough);
    }

    private static House house() throws Exception {
        var plot = House.plot(CONFIG);
        Pki.make(plot.root().resolve("keys"));
        var home = Files.createDirectory(plot.root().resolve("home"));
        Files.setAttribute(home, "unix:uid", 4321);
        Files.setAttribute(home, "unix:gid", 4321);
        return plot.start();
    }

    private static void assertNothingIsLost(Mail mail) throws Exception {
        var acknowledged = mail.stop();
        releaseWhatIsHeld();
        house.eventually(
                "every acknowledged message", () -> arrivals.lookAgain().containsAll(acknowledged));
    }

    /// The subjects of what lies in a Maildir; each file is read once.
    private static final class Arrivals {
        private final Path directory;
        private final Set<Path> seen = new HashSet<>();
        private final Set<String> subjects = new HashSet<>();

        Arrivals(Path directory) {
            this.directory = directory;
        }

        Set<String> lookAgain() {
            try (var files = Files.newDirectoryStream(directory)) {
                for (var file : files) {
                    if (seen.add(file)) {
                        var matcher =
                                SUBJECT.matcher(
                                        Files.readString(file, StandardCharsets.ISO_8859_1));
                        if (matcher.find()) {
                            subjects.add(matcher.group(1));
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return subjects;
        }
    }

    /// Clients that send mail until they are stopped.
    private static final class Mail implements AutoCloseable {
        private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean over = new AtomicBoolean();
        private final List<Thread> clients = new ArrayList<>();

        /// @param room whose death the mail is about: its subjects begin with that
        Mail(String room) {
            for (int i = 0; i < CLIENTS; i++) {
                var name = room + "-" + i;
                clients.add(Thread.ofVirtual().start(() -> load(name, acknowledged, over)));
            }
        }

        /// Waits until so many messages were acknowledged.
        void await(int enough) throws InterruptedException {
            house.eventually("load", () -> acknowledged.size() >= enough);
        }

        /// Ends the clients; gives what was acknowledged.
        Set<String> stop() throws InterruptedException {
            close();
            return Set.copyOf(acknowledged);
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            for (var client : clients) {
                client.join();
            }
        }
    }

    /// A message that was under way when its room died may wait for its next try; it is in the
    /// queue, and asked for.
    private static void releaseWhatIsHeld() throws Exception {
        house.smtpctl("resume", "envelope", "all");
        house.smtpctl("schedule", "all");
    }

    private static void load(String client, Set<String> acknowledged, AtomicBoolean over) {
        for (int session = 0; !over.get() && session < 100_000; session++) {
            try {
                send(client + "-" + session, acknowledged, over);
                // Whoever comes back at once only takes the processor from the room that starts.
                Thread.sleep(AFTER_A_REFUSAL);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// One session, to its end or the first message that is not taken.
    private static void send(String session, Set<String> acknowledged, AtomicBoolean over) {
        try (var client = house.client()) {
            if (!client.hear().startsWith("220")) {
                return;
            }
            client.ask("EHLO client.example.net", "250");
            for (int i = 0; !over.get(); i++) {
                var name = session + "-" + i;
                var content = "Subject: " + name + "\n\n" + "x".repeat(500);
                var reply = client.send("ann@example.net", "carol@example.org", content);
                if (!reply.startsWith("250")) {
                    return;
                }
                acknowledged.add(name);
            }
        } catch (IOException | AssertionError e) {
            // The room that was killed, most likely.
        }
    }
}
