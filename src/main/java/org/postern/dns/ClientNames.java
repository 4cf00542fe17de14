package org.postern.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.mail.AddressSyntax;

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

        /// The address has no name that is one of a host.
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
