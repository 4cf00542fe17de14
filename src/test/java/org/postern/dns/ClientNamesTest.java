package org.postern.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.postern.dns.ClientNames.ClientName;

/// The names of clients: forward-confirmed reverse DNS, and what looking for it may cost.
class ClientNamesTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final InetAddress CLIENT = address("192.0.2.7");
    private static final ClientName CONFIRMED = new ClientName.Confirmed("a.example");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private Answer<String> names = new Answer.Found<>(List.of("a.example"));
    private Map<String, Answer<InetAddress>> addresses =
            Map.of("a.example", new Answer.Found<>(List.of(CLIENT)));
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private final Resolver resolver =
            new Resolver() {
                @Override
                public Answer<Exchanger> exchangers(String domain) {
                    throw new AssertionError(domain);
                }

                @Override
                public Answer<InetAddress> addresses(String host, Family family) {
                    asked.add(host + ' ' + family);
                    return addresses.getOrDefault(host, new Answer.NoSuchDomain<>());
                }

                @Override
                public Answer<String> names(InetAddress address) {
                    asked.add(address.getHostAddress());
                    try {
                        assertTrue(gate.await(LONG.toSeconds(), TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return names;
                }

                @Override
                public Answer<String> texts(String name) {
                    throw new AssertionError(name);
                }
            };

    private ClientNames within(Duration cap) {
        return new ClientNames(resolver, cap, now::get, 2);
    }

    private ClientName nameOf(InetAddress client) {
        return within(LONG).of(client);
    }

    @Test
    void aNameThatLeadsBackIsConfirmed() {
        assertEquals(CONFIRMED, nameOf(CLIENT));
        assertEquals(List.of("192.0.2.7", "a.example INET4"), asked);
    }

    @Test
    void aNameThatLeadsElsewhereIsOnlyClaimed() {
        addresses = Map.of("a.example", new Answer.Found<>(List.of(address("192.0.2.8"))));
        assertEquals(new ClientName.Unconfirmed("a.example"), nameOf(CLIENT));
    }

    @Test
    void aNameThatDoesNotExistIsOnlyClaimed() {
        addresses = Map.of();
        assertEquals(new ClientName.Unconfirmed("a.example"), nameOf(CLIENT));
    }

    @Test
    void anyOfSeveralNamesMayLeadBack() {
        names = new Answer.Found<>(List.of("x.example", "a.example"));
        assertEquals(CONFIRMED, nameOf(CLIENT));
    }

    @Test
    void onlySomeOfManyNamesAreFollowed() {
        names =
                new Answer.Found<>(
                        List.of("1.example", "2.example", "3.example", "4.example", "a.example"));
        assertEquals(new ClientName.Unconfirmed("1.example"), nameOf(CLIENT));
        assertEquals(5, asked.size(), asked + "");
    }

    @Test
    void whereTheNameCannotBeFollowedNothingIsKnown() {
        addresses = Map.of("a.example", new Answer.CouldNotLook<>("SERVFAIL"));
        assertEquals(new ClientName.CouldNotLook("SERVFAIL"), nameOf(CLIENT));
    }

    @Test
    void anAddressWithoutANameHasNone() {
        for (var none :
                List.<Answer<String>>of(new Answer.NoSuchDomain<>(), new Answer.NoData<>())) {
            names = none;
            assertEquals(new ClientName.Nameless(), nameOf(CLIENT));
        }
    }

    @Test
    void whatIsNoNameOfAHostIsNone() {
        names = new Answer.Found<>(List.of("a b.example", "", "x\u0000.example", "a".repeat(300)));
        assertEquals(new ClientName.Nameless(), nameOf(CLIENT));
    }

    @Test
    void aNameIsFollowedInTheFamilyOfTheAddress() {
        var six = address("2001:db8::7");
        addresses = Map.of("a.example", new Answer.Found<>(List.of(six)));
        assertEquals(CONFIRMED, nameOf(six));
        assertTrue(asked.contains("a.example INET6"), asked + "");
    }

    @Test
    void thoseWhoAskForTheSameAddressShareOneSearch() throws Exception {
        gate = new CountDownLatch(1);
        var clientNames = within(LONG);
        var answers = new CopyOnWriteArrayList<ClientName>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 20; i++) {
            threads.add(Thread.ofPlatform().start(() -> answers.add(clientNames.of(CLIENT))));
        }
        long end = System.nanoTime() + LONG.toNanos();
        for (var thread : threads) {
            // Only who has joined waits so.
            while (thread.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
        gate.countDown();
        for (var thread : threads) {
            assertTrue(thread.join(LONG));
        }
        assertEquals(java.util.Collections.nCopies(20, CONFIRMED), answers);
        assertEquals(List.of("192.0.2.7", "a.example INET4"), asked);
    }

    @Test
    void aFailureIsRememberedForAMoment() {
        names = new Answer.CouldNotLook<>("SERVFAIL");
        var clientNames = within(LONG);
        var failed = new ClientName.CouldNotLook("SERVFAIL");
        assertEquals(failed, clientNames.of(CLIENT));
        awaitEnd(clientNames);
        assertEquals(failed, clientNames.of(CLIENT));
        assertEquals(1, asked.size(), asked + "");
        names = new Answer.Found<>(List.of("a.example"));
        now.set(Instant.EPOCH.plusSeconds(31));
        assertEquals(CONFIRMED, clientNames.of(CLIENT));
    }

    /// A search is noted as over a moment after its answer is there: there is place for another.
    private void awaitEnd(ClientNames clientNames) {
        long end = System.nanoTime() + LONG.toNanos();
        while (clientNames.underWay() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Test
    void anAnswerThatComesLateIsThereForTheNext() {
        gate = new CountDownLatch(1);
        var clientNames = within(Duration.ofMillis(1));
        assertEquals(new ClientName.CouldNotLook("timeout"), clientNames.of(CLIENT));
        assertEquals(new ClientName.CouldNotLook("timeout"), clientNames.of(CLIENT));
        assertTrue(asked.size() <= 1, asked + "");
        gate.countDown();
        awaitEnd(clientNames);
        long end = System.nanoTime() + LONG.toNanos();
        var name = clientNames.of(CLIENT);
        while (!name.equals(CONFIRMED) && System.nanoTime() < end) {
            awaitEnd(clientNames); // this time the millisecond was too short, too
            name = clientNames.of(CLIENT);
        }
        assertEquals(CONFIRMED, name);
    }

    @Test
    void onlySoManyAddressesAreLookedForAtATime() {
        gate = new CountDownLatch(1);
        var clientNames = within(Duration.ofMillis(1));
        var first = clientNames.of(CLIENT);
        var second = clientNames.of(address("192.0.2.8"));
        assertEquals(List.of(first, second), java.util.Collections.nCopies(2, first));
        assertEquals(2, clientNames.underWay());
        var third = clientNames.of(address("192.0.2.9"));
        assertEquals(
                "too many names are being looked for",
                assertInstanceOf(ClientName.CouldNotLook.class, third).cause());
        gate.countDown();
        awaitEnd(clientNames);
        assertEquals(0, clientNames.underWay());
    }
}
