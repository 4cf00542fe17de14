package org.postern.front.relay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.postern.dns.Resolver.Family;
import org.postern.front.relay.Opening.Fault;
import org.postern.log.Log;

/// All connections to other hosts: kept ones are used again, new ones are opened within the limits,
/// and routes that do not work are left alone for a while.
final class Connections {
    private static final Duration FAMILY_PAUSE = Duration.ofMinutes(1);

    private static final int MOST_REFUSALS = 5;

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
    ///
    /// A host that serves us but wants no more sessions now is asked again when one of them is
    /// free.
    Lease lease(Route route) throws InterruptedException {
        for (int refusals = 0; refusals < MOST_REFUSALS; refusals++) {
            var trouble = health.trouble(route);
            if (trouble.isPresent() && !kept.holds(route)) {
                return new Lease.LeftAlone(trouble.get());
            }
            if (!seats.take(route.stop().address(), kit.timeouts().seat())) {
                break;
            }
            switch (seated(route)) {
                case Seated.Settled(var lease) -> {
                    return lease;
                }
                case Seated.AskAgain() -> {}
            }
        }
        return new Lease.Denied(Fault.BUSY, "too many sessions with this host already");
    }

    /// What came of having a seat.
    private sealed interface Seated {
        record Settled(Lease lease) implements Seated {}

        record AskAgain() implements Seated {}
    }

    /// Begins or takes up a session, now that there is a seat for it; gives the seat back unless a
    /// session is granted.
    private Seated seated(Route route) {
        var address = route.stop().address();
        var waiting = kept.take(route);
        if (waiting.isPresent()) {
            return new Seated.Settled(new Lease.Granted(waiting.get(), Age.KEPT));
        }
        var trouble = health.trouble(route);
        if (trouble.isPresent()) {
            seats.free(address);
            return new Seated.Settled(new Lease.LeftAlone(trouble.get()));
        }
        var began = kit.clock().instant();
        return switch (ClientSession.open(kit, route)) {
            case Opening.Ready(var fresh) -> {
                works(route);
                yield new Seated.Settled(new Lease.Granted(fresh, Age.FRESH));
            }
            case Opening.Shut(var fault, var why) -> {
                if (fault == Fault.BUSY && (seats.freeTooBusy(address) || kept.holds(route))) {
                    yield new Seated.AskAgain();
                }
                if (fault != Fault.BUSY) {
                    seats.free(address);
                }
                failed(route, began, fault, why);
                yield new Seated.Settled(new Lease.Denied(fault, why));
            }
        };
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
        // Kept first: whoever waits for the seat is to find the session.
        boolean ends =
                session.isOpen() && (session.messages() >= most || !kept.keep(route, session));
        seats.free(route.stop().address());
        if (ends) {
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
