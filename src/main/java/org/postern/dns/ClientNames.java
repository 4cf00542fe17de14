package org.postern.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.mail.AddressSyntax;

/// The names of those who connect: what the owner of an address calls it, and whether that name
/// leads back to the address. Never takes longer than its cap, whatever the DNS does. May be asked
/// from any thread. What was found is remembered by the resolver, for as long as the DNS says.
public final class ClientNames {
    /// How many of an address's names are followed back.
    private static final int FOLLOWED = 4;

    /// What is known of a client's name.
    public sealed interface ClientName {
        /// The name leads back to the address.
        record Confirmed(String name) implements ClientName {}

        /// It does not: anybody may claim any name.
        record Unconfirmed(String name) implements ClientName {}

        /// The address has no name that is one of a host.
        record Nameless() implements ClientName {}

        /// Whether it has one could not be found out in time.
        record CouldNotLook(String cause) implements ClientName {}
    }

    /// How many addresses are looked for at a time.
    private static final int AT_A_TIME = 4096;

    /// That the name of an address could not be found out is remembered for so long, of so many.
    private static final Duration FAILURE = Duration.ofSeconds(30);

    private static final int FAILURES = 10_000;

    private record Failure(String cause, Instant until) {}

    private final Resolver resolver;
    private final Duration cap;
    private final InstantSource clock;
    private final int atATime;

    // Both are guarded by "lock".
    private final Object lock = new Object();
    private final Map<InetAddress, FutureTask<ClientName>> underWay = new HashMap<>();
    private final Map<InetAddress, Failure> failures =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<InetAddress, Failure> eldest) {
                    return size() > FAILURES;
                }
            };

    /// Names asked of `resolver`, each within `cap` from beginning to end.
    public ClientNames(Resolver resolver, Duration cap, InstantSource clock) {
        this(resolver, cap, clock, AT_A_TIME);
    }

    ClientNames(Resolver resolver, Duration cap, InstantSource clock, int atATime) {
        this.resolver = resolver;
        this.cap = cap;
        this.clock = clock;
        this.atATime = atATime;
    }

    /// The name of `address`. The calling thread waits for at most the cap; whoever asks for an
    /// address that is being looked for waits for the same answer, and who asks soon after a
    /// failure is told of it at once. An answer that comes too late for one is there for the next.
    public ClientName of(InetAddress address) {
        FutureTask<ClientName> looking;
        synchronized (lock) {
            var failure = failures.get(address);
            if (failure != null && clock.instant().isBefore(failure.until)) {
                return new ClientName.CouldNotLook(failure.cause);
            }
            var joined = underWay.get(address);
            if (joined == null && underWay.size() >= atATime) {
                return new ClientName.CouldNotLook("too many names are being looked for");
            }
            looking = joined == null ? begin(address) : joined;
        }
        try {
            return looking.get(cap.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return late(address, looking);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot look for the name of " + address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ClientName.CouldNotLook("interrupted");
        }
    }

    /// How many addresses are being looked for.
    int underWay() {
        synchronized (lock) {
            return underWay.size();
        }
    }

    /// Guarded by "lock".
    private FutureTask<ClientName> begin(InetAddress address) {
        var looking = new FutureTask<>(() -> look(address));
        underWay.put(address, looking);
        Thread.ofVirtual()
                .name("client name")
                .start(
                        () -> {
                            looking.run();
                            over(address, looking);
                        });
        return looking;
    }

    private void over(InetAddress address, FutureTask<ClientName> looked) {
        synchronized (lock) {
            underWay.remove(address);
            failures.remove(address);
            if (looked.state() == Future.State.SUCCESS
                    && looked.resultNow() instanceof ClientName.CouldNotLook(var cause)) {
                remember(address, cause);
            }
        }
    }

    /// The cap is over, but not the search.
    private ClientName late(InetAddress address, FutureTask<ClientName> looking) {
        synchronized (lock) {
            if (looking.equals(underWay.get(address))) {
                remember(address, "timeout");
            }
        }
        return new ClientName.CouldNotLook("timeout");
    }

    /// Guarded by "lock".
    private void remember(InetAddress address, String cause) {
        failures.remove(address); // so that it counts as the newest
        failures.put(address, new Failure(cause, clock.instant().plus(FAILURE)));
    }

    private ClientName look(InetAddress address) {
        return switch (resolver.names(address)) {
            case Answer.Found<String>(var names) ->
                    confirmed(
                            address,
                            names.stream()
                                    .filter(AddressSyntax::isHostName)
                                    .limit(FOLLOWED)
                                    .toList());
            case Answer.NoSuchDomain<String>(), Answer.NoData<String>() ->
                    new ClientName.Nameless();
            case Answer.CouldNotLook<String>(var cause) -> new ClientName.CouldNotLook(cause);
        };
    }

    /// What is known when the address claims these names. Where one could not be followed back, it
    /// may be the one that leads there.
    private ClientName confirmed(InetAddress address, List<String> names) {
        ClientName known =
                names.isEmpty()
                        ? new ClientName.Nameless()
                        : new ClientName.Unconfirmed(names.getFirst());
        for (var name : names) {
            switch (resolver.addresses(name, Resolver.Family.of(address))) {
                case Answer.Found<InetAddress>(var addresses) -> {
                    if (addresses.contains(address)) {
                        return new ClientName.Confirmed(name);
                    }
                }
                case Answer.NoSuchDomain<InetAddress>(), Answer.NoData<InetAddress>() -> {}
                case Answer.CouldNotLook<InetAddress>(var cause) ->
                        known = new ClientName.CouldNotLook(cause);
            }
        }
        return known;
    }
}
