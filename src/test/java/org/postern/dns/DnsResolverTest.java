package org.postern.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.dns.ClientNames.ClientName;
import org.postern.dns.Resolver.Family;
import org.xbill.DNS.Rcode;

/// What the resolver makes of what servers say, and do not say.
class DnsResolverTest {
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    private DnsServer server;
    private Resolver resolver;

    @BeforeEach
    void start() throws Exception {
        server = DnsServer.start();
        resolver = asking(server.address());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    /// A resolver that waits for its servers: nobody is asked twice because the machine is slow.
    private Resolver asking(InetSocketAddress... servers) {
        return asking(List.of(Duration.ofSeconds(60)), servers);
    }

    private Resolver asking(List<Duration> rounds, InetSocketAddress... servers) {
        return DnsResolver.asking(
                new NameServers(List.of(servers)),
                new DnsResolver.Patience(rounds, Duration.ofSeconds(200)),
                now::get);
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void exchangersAreFound() throws Exception {
        server.has("example.org", "MX", "10 mx.example.org.").has("example.org", "MX", "0 .");
        var found =
                assertInstanceOf(Answer.Found.class, resolver.exchangers("EXAMPLE.org")).values();
        assertEquals(List.of(new Exchanger(10, "mx.example.org"), new Exchanger(0, "")), found);
    }

    @Test
    void anAliasIsFollowed() throws Exception {
        server.has("www.example.org", "CNAME", "host.example.org.")
                .has("host.example.org", "A", "192.0.2.1");
        assertEquals(
                new Answer.Found<>(List.of(address("192.0.2.1"))),
                resolver.addresses("www.example.org", Family.INET4));
    }

    @Test
    void anEndlessChainOfAliasesIsTrouble() throws Exception {
        server.has("a.example", "CNAME", "b.example.").has("b.example", "CNAME", "a.example.");
        assertInstanceOf(Answer.CouldNotLook.class, resolver.addresses("a.example", Family.INET4));
    }

    @Test
    void aNameThatIsNotThereIsNotThere() {
        assertEquals(new Answer.NoSuchDomain<>(), resolver.exchangers("nowhere.example"));
    }

    @Test
    void aNameWithoutSuchARecordHasNoData() throws Exception {
        server.has("example.org", "A", "192.0.2.1");
        assertEquals(new Answer.NoData<>(), resolver.exchangers("example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "", "-", "a b.example", "x.example."})
    void whatIsNoNameIsNotAsked(String name) {
        assertEquals(new Answer.NoSuchDomain<>(), resolver.exchangers(name));
        assertEquals(0, server.questions());
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR})
    void anErrorOfTheServerIsTrouble(int code) throws Exception {
        server.fails("example.org", code);
        assertEquals(
                new Answer.CouldNotLook<>(Rcode.string(code)), resolver.exchangers("example.org"));
    }

    @Test
    void silenceIsTrouble() {
        server.mute();
        var hasty = asking(List.of(Duration.ofMillis(300)), server.address());
        assertEquals(new Answer.CouldNotLook<>("timeout"), hasty.exchangers("example.org"));
    }

    @Test
    void whenOneServerFailsTheNextIsAsked() throws Exception {
        try (var broken = DnsServer.start();
                var silent = DnsServer.start()) {
            broken.fails("example.org", Rcode.REFUSED);
            silent.mute();
            // Should the last one be slow in the first round, it is waited for in the second.
            var rounds = List.of(Duration.ofMillis(500), Duration.ofSeconds(60));
            server.has("example.org", "MX", "10 mx.example.org.");
            assertInstanceOf(
                    Answer.Found.class,
                    asking(rounds, broken.address(), silent.address(), server.address())
                            .exchangers("example.org"));
        }
    }

    @Test
    void anAnswerTooLongForUdpComesOverTcp() throws Exception {
        for (int i = 0; i < 200; i++) {
            server.has("example.org", "MX", i + " mx" + i + ".a-rather-long-name.example.org.");
        }
        var found =
                assertInstanceOf(Answer.Found.class, resolver.exchangers("example.org")).values();
        assertEquals(200, found.size());
        assertEquals(1, server.overTcp());
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "300, 300", "1000000, 86400"})
    void anAnswerIsBelievedForItsTimeWithinBounds(long ttl, long believed) throws Exception {
        server.withTtl(ttl).has("example.org", "MX", "10 mx.example.org.");
        resolver.exchangers("example.org");
        now.updateAndGet(t -> t.plusSeconds(believed - 1));
        resolver.exchangers("example.org");
        assertEquals(1, server.questions());
        now.updateAndGet(t -> t.plusSeconds(1));
        resolver.exchangers("example.org");
        assertEquals(2, server.questions());
    }

    @Test
    void thatSomethingIsNotThereIsBelievedForAsLongAsItsZoneSays() {
        resolver.exchangers("nowhere.example");
        now.updateAndGet(t -> t.plusSeconds(59));
        resolver.exchangers("nowhere.example");
        assertEquals(1, server.questions());
        now.updateAndGet(t -> t.plusSeconds(1));
        resolver.exchangers("nowhere.example");
        assertEquals(2, server.questions());
    }

    @Test
    void troubleIsNotRemembered() throws Exception {
        server.fails("example.org", Rcode.SERVFAIL);
        resolver.exchangers("example.org");
        int asked = server.questions();
        resolver.exchangers("example.org");
        assertTrue(server.questions() > asked);
    }

    @Test
    void localhostIsKnownWithoutAsking() throws Exception {
        assertEquals(
                new Answer.Found<>(List.of(address("127.0.0.1"))),
                resolver.addresses("LocalHost", Family.INET4));
        assertEquals(
                new Answer.Found<>(List.of(address("::1"))),
                resolver.addresses("x.localhost", Family.INET6));
        assertEquals(0, server.questions());
    }

    @Test
    void theStringsOfATextAreJoined() throws Exception {
        server.has("example.org", "TXT", "\"v=spf1 \" \"-all\"");
        assertEquals(new Answer.Found<>(List.of("v=spf1 -all")), resolver.texts("example.org"));
    }

    @Test
    void aClientsNameIsConfirmedWhenItLeadsBack() throws Exception {
        server.has("1.2.0.192.in-addr.arpa", "PTR", "mx.example.org.")
                .has("mx.example.org", "A", "192.0.2.1")
                .has("2.2.0.192.in-addr.arpa", "PTR", "mx.example.org.");
        var names =
                new ClientNames(resolver, Duration.ofSeconds(5), java.time.InstantSource.system());
        assertEquals(new ClientName.Confirmed("mx.example.org"), names.of(address("192.0.2.1")));
        assertEquals(new ClientName.Unconfirmed("mx.example.org"), names.of(address("192.0.2.2")));
        assertEquals(new ClientName.Nameless(), names.of(address("192.0.2.3")));
    }

    @Test
    void aClientsNameIsNotWaitedForLongerThanTheCap() throws Exception {
        server.mute();
        var names =
                new ClientNames(resolver, Duration.ofMillis(50), java.time.InstantSource.system());
        assertEquals(new ClientName.CouldNotLook("timeout"), names.of(address("192.0.2.1")));
    }

    @Test
    void theServersOfAPrivateDirectoryAreAsked(@TempDir Path root) throws Exception {
        server.has("example.org", "MX", "10 mx.example.org.");
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(
                root.resolve("etc/resolv.conf"),
                "search example.com\nnameserver 127.0.0.1:" + server.address().getPort() + "\n");
        Files.writeString(root.resolve("etc/hosts"), "192.0.2.77 smart smart.example # ours\n");
        var own = DnsResolver.under(root, InstantSource.system());
        assertInstanceOf(Answer.Found.class, own.exchangers("example.org"));
        assertEquals(
                new Answer.Found<>(List.of(address("192.0.2.77"))),
                own.addresses("smart.example", Family.INET4));
        assertEquals(new Answer.Found<>(List.of("smart")), own.names(address("192.0.2.77")));
    }

    @Test
    void resolvConfIsReadAsItIsMeant() {
        assertEquals(
                List.of(
                        new InetSocketAddress("192.0.2.1", 53),
                        new InetSocketAddress("2001:db8::1", 53),
                        new InetSocketAddress("192.0.2.2", 5353),
                        new InetSocketAddress("2001:db8::2", 5353)),
                NameServers.parse(
                                """
                                # nameserver 192.0.2.99
                                nameserver 192.0.2.1
                                nameserver  2001:db8::1
                                nameserver 192.0.2.2:5353
                                nameserver [2001:db8::2]:5353
                                nameserver nonsense
                                nameserver 192.0.2.3:99999
                                options rotate
                                """)
                        .addresses());
    }

    @Test
    void withoutServersTheOneOnThisMachineIsAsked() {
        assertEquals(
                List.of(new InetSocketAddress("127.0.0.1", 53)), NameServers.parse("").addresses());
    }
}
