package org.postern.front.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.Eventually;
import org.postern.Ports;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.filter.Filters;
import org.postern.front.route.Router;
import org.postern.front.route.Routing;
import org.postern.ipc.Hearing;
import org.postern.log.Log;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Origin;
import org.postern.table.TableSet;

/// Listeners and sessions over real sockets on the loopback interface.
class ServerTest {
    private static final Hearing.Reports REPORTS =
            new Hearing.Reports() {
                @Override
                public void refused(Path socket, String user) {}

                @Override
                public void broken(Path socket, Throwable cause) {}
            };

    private final List<String> log = new CopyOnWriteArrayList<>();
    private FakeQueue queue;
    private Server server;
    private Path directory;

    @BeforeEach
    void open() throws IOException {
        queue = new FakeQueue();
        directory = Files.createTempDirectory("front");
    }

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.stop(Duration.ofSeconds(1));
        }
        queue.close();
        Files.deleteIfExists(directory);
    }

    private static TableSet config(String text) throws ConfigException {
        var whole = text + "\naction \"inbox\" maildir\nmatch from any for any action \"inbox\"\n";
        var host = new Host("mx.example.org", List.of("127.0.0.1"));
        return TableSet.open(
                Config.parse(Sources.of("smtpd.conf", whole, host)),
                complaint -> Assertions.fail(complaint));
    }

    private Server start(TableSet config, int mostSessions) throws IOException {
        return start(config, mostSessions, _ -> new ClientName.Confirmed("localhost"));
    }

    private final Log ofServer = new Log((_, line) -> log.add(line));

    private Server start(TableSet config, int mostSessions, Server.ClientNames names)
            throws IOException {
        server =
                new Server(
                        new Server.Parts(
                                queue.socket(),
                                local(),
                                local(),
                                mostSessions,
                                names,
                                LocalKeys.away(),
                                new FakeLogins(Set.of()),
                                ofServer,
                                queue.deadlines(),
                                InstantSource.system()),
                        config,
                        new Rules(),
                        Filters.none());
        server.start(config, REPORTS);
        return server;
    }

    private Path local() {
        return directory.resolve("smtpd.sock");
    }

    /// A client of these tests.
    private static final class Client implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BufferedReader in;

        Client(int port) throws IOException {
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 20_000);
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        String hears() throws IOException {
            return String.valueOf(in.readLine());
        }

        Client says(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        String asks(String line) throws IOException {
            return says(line + "\r\n").hears();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aMessageComesInOverTcp() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        try (var client = new Client(port)) {
            Assertions.assertEquals("220 mx.example.org ESMTP Postern", client.hears());
            client.asks("HELO localhost");
            client.asks("MAIL FROM:<a@example.net>");
            client.asks("RCPT TO:<bob@example.org>");
            Assertions.assertTrue(client.asks("DATA").startsWith("354"));
            Assertions.assertTrue(client.asks("X: y\r\n\r\nbody\r\n.").startsWith("250 2.0.0 "));
            Assertions.assertEquals("221 2.0.0 Bye", client.asks("QUIT"));
        }
        Assertions.assertEquals(1, queue.kept().size());
    }

    @Test
    void aLargeMessageKeepsEveryByte() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        var line = "0123456789".repeat(7);
        var body = (line + "\r\n").repeat(20_000);
        try (var client = new Client(port)) {
            client.hears();
            client.asks("HELO localhost");
            client.asks("MAIL FROM:<a@example.net>");
            client.asks("RCPT TO:<bob@example.org>");
            client.asks("DATA");
            var answer = client.asks("X: y\r\n\r\n" + body + ".");
            Assertions.assertTrue(answer.startsWith("250"), answer);
        }
        var content = queue.kept().getFirst().content();
        Assertions.assertTrue(content.endsWith("\nX: y\n\n" + (line + "\n").repeat(20_000)));
    }

    @Test
    void manyMessagesUseFewConversationsAndReturnThem() throws Exception {
        int port = Ports.free();
        start(config("smtp limit max-mails 1000\nlisten on 127.0.0.1 port " + port), 1000);
        var done = new CountDownLatch(40);
        var troubles = new CopyOnWriteArrayList<Throwable>();
        for (int i = 0; i < 40; i++) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (var client = new Client(port)) {
                                    client.hears();
                                    client.asks("HELO localhost");
                                    for (int message = 0; message < 25; message++) {
                                        client.says(
                                                "MAIL FROM:<a@example.net>\r\n"
                                                        + "RCPT TO:<bob@example.org>\r\nDATA\r\n");
                                        client.hears();
                                        client.hears();
                                        client.hears();
                                        var answer = client.asks("X: y\r\n\r\nbody\r\n.");
                                        Assertions.assertTrue(answer.startsWith("250"), answer);
                                    }
                                } catch (IOException | AssertionError e) {
                                    troubles.add(e);
                                } finally {
                                    done.countDown();
                                }
                            });
        }
        Assertions.assertTrue(done.await(120, TimeUnit.SECONDS));
        Assertions.assertEquals(List.of(), troubles);
        Assertions.assertEquals(1000, queue.kept().size());
        Assertions.assertTrue(queue.conversations() <= 40, () -> "" + queue.conversations());
        Assertions.assertEquals(List.of(), queue.broken());
    }

    @Test
    void aTraceCountsSessions() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        ofServer.speak(Log.Level.ERROR, java.util.Set.of("stat"));
        try (var one = new Client(port)) {
            one.hears();
            try (var two = new Client(port)) {
                two.hears();
                two.asks("QUIT");
            }
            Eventually.holds("the end of one before that of the other", () -> log.size() == 3);
            one.asks("QUIT");
        }
        server.stop(Duration.ofSeconds(30));
        Assertions.assertEquals(
                "1 2 1 0".replaceAll("\\d", "stat: smtp.session=$0"), String.join(" ", log));
    }

    @Test
    void tooManySessionsAreTurnedAway() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 1);
        try (var first = new Client(port)) {
            // It has its place before another comes.
            Assertions.assertTrue(first.hears().startsWith("220"));
            try (var second = new Client(port)) {
                Assertions.assertEquals("421 4.3.2 Too many connections", second.hears());
                Assertions.assertEquals("null", second.hears());
            }
        }
    }

    @Test
    void aReloadKeepsOpensAndClosesListeners() throws Exception {
        int kept = Ports.free();
        int gone = Ports.free();
        int fresh = Ports.free();
        start(
                config("listen on 127.0.0.1 port " + kept + "\nlisten on 127.0.0.1 port " + gone),
                100);
        try (var old = new Client(kept)) {
            Assertions.assertEquals("220 mx.example.org ESMTP Postern", old.hears());
            var later =
                    config(
                            "listen on 127.0.0.1 port %d hostname new.example.org\n".formatted(kept)
                                    + "listen on 127.0.0.1 port "
                                    + fresh);
            server.reload(later, new Rules());
            Assertions.assertEquals("250 2.0.0 Ok", old.asks("NOOP"));
            try (var client = new Client(kept)) {
                Assertions.assertEquals("220 new.example.org ESMTP Postern", client.hears());
            }
            try (var client = new Client(fresh)) {
                Assertions.assertTrue(client.hears().startsWith("220"));
            }
            Assertions.assertThrows(IOException.class, () -> new Client(gone).close());
        }
    }

    @Test
    void aSessionThatBeginsWhileAReloadGoesOnIsHeldByOneConfiguration() throws Exception {
        int port = Ports.free();
        var asked = new CountDownLatch(1);
        var answered = new CountDownLatch(1);
        start(
                config("listen on 127.0.0.1 port " + port),
                100,
                _ -> {
                    asked.countDown();
                    try {
                        var _ = answered.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return new ClientName.Confirmed("localhost");
                });
        try (var client = new Client(port)) {
            Assertions.assertTrue(asked.await(20, TimeUnit.SECONDS));
            var later = config("listen on 127.0.0.1 port " + port + " hostname new.example.org");
            server.reload(later, refusingAll());
            answered.countDown();
            Assertions.assertEquals("220 mx.example.org ESMTP Postern", client.hears());
            Assertions.assertTrue(recipientOf(client).startsWith("250"));
        }
        try (var client = new Client(port)) {
            Assertions.assertEquals("220 new.example.org ESMTP Postern", client.hears());
            Assertions.assertTrue(recipientOf(client).startsWith("550"));
        }
    }

    private static String recipientOf(Client client) throws IOException {
        client.asks("HELO localhost");
        client.asks("MAIL FROM:<a@example.net>");
        return client.asks("RCPT TO:<bob@example.org>");
    }

    private static Router refusingAll() {
        return (_, _, _, _) ->
                new Routing.Refused(
                        new Routing.Answer(
                                550, EnhancedStatus.parse("5.1.1").orElseThrow(), "Nobody"),
                        "no rule");
    }

    @Test
    void aListenerThatIsPreparedAndDroppedIsGone() throws Exception {
        int kept = Ports.free();
        int fresh = Ports.free();
        start(config("listen on 127.0.0.1 port " + kept), 100);
        server.prepare(config("listen on 127.0.0.1 port " + fresh), new Rules(), Filters.none())
                .drop();
        Assertions.assertEquals(List.of(kept), server.ports());
        Assertions.assertThrows(IOException.class, () -> new Client(fresh).close());
        new ServerSocket(fresh, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void aListenerMayGrowFromOneAddressToAllAndBack() throws Exception {
        int port = Ports.free();
        var one = config("listen on 127.0.0.1 port " + port);
        var all = config("listen on 0.0.0.0 port " + port);
        start(one, 100);
        for (var next : List.of(all, one, all, one)) {
            server.reload(next, new Rules());
            try (var client = new Client(port)) {
                Assertions.assertTrue(client.hears().startsWith("220"));
            }
        }
    }

    @Test
    void whileAListenerComesAndGoesTheOtherRefusesNobody() throws Exception {
        int kept = Ports.free();
        int other = Ports.free();
        var few = config("listen on 127.0.0.1 port " + kept);
        var many = both(kept, other);
        start(few, 10_000);
        for (int i = 0; i < 200; i++) {
            server.reload(i % 2 == 0 ? many : few, new Rules());
            try (var client = new Client(kept)) {
                Assertions.assertTrue(client.hears().startsWith("220"));
            }
        }
        Assertions.assertEquals(List.of(kept), server.ports());
    }

    @Test
    void whoIsWaitingToBeAcceptedIsServedThoughTheListenerIsGone() throws Exception {
        int kept = Ports.free();
        int gone = Ports.free();
        start(both(kept, gone), 100);
        Assertions.assertTrue(server.pause());
        try (var one = new Client(gone);
                var two = new Client(gone)) {
            server.reload(config("listen on 127.0.0.1 port " + kept), new Rules());
            Assertions.assertTrue(server.resume());
            Assertions.assertTrue(one.hears().startsWith("220"));
            Assertions.assertTrue(two.hears().startsWith("220"));
        }
    }

    @Test
    void aListenerThatWentWhilePausedIsClosedWhenTheServerIsResumed() throws Exception {
        int kept = Ports.free();
        int gone = Ports.free();
        start(both(kept, gone), 100);
        Assertions.assertTrue(server.pause());
        server.reload(config("listen on 127.0.0.1 port " + kept), new Rules());
        Assertions.assertTrue(server.resume());
        Eventually.holds("a closed listener", () -> !isOpen(gone));
    }

    private static TableSet both(int one, int other) throws Exception {
        return config(
                "listen on 127.0.0.1 port %d\nlisten on 127.0.0.1 port %d".formatted(one, other));
    }

    private static boolean isOpen(int port) {
        try {
            new Client(port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aListenerThatComesBackBeforeItIsClosedStays() throws Exception {
        int kept = Ports.free();
        int back = Ports.free();
        var both = both(kept, back);
        start(both, 100);
        Assertions.assertTrue(server.pause());
        try (var waiting = new Client(back)) {
            server.reload(config("listen on 127.0.0.1 port " + kept), new Rules());
            server.reload(both, new Rules());
            Assertions.assertTrue(server.resume());
            Assertions.assertTrue(waiting.hears().startsWith("220"));
        }
        try (var client = new Client(back)) {
            Assertions.assertTrue(client.hears().startsWith("220"));
        }
    }

    @Test
    void aReloadThatCannotBindChangesNothing() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var later =
                    config(
                            "listen on 127.0.0.1 port "
                                    + taken.getLocalPort()
                                    + " hostname new.example.org");
            Assertions.assertThrows(IOException.class, () -> server.reload(later, new Rules()));
        }
        Assertions.assertEquals(List.of(port), server.ports());
        try (var client = new Client(port)) {
            Assertions.assertEquals("220 mx.example.org ESMTP Postern", client.hears());
        }
    }

    @Test
    void aPausedServerGreetsWhenItIsResumed() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        Assertions.assertTrue(server.pause());
        Assertions.assertFalse(server.pause());
        try (var client = new Client(port)) {
            Assertions.assertFalse(client.in.ready());
            Assertions.assertTrue(server.resume());
            Assertions.assertTrue(client.hears().startsWith("220"));
        }
    }

    @Test
    void anEndingServerTellsThoseWhoDoNothing() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        try (var client = new Client(port)) {
            client.hears();
            client.asks("HELO localhost");
            server.stop(Duration.ofSeconds(20));
            Assertions.assertEquals("421 4.3.2 Service shutting down", client.hears());
        }
    }

    @Test
    void anEndingServerLetsATransactionFinish() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 100);
        try (var client = new Client(port)) {
            client.hears();
            client.asks("HELO localhost");
            client.asks("MAIL FROM:<a@example.net>");
            var ending = Thread.ofVirtual().start(() -> server.stop(Duration.ofSeconds(20)));
            client.asks("RCPT TO:<bob@example.org>");
            Assertions.assertTrue(client.asks("DATA").startsWith("354"));
            Assertions.assertTrue(client.asks("X: y\r\n\r\nbody\r\n.").startsWith("250 "));
            Assertions.assertEquals("421 4.3.2 Service shutting down", client.hears());
            Assertions.assertTrue(ending.join(Duration.ofSeconds(20)));
        }
    }

    @Test
    void aUserOfThisMachineIsAuthenticatedAndNamedInTheLog() throws Exception {
        start(config("listen on 127.0.0.1 port " + Ports.free()), 100);
        var text = new StringBuilder();
        try (var channel = Hearing.connect(local())) {
            var said = "HELO localhost\nMAIL FROM:<a>\nRCPT TO:<far@example.com>\nNOOP\nQUIT\n";
            channel.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.US_ASCII)));
            readAll(channel, text);
        }
        Assertions.assertTrue(text.toString().contains("250 2.1.5 "), text.toString());
        var user = System.getProperty("user.name");
        Assertions.assertTrue(
                log.getFirst().endsWith("address=local host=mx.example.org user=" + user),
                log.getFirst());
    }

    private static void readAll(SocketChannel channel, StringBuilder text) throws IOException {
        var buffer = ByteBuffer.allocate(4096);
        while (channel.read(buffer) >= 0) {
            text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            buffer.clear();
        }
    }

    @Test
    void aUserHasOnlySoManySessions() throws Exception {
        start(config("listen on 127.0.0.1 port " + Ports.free()), 100);
        var channels = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < 33; i++) {
                channels.add(Hearing.connect(local()));
                var buffer = ByteBuffer.allocate(3);
                while (buffer.hasRemaining() && channels.getLast().read(buffer) >= 0) {
                    // The code comes first.
                }
                Assertions.assertEquals(
                        i < 32 ? "220" : "421",
                        new String(buffer.array(), StandardCharsets.US_ASCII));
            }
        } finally {
            for (var channel : channels) {
                channel.close();
            }
        }
    }

    @Test
    void twoThousandIdleSessionsNeedLittleMemory() throws Exception {
        int port = Ports.free();
        start(config("listen on 127.0.0.1 port " + port), 5000);
        long before = memoryInUse();
        var clients = new ArrayList<Client>();
        try {
            for (int i = 0; i < 2000; i++) {
                clients.add(new Client(port));
            }
            for (var client : clients) {
                client.hears();
                client.asks("HELO localhost");
            }
            long each = (memoryInUse() - before) / clients.size();
            // The clients of this test, with their readers, cost about 20 kB each.
            Assertions.assertTrue(each < 40_000, each + " bytes for each session and its client");
            Assertions.assertTrue(
                    server.stats().contains("smtp.session=2000"), "" + server.stats());
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }

    @SuppressWarnings("SystemGcCalled")
    private static long memoryInUse() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void aWildcardListenerReceivesOnlyItsFamily() throws Exception {
        int port = Ports.free();
        start(config("listen on 0.0.0.0 port " + port), 100);
        try (var client = new Client(port)) {
            Assertions.assertTrue(client.hears().startsWith("220"));
        }
        server.stop(Duration.ofSeconds(5));
        int other = Ports.free();
        start(config("listen on :: port " + other), 100);
        try (var client = new Client(other)) {
            Assertions.assertEquals("null", client.hears());
        }
    }

    @Test
    void clientsAreWrittenAsKeys() throws IOException {
        Assertions.assertEquals(
                "192.0.2.1", Peers.at("192.0.2.1", new ClientName.Nameless()).address());
        Assertions.assertEquals(
                "[2001:db8::1]", Peers.at("2001:db8::1", new ClientName.Nameless()).address());
        Assertions.assertEquals("local", Peer.local("x", "root", local()).address());
        Assertions.assertTrue(
                new Origin(
                                "x",
                                "",
                                Origin.LOCAL,
                                "x",
                                "",
                                new Origin.Login.Anonymous(),
                                new Origin.Security.Plain())
                        .isLocal());
    }
}
