package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;

/// How many sessions a host is given, and when a route is left alone.
class LimitsTest {
    private static final InetSocketAddress HOST = new InetSocketAddress("192.0.2.1", 25);
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    private final Route route =
            new Route(
                    new Source.Any(),
                    new Stop("mx.example", HOST, Dialect.SMTP, Security.OPPORTUNISTIC),
                    "here.example",
                    org.postern.front.filter.Chain.EMPTY);

    @Test
    void aHostIsGivenOnlySoManySessions() throws Exception {
        var seats = new Seats();
        for (int i = 0; i < Seats.MOST; i++) {
            assertTrue(seats.take(HOST, Duration.ZERO));
        }
        assertFalse(seats.take(HOST, Duration.ZERO));
        assertTrue(seats.take(new InetSocketAddress("192.0.2.2", 25), Duration.ZERO));
    }

    @Test
    void whoWaitsGetsTheSeatThatIsFreed() throws Exception {
        var seats = new Seats();
        for (int i = 0; i < Seats.MOST; i++) {
            seats.take(HOST, Duration.ZERO);
        }
        var got = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                if (seats.take(HOST, Duration.ofSeconds(60))) {
                                    got.countDown();
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        seats.free(HOST);
        assertTrue(got.await(60, TimeUnit.SECONDS));
    }

    @Test
    void aHostThatIsTooBusyIsGivenHalf() throws Exception {
        var seats = new Seats();
        for (int i = 0; i < Seats.MOST; i++) {
            seats.take(HOST, Duration.ZERO);
        }
        assertTrue(seats.freeTooBusy(HOST));
        assertEquals(Seats.MOST / 2, seats.limit(HOST));
    }

    @Test
    void aHostThatIsTooBusyIsGivenNoMoreThanItServes() throws Exception {
        var seats = new Seats();
        for (int i = 0; i < 4; i++) {
            seats.take(HOST, Duration.ZERO);
        }
        seats.freeTooBusy(HOST);
        assertEquals(3, seats.limit(HOST));
    }

    @Test
    void aHostThatServesWellIsGivenMoreAgain() throws Exception {
        var seats = new Seats();
        seats.take(HOST, Duration.ZERO);
        seats.freeTooBusy(HOST);
        for (int i = 0; i < 400; i++) {
            assertTrue(seats.take(HOST, Duration.ZERO));
            seats.free(HOST);
        }
        assertEquals(Seats.MOST, seats.limit(HOST));
    }

    @Test
    void aRouteIsLeftAloneLongerWithEachFailure() {
        var health = new Health(now::get);
        long[] pauses = {15, 60, 135, 240};
        for (long pause : pauses) {
            assertEquals(
                    Optional.of(Duration.ofSeconds(pause)),
                    health.failed(route, now.get(), "refused"));
            now.updateAndGet(t -> t.plusSeconds(pause - 1));
            assertEquals(Optional.of("refused"), health.trouble(route));
            now.updateAndGet(t -> t.plusSeconds(1));
            assertEquals(Optional.empty(), health.trouble(route));
        }
    }

    @Test
    void aRouteIsNeverLeftAloneForMoreThanAnHour() {
        var health = new Health(now::get);
        for (int i = 0; i < 30; i++) {
            now.updateAndGet(t -> t.plusSeconds(1));
            health.failed(route, now.get(), "refused");
        }
        now.updateAndGet(t -> t.plusSeconds(3600));
        assertEquals(Optional.empty(), health.trouble(route));
    }

    @Test
    void failuresAtTheSameTimeAreOne() {
        var health = new Health(now::get);
        var began = now.get();
        now.updateAndGet(t -> t.plusSeconds(5));
        health.failed(route, began, "refused");
        assertEquals(Optional.empty(), health.failed(route, began, "refused"));
    }

    @Test
    void oneSuccessMakesGoodAllFailures() {
        var health = new Health(now::get);
        health.failed(route, now.get(), "refused");
        assertTrue(health.works(route));
        assertEquals(Optional.empty(), health.trouble(route));
        assertEquals(
                Optional.of(Duration.ofSeconds(15)), health.failed(route, now.get(), "refused"));
    }
}
