package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.dns.Answer;
import org.postern.dns.Exchanger;
import org.postern.front.relay.Acquaintance.Kin;
import org.postern.front.relay.Hop.Whereabouts;

/// Where mail for a domain goes, and when it goes nowhere.
class ExchangersTest {
    private final Mailer.FakeResolver dns = new Mailer.FakeResolver();

    /// Knows us by the name us.example, or the address 192.0.2.99.
    private static final class Neighbourhood implements Acquaintance {
        @Override
        public boolean isOurName(String host) {
            return host.equals("us.example");
        }

        @Override
        public Kin of(String host, InetAddress address) {
            if (isOurName(host) || address.getHostAddress().equals("192.0.2.99")) {
                return Kin.OURSELVES;
            }
            return address.isLoopbackAddress() ? Kin.NOBODY : Kin.STRANGER;
        }
    }

    private String way(String domain) {
        return switch (new Exchangers(dns, new Neighbourhood(), 25).of(domain)) {
            case Itinerary.DeadEnd(var outcome) ->
                    outcome.getClass().getSimpleName()
                            + " "
                            + outcome.status()
                            + " "
                            + outcome.text();
            case Itinerary.Hops(var hops) -> {
                List<String> stops = new ArrayList<>();
                for (var hop : hops) {
                    if (hop.where() instanceof Whereabouts.At(var addresses)) {
                        addresses.forEach(a -> stops.add(hop.at(a).url()));
                    }
                }
                yield String.join(" ", stops);
            }
        };
    }

    @Test
    void thePreferredExchangerComesFirst() throws Exception {
        dns.mx("example.org", "20 b.example", "10 a.example")
                .host("a.example", "192.0.2.1", "192.0.2.2")
                .host("b.example", "192.0.2.3");
        assertEquals(
                "smtp://192.0.2.1:25 smtp://192.0.2.2:25 smtp://192.0.2.3:25", way("example.org"));
    }

    @Test
    void theFamiliesTakeTurns() throws Exception {
        dns.mx("example.org", "10 a.example")
                .host("a.example", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2");
        assertEquals(
                "smtp://[2001:db8::1]:25 smtp://192.0.2.1:25 smtp://[2001:db8::2]:25"
                        + " smtp://192.0.2.2:25",
                way("example.org"));
    }

    @Test
    void withoutExchangersTheDomainItselfIsMeant() throws Exception {
        dns.exchangers.put("example.org", new Answer.NoData<>());
        dns.host("example.org", "192.0.2.7");
        assertEquals("smtp://192.0.2.7:25", way("example.org"));
    }

    @ParameterizedTest
    @CsvSource({"[192.0.2.9], smtp://192.0.2.9:25", "[IPv6:2001:db8::9], smtp://[2001:db8::9]:25"})
    void anAddressNeedsNoDns(String domain, String way) {
        assertEquals(way, way(domain));
    }

    @Test
    void aDomainThatDoesNotExistFails() {
        assertEquals("Failed 5.1.2 Domain does not exist", way("nowhere.example"));
    }

    @Test
    void aDomainThatTakesNoMailFails() {
        dns.exchangers.put("example.org", new Answer.Found<>(List.of(new Exchanger(0, ""))));
        assertEquals("Failed 5.1.10 Domain does not accept mail", way("example.org"));
    }

    @Test
    void troubleWithTheDnsDefers() {
        dns.exchangers.put("example.org", new Answer.CouldNotLook<>("REFUSED"));
        assertEquals("Deferred 4.4.3 Temporary failure in MX lookup: REFUSED", way("example.org"));
    }

    @Test
    void anExchangerWithoutAnAddressDefers() {
        dns.mx("example.org", "10 a.example");
        assertEquals("Deferred 4.4.4 No MX found for domain", way("example.org"));
    }

    @Test
    void troubleWithTheAddressOfTheOnlyExchangerDefers() {
        dns.mx("example.org", "10 a.example");
        dns.hosts.put("a.example", new Answer.CouldNotLook<>("timeout"));
        assertEquals("Deferred 4.4.3 Temporary failure in MX lookup: timeout", way("example.org"));
    }

    @Test
    void whatIsNotPreferredToOurselvesIsNotTried() throws Exception {
        dns.mx("example.org", "10 a.example", "20 us.example", "20 b.example", "30 c.example")
                .host("a.example", "192.0.2.1")
                .host("us.example", "192.0.2.2")
                .host("b.example", "192.0.2.3")
                .host("c.example", "192.0.2.4");
        assertEquals("smtp://192.0.2.1:25", way("example.org"));
    }

    @Test
    void ourAddressUnderAnotherNameCutsTheListToo() throws Exception {
        dns.mx("example.org", "10 a.example", "20 alias.example", "30 c.example")
                .host("a.example", "192.0.2.1")
                .host("alias.example", "192.0.2.99")
                .host("c.example", "192.0.2.4");
        assertEquals("smtp://192.0.2.1:25", way("example.org"));
    }

    @Test
    void ourNameCutsTheListWithoutAnAddress() throws Exception {
        dns.mx("example.org", "10 a.example", "20 us.example", "20 b.example", "30 c.example")
                .host("a.example", "192.0.2.1")
                .host("b.example", "192.0.2.3")
                .host("c.example", "192.0.2.4");
        assertEquals("smtp://192.0.2.1:25", way("example.org"));
    }

    @Test
    void ourNameWithoutAnAddressLeavesNobodyBehindIt() throws Exception {
        dns.mx("example.org", "10 us.example", "20 b.example").host("b.example", "192.0.2.3");
        assertEquals("Failed 5.4.6 mail loops back to myself", way("example.org"));
    }

    @Test
    void troubleBehindOurselvesDoesNotMatter() throws Exception {
        dns.mx("example.org", "10 us.example", "20 b.example").host("us.example", "192.0.2.2");
        dns.hosts.put("b.example", new Answer.CouldNotLook<>("timeout"));
        assertEquals("Failed 5.4.6 mail loops back to myself", way("example.org"));
    }

    @Test
    void troubleBeforeOurselvesDefers() throws Exception {
        dns.mx("example.org", "10 a.example", "20 us.example").host("us.example", "192.0.2.2");
        dns.hosts.put("a.example", new Answer.CouldNotLook<>("timeout"));
        assertEquals("Deferred 4.4.3 Temporary failure in MX lookup: timeout", way("example.org"));
    }

    @Test
    void mailThatWouldComeBackFails() throws Exception {
        dns.mx("example.org", "10 us.example", "20 b.example")
                .host("us.example", "192.0.2.2")
                .host("b.example", "192.0.2.3");
        assertEquals("Failed 5.4.6 mail loops back to myself", way("example.org"));
    }

    @Test
    void theLoopbackIsNobodysExchanger() throws Exception {
        dns.mx("example.org", "10 a.example").host("a.example", "127.0.0.1");
        assertEquals("Failed 5.4.6 mail loops back to myself", way("example.org"));
    }
}
