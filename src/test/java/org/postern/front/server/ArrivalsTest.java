package org.postern.front.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postern.Eventually;
import org.postern.Ports;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.dns.ClientNames.ClientName;
import org.postern.ipc.Hearing;
import org.postern.log.Log;
import org.postern.table.TableSet;

/// What happens to a connection before its session, over real sockets: proxies, names, and limits.
class ArrivalsTest {
    private static final String CLIENT = "PROXY TCP4 192.0.2.10 198.51.100.25 40000 25\r\n";
    private static final Hearing.Reports REPORTS =
            new Hearing.Reports() {
                @Override
                public void refused(Path socket, String user) {}

                @Override
                public void broken(Path socket, Throwable cause) {}
            };

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();
    private FakeQueue queue;
    private Path directory;
    private int port;

    @BeforeEach
    void open() throws IOException {
        queue = new FakeQueue();
        directory = Files.createTempDirectory("front");
        port = Ports.free();
    }

    @AfterEach
    void close() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
        servers.forEach(server -> server.stop(Duration.ofSeconds(1)));
        queue.close();
        Files.deleteIfExists(directory);
    }

    private void start(int mostSessions, String... lines) throws Exception {
        var text =
                String.join("\n", lines).replace("PORT", "" + port)
                        + "\naction \"inbox\" maildir\nmatch from any for any action \"inbox\"\n";
        var host = new Host("mx.example.org", List.of("127.0.0.1"));
        var config = Config.parse(Sources.of("smtpd.conf", text, host));
        var server =
                new Server(
                        new Server.Parts(
                                queue.socket(),
                                directory.resolve("smtpd.sock"),
                                directory.resolve("smtpd.sock"),
                                mostSessions,
                                address -> new ClientName.Unconfirmed(address.getHostAddress()),
                                LocalKeys.here(),
                                new FakeLogins(Set.of()),
                                new Log((_, line) -> log.add(line)),
                                queue.deadlines(),
                                InstantSource.system()),
                        TableSet.open(config, Assertions::fail),
                        new Rules(),
                        org.postern.front.filter.Filters.none());
        server.start(TableSet.open(config, Assertions::fail), REPORTS);
        servers.add(server);
    }

    private Socket connect(String from, String to) throws IOException {
        var socket = new Socket();
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(to, port), 20_000);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String line(Socket socket) throws IOException {
        var text = new StringBuilder();
        int c = socket.getInputStream().read();
        while (c >= 0 && c != '\n') {
            text.append((char) c);
            c = socket.getInputStream().read();
        }
        return c < 0 ? "the end" : text.toString().strip();
    }

    /// The first line that is answered to `text`.
    private String answer(String text) throws IOException {
        var socket = connect("127.0.0.1", "127.0.0.1");
        say(socket, text);
        return line(socket);
    }

    private boolean logged(String part) {
        return log.stream().anyMatch(line -> line.contains(part));
    }

    @Test
    void aProxySaysForWhomItSpeaks() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT proxy-v2");
        var socket = connect("127.0.0.1", "127.0.0.1");
        say(socket, CLIENT);
        Assertions.assertEquals("220 mx.example.org ESMTP Postern", line(socket));
        say(socket, "HELO a\r\n");
        Assertions.assertEquals(
                "250 mx.example.org Hello a [192.0.2.10], pleased to meet you", line(socket));
        Assertions.assertTrue(logged(" smtp event=proxy address=127.0.0.1"), log + "");
        Assertions.assertTrue(logged(" smtp connected address=192.0.2.10 "), log + "");
    }

    @Test
    void whatFollowsTheHeaderInTheSamePacketIsHeard() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT proxy-v2");
        var header =
                HexFormat.of()
                        .parseHex("0d0a0d0a000d0a515549540a2111000cc000020ac6336419" + "9c400019");
        var socket = connect("127.0.0.1", "127.0.0.1");
        say(socket, new String(header, StandardCharsets.ISO_8859_1) + "EHLO a\r\nQUIT\r\n");
        Assertions.assertTrue(line(socket).startsWith("220"));
        Assertions.assertTrue(line(socket).contains("Hello a [192.0.2.10]"));
    }

    private static final String OVER_TLS =
            "listen on 127.0.0.1 port PORT smtps pki localhost proxy-v2";

    private static final String KEY = "pki localhost cert \"/c\" key \"/k\"";

    @Test
    void theHeaderComesBeforeTls() throws Exception {
        start(10, KEY, OVER_TLS);
        var plain = connect("127.0.0.1", "127.0.0.1");
        say(plain, CLIENT);
        try (var socket =
                LocalKeys.client().getSocketFactory().createSocket(plain, "localhost", 0, true)) {
            Assertions.assertEquals("220 mx.example.org ESMTP Postern", line(socket));
        }
        Assertions.assertTrue(logged(" smtp connected address=192.0.2.10 "), log + "");
        Assertions.assertTrue(logged(" smtp tls ciphers=TLSv1.3:"), log + "");
    }

    @Test
    void theHeaderMayComeInOnePacketWithTheFirstOfTls() throws Exception {
        start(10, KEY, OVER_TLS);
        var client = LocalKeys.client().createSSLEngine("localhost", 0);
        client.setUseClientMode(true);
        var hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), hello);
        var both = new ByteArrayOutputStream();
        both.writeBytes(CLIENT.getBytes(StandardCharsets.US_ASCII));
        both.write(hello.array(), 0, hello.position());
        var socket = connect("127.0.0.1", "127.0.0.1");
        socket.getOutputStream().write(both.toByteArray());
        Assertions.assertEquals(22, socket.getInputStream().read(), "a record of a handshake");
        Assertions.assertTrue(logged(" smtp connected address=192.0.2.10 "), log + "");
    }

    @Test
    void theHeaderIsNotHeardInsideTls() throws Exception {
        start(10, KEY, OVER_TLS);
        var plain = connect("127.0.0.1", "127.0.0.1");
        var socket =
                (SSLSocket)
                        LocalKeys.client()
                                .getSocketFactory()
                                .createSocket(plain, "localhost", 0, true);
        Assertions.assertThrows(IOException.class, socket::startHandshake);
        Assertions.assertFalse(logged(" smtp connected "), log + "");
    }

    @Test
    void aProxyThatAsksForItselfIsTheClient() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT proxy-v2");
        var header = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000");
        Assertions.assertTrue(
                answer(new String(header, StandardCharsets.ISO_8859_1)).startsWith("220"));
        Assertions.assertTrue(logged(" smtp connected address=127.0.0.1 "), log + "");
    }

    @Test
    void whoIsNotInTheTableIsNotBelieved() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT proxy-v2 from { 127.0.0.2, 198.51.100.0/24 }");
        Assertions.assertEquals("the end", answer(CLIENT));
        Assertions.assertTrue(
                logged("address=127.0.0.1 reason=\"not a proxy that may speak for others\""),
                log + "");
        var proxy = connect("127.0.0.2", "127.0.0.1");
        say(proxy, CLIENT);
        Assertions.assertTrue(line(proxy).startsWith("220"));
    }

    @Test
    void whoSpeaksNoProxyProtocolHearsNothing() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT proxy-v2");
        for (var said :
                List.of(
                        "EHLO a\r\n",
                        "PROXY UNKNOWN\r\n",
                        "\r\n\r\n\0\r\nQUIT\n\u0021\u0031\0\0")) {
            Assertions.assertEquals("the end", answer(said), said);
        }
        Assertions.assertTrue(logged("reason=\"protocol error (invalid signature)\""), log + "");
        Assertions.assertTrue(logged("reason=\"address translation (unknown client)\""), log + "");
        Assertions.assertTrue(
                logged("reason=\"protocol error (unsupported address family)\""), log + "");
        Assertions.assertFalse(logged("connected"), log + "");
    }

    @Test
    void aProxyCannotSpeakForEverybodyAtOnce() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT proxy-v2");
        for (var address : List.of("0.0.0.0", "224.0.0.1")) {
            Assertions.assertEquals("the end", answer(CLIENT.replace("192.0.2.10", address)));
            Assertions.assertTrue(
                    logged("reason=\"address translation (not a client: " + address), log + "");
        }
    }

    @Test
    void eachClientOfAProxyIsCountedAndTheProxyIsNot() throws Exception {
        start(10, "smtp limit max-session-per-address 2", "listen on 127.0.0.1 port PORT proxy-v2");
        Assertions.assertTrue(answer(CLIENT).startsWith("220"));
        Assertions.assertTrue(answer(CLIENT).startsWith("220"));
        Assertions.assertEquals("421 4.7.0 Too many connections from your network", answer(CLIENT));
        Assertions.assertTrue(answer(CLIENT.replace("2.10", "2.11")).startsWith("220"));
        Assertions.assertTrue(logged("turned-away reason=\"421 4.7.0 "), log + "");
        Assertions.assertTrue(logged("address=192.0.2.10"), log + "");
    }

    @Test
    void aClientThatComesTooOftenIsToldSo() throws Exception {
        start(10, "smtp limit max-rate-per-network 2", "listen on 127.0.0.1 port PORT proxy-v2");
        Assertions.assertTrue(answer(CLIENT).startsWith("220"));
        Assertions.assertTrue(answer(CLIENT.replace("2.10", "2.11")).startsWith("220"));
        Assertions.assertEquals(
                "421 4.7.0 Too many connections in a minute",
                answer(CLIENT.replace("2.10", "2.12")));
    }

    @Test
    void aConnectionCountsOnceWhateverBecomesOfIt() throws Exception {
        start(1, "listen on 127.0.0.1 port PORT proxy-v2");
        for (int i = 0; i < 20; i++) {
            var text = i % 2 == 0 ? "no header" : CLIENT + "QUIT\r\n";
            var socket = connect("127.0.0.1", "127.0.0.1");
            say(socket, text);
            var first = line(socket);
            // The place of the one before may be free a moment later.
            while (first.startsWith("421")) {
                socket = connect("127.0.0.1", "127.0.0.1");
                say(socket, text);
                first = line(socket);
            }
            Assertions.assertTrue(i % 2 == 0 ? first.equals("the end") : first.startsWith("220"));
        }
        var waiting = connect("127.0.0.1", "127.0.0.1");
        say(waiting, "PROXY ");
        String second;
        do {
            second = answer(CLIENT);
        } while (second.startsWith("220"));
        Assertions.assertEquals("421 4.3.2 Too many connections", second);
    }

    @Test
    void theAddressThatAClientHasConnectedToDecidesTheName() throws Exception {
        start(
                10,
                "table names { 127.0.0.1 = one.example.org, 127.0.0.2 = two.example.org }",
                "listen on 0.0.0.0 port PORT hostnames <names> hostname other.example.org");
        for (var each : List.of("127.0.0.1 one", "127.0.0.2 two", "127.0.0.3 other")) {
            var socket = connect("127.0.0.1", each.substring(0, 9));
            Assertions.assertEquals(
                    "220 " + each.substring(10) + ".example.org ESMTP Postern", line(socket));
            say(socket, "HELO a\r\n");
            Assertions.assertTrue(line(socket).contains(each.substring(10) + ".example.org Hello"));
        }
    }

    @Test
    void behindAProxyItIsTheAddressThatTheClientHasConnectedToThere() throws Exception {
        start(
                10,
                "listen on 127.0.0.1 port PORT proxy-v2 hostnames { 198.51.100.25 ="
                        + " front.example.org, 127.0.0.1 = bound.example.org }");
        Assertions.assertEquals("220 front.example.org ESMTP Postern", answer(CLIENT));
        Assertions.assertEquals(
                "220 bound.example.org ESMTP Postern",
                answer(CLIENT.replace("198.51.100.25", "198.51.100.26")));
    }

    @Test
    void theListenersOwnAddressIsAskedForLast() throws Exception {
        start(10, "listen on 0.0.0.0 port PORT hostnames { 0.0.0.0 = any.example.org }");
        Assertions.assertEquals(
                "220 any.example.org ESMTP Postern", line(connect("127.0.0.1", "127.0.0.1")));
    }

    @Test
    void aNameThatIsNoneIsNotSaid() throws Exception {
        start(10, "listen on 127.0.0.1 port PORT hostnames { 127.0.0.1 = \"no name\" }");
        Assertions.assertEquals(
                "220 mx.example.org ESMTP Postern", line(connect("127.0.0.1", "127.0.0.1")));
        Assertions.assertTrue(logged("smtp: no host name for 127.0.0.1: \"no name\""), log + "");
    }

    @Test
    void aFloodIsAnsweredFromAFixedBudget() throws Exception {
        start(1, "listen on 127.0.0.1 port PORT");
        var first = connect("127.0.0.1", "127.0.0.1");
        Assertions.assertTrue(line(first).startsWith("220"));
        long begin = System.nanoTime();
        for (int i = 0; i < 300; i++) {
            connect("127.0.0.1", "127.0.0.1");
        }
        int told = 0;
        int hungUpOn = 0;
        for (var socket : sockets.subList(1, sockets.size())) {
            String heard;
            try {
                heard = line(socket);
            } catch (IOException e) {
                heard = "the end";
            }
            if (heard.equals("421 4.3.2 Too many connections")) {
                told++;
            } else {
                Assertions.assertEquals("the end", heard);
                hungUpOn++;
            }
        }
        Assertions.assertEquals(300, told + hungUpOn);
        Assertions.assertTrue(told > 0, "nobody was told");
        long lines = log.stream().filter(line -> line.contains("turned-away")).count();
        // Twenty in ten seconds: no machine takes so long that all could be written.
        long periods = 2 + Duration.ofNanos(System.nanoTime() - begin).toSeconds() / 10;
        Assertions.assertTrue(lines <= 20 * periods, lines + " lines");
        say(first, "NOOP\r\n");
        Assertions.assertTrue(line(first).startsWith("250"));
    }

    @Test
    void whoConnectsForTlsAndSaysNothingCostsLittle() throws Exception {
        start(2000, KEY, "listen on 127.0.0.1 port PORT smtps pki localhost");
        try (var client =
                LocalKeys.client()
                        .getSocketFactory()
                        .createSocket(connect("127.0.0.1", "127.0.0.1"), "localhost", 0, true)) {
            Assertions.assertTrue(line(client).startsWith("220"));
        }
        long before = memoryInUse();
        for (int i = 0; i < 1000; i++) {
            connect("127.0.0.1", "127.0.0.1");
        }
        Eventually.holds(
                "all of them",
                () ->
                        log.stream().filter(line -> line.contains(" smtp connected ")).count()
                                > 1000);
        long each = (memoryInUse() - before) / 1000;
        Assertions.assertTrue(each < 24_000, each + " bytes for each");
    }

    @SuppressWarnings("SystemGcCalled")
    private static long memoryInUse() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
