package org.postern.front.relay;

import org.postern.dns.Resolver.Family;
import org.postern.front.relay.Opening.Fault;
import org.postern.log.Log;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// All connections to other hosts: kept ones are used again, new ones are opened within the limits,
/// and routes that do not work are left alone for a while.
final class Connections {
    private static final Duration FAMILY_PAUSE = Duration.ofMinutes(1);

    private final Kit kit;
    private final Seats seats = new Seats();
    private final Health health;
    private final KeptSessions kept;
    private final ConcurrentMap<Family, Instant> unreachable = new ConcurrentHashMap<>();

    Connections(Kit kit) {
        this.kit = kit;
        this.health = new Health(kit.clock());
        this.kept = new KeptSessions(kit.timeouts().idle(), kit.clock());
    }

    /// What came of asking for a session.
    sealed interface Lease {
        /// Here it is. `fresh` says whether it was opened for this.
        record Granted(ClientSession session, Age age) implements Lease {}

        /// There is none.
        record Denied(Fault fault, String why) implements Lease {}

        /// The route failed a short while ago, for this reason, and was not tried.
        record LeftAlone(String why) implements Lease {}
    }

    /// Whether a session has served before.
    enum Age {
        FRESH,
        KEPT
    }

    /// Is it known that no address of `family` can be reached from here?
    boolean isUnreachable(Family family) {
        var until = unreachable.get(family);
        return until != null && kit.clock().instant().isBefore(until);
    }

    /// A session on `route`. Whoever is granted one gives it back by [#giveBack].
    Lease lease(Route route) throws InterruptedException {
        var trouble = health.trouble(route);
        if (trouble.isPresent()) {
            return new Lease.LeftAlone(trouble.get());
        }
        var address = route.stop().address();
        if (!seats.take(address, kit.timeouts().seat())) {
            return new Lease.Denied(Fault.BUSY, "too many sessions with this host already");
        }
        boolean granted = false;
        try {
            var session = kept.take(route);
            if (session.isPresent()) {
                granted = true;
                return new Lease.Granted(session.get(), Age.KEPT);
            }
            var began = kit.clock().instant();
            return switch (ClientSession.open(kit, route.source(), route.stop(), route.helo())) {
                case Opening.Ready(var fresh) -> {
                    granted = true;
                    works(route);
                    yield new Lease.Granted(fresh, Age.FRESH);
                }
                case Opening.Shut(var fault, var why) -> {
                    granted = true; // as far as the seat goes: it is given back here
                    failed(route, began, fault, why);
                    yield new Lease.Denied(fault, why);
                }
            };
        } finally {
            if (!granted) {
                seats.free(address);
            }
        }
    }

    private void works(Route route) {
        if (route.stop().address() instanceof InetSocketAddress inet) {
            unreachable.remove(Family.of(inet.getAddress()));
        }
        if (health.works(route)) {
            kit.log().info("smtp-out: Enabling route " + route.text());
        }
    }

    private void failed(Route route, Instant began, Fault fault, String why) {
        var address = route.stop().address();
        if (fault == Fault.BUSY) {
            seats.freeTooBusy(address);
        } else {
            seats.free(address);
        }
        if (fault == Fault.UNREACHABLE_FAMILY && address instanceof InetSocketAddress inet) {
            var until = kit.clock().instant().plus(FAMILY_PAUSE);
            unreachable.put(Family.of(inet.getAddress()), until);
            return;
        }
        if (fault == Fault.SOURCE) {
            kit.log().info("smtp-out: Error on " + route.text() + ": " + Log.visible(why));
        }
        Optional<Duration> pause = health.failed(route, began, why);
        pause.ifPresent(
                time ->
                        kit.log()
                                .info(
                                        "smtp-out: Disabling route %s for %ds"
                                                .formatted(route.text(), time.toSeconds())));
    }

    /// Takes a session back that was granted on `route`: keeps it if it may serve again.
    ///
    /// @param most how many messages one session may carry
    void giveBack(Route route, ClientSession session, int most) {
        seats.free(route.stop().address());
        if (!session.isOpen()) {
            return;
        }
        if (session.messages() >= most || !kept.keep(route, session)) {
            Thread.ofVirtual().name("quit").start(session::quit);
        }
    }

    /// Ends the sessions that nobody has used for a while. Called about once a second.
    void endIdle() {
        for (var session : kept.takeExpired()) {
            Thread.ofVirtual().name("quit").start(session::quit);
        }
    }

    /// Ends all sessions that are not in use; those in use end when they are given back.
    void close() {
        for (var session : kept.takeAll()) {
            Thread.ofVirtual().name("quit").start(session::quit);
        }
    }

    /// How many sessions are in use.
    int inUse() {
        return seats.taken();
    }

    /// How many sessions wait for another message.
    int idle() {
        return kept.count();
    }

    /// How many routes are left alone.
    long disabledRoutes() {
        return health.disabled();
    }
}
