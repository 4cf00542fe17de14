package org.postern.front.relay;

import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;

/// A host to hand over to, and how to speak with it.
///
/// @param name a mail exchanger, or a smart host as it is configured
record Hop(String name, Whereabouts where, Dialect dialect, Security security) {
    /// Where the host is.
    sealed interface Whereabouts {
        /// At these addresses, which are known already.
        record At(List<SocketAddress> addresses) implements Whereabouts {
            public At {
                addresses = List.copyOf(addresses);
            }
        }

        /// Where the DNS says, at `port`.
        record Unasked(int port) implements Whereabouts {}
    }

    /// The same host, approached by verified TLS; empty if it is never approached so.
    Optional<Hop> overTls() {
        return switch (security) {
            case NEVER -> Optional.empty();
            case STARTTLS, IMPLICIT -> Optional.of(this);
            case OPPORTUNISTIC -> Optional.of(new Hop(name, where, dialect, Security.STARTTLS));
        };
    }

    /// The stop at one of its addresses.
    Stop at(SocketAddress address) {
        return new Stop(name, address, dialect, security);
    }
}
