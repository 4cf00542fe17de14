package org.postern.front.relay;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postern.dns.ClientNames;
import org.postern.dns.ClientNames.ClientName;
import org.postern.dns.Resolver;
import org.postern.mail.AddressSyntax;

/// The names of next hops, for the log only. A name that could not be found out quickly is not
/// asked for again as long as it is remembered. Guarded by the lock of the map.
final class HostNames {
    private static final int REMEMBERED = 1000;

    private final ClientNames names;
    private final Map<SocketAddress, String> remembered =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<SocketAddress, String> eldest) {
                    return size() > REMEMBERED;
                }
            };

    HostNames(Resolver resolver) {
        this.names = new ClientNames(resolver, Duration.ofSeconds(2), InstantSource.system());
    }

    /// The name of the host at `address`, `localhost` for a Unix socket, `<unknown>` if it has
    /// none.
    String of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return "localhost";
        }
        synchronized (remembered) {
            var known = remembered.get(address);
            if (known != null) {
                return known;
            }
        }
        var name =
                switch (names.of(inet.getAddress())) {
                    case ClientName.Confirmed(var text) -> checked(text);
                    case ClientName.Unconfirmed(var text) -> checked(text);
                    case ClientName.Nameless(), ClientName.CouldNotLook(_) -> "<unknown>";
                };
        synchronized (remembered) {
            remembered.put(address, name);
        }
        return name;
    }

    private static String checked(String name) {
        return AddressSyntax.isHostName(name) ? name : "<unknown>";
    }
}
