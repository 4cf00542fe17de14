package org.postern.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The names of those who connect: what the owner of an address calls it, and whether that name
/// leads back to the address. Never takes longer than its cap, whatever the DNS does.
public final class ClientNames {
    /// How many of an address's names are followed back.
    private static final int FOLLOWED = 4;

    /// What is known of a client's name.
    public sealed interface ClientName {
        /// The name leads back to the address.
        record Confirmed(String name) implements ClientName {}

        /// It does not: anybody may claim any name.
        record Unconfirmed(String name) implements ClientName {}

        /// The address has no name.
        record Nameless() implements ClientName {}

        /// Whether it has one could not be found out in time.
        record CouldNotLook(String cause) implements ClientName {}
    }

    private final Resolver resolver;
    private final Duration cap;

    /// Names asked of `resolver`, each within `cap` from beginning to end.
    public ClientNames(Resolver resolver, Duration cap) {
        this.resolver = resolver;
        this.cap = cap;
    }

    /// The name of `address`. The calling thread waits for at most the cap.
    public ClientName of(InetAddress address) {
        var looking = new FutureTask<>(() -> look(address));
        Thread.ofVirtual().name("client name").start(looking);
        try {
            return looking.get(cap.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new ClientName.CouldNotLook("timeout");
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot look for the name of " + address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ClientName.CouldNotLook("interrupted");
        }
    }

    private ClientName look(InetAddress address) {
        return switch (resolver.names(address)) {
            case Answer.Found<String>(var names) -> {
                for (var name : names.subList(0, Math.min(FOLLOWED, names.size()))) {
                    if (leadsTo(name, address)) {
                        yield new ClientName.Confirmed(name);
                    }
                }
                yield new ClientName.Unconfirmed(names.getFirst());
            }
            case Answer.NoSuchDomain<String>(), Answer.NoData<String>() ->
                    new ClientName.Nameless();
            case Answer.CouldNotLook<String>(var cause) -> new ClientName.CouldNotLook(cause);
        };
    }

    private boolean leadsTo(String name, InetAddress address) {
        return resolver.addresses(name, Resolver.Family.of(address))
                        instanceof Answer.Found<InetAddress>(var addresses)
                && addresses.contains(address);
    }
}
