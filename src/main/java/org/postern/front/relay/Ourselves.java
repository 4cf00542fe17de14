package org.postern.front.relay;

import java.net.InetAddress;
import org.postern.config.Config;
import org.postern.mail.AddressSyntax;

/// Knows this machine by the names and addresses of the configuration.
final class Ourselves implements Acquaintance {
    private final Plans plans;

    Ourselves(Plans plans) {
        this.plans = plans;
    }

    @Override
    public Kin of(String host, InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || AddressSyntax.fold(host).equals("localhost")
                || isThisNetwork(address)) {
            return Kin.NOBODY;
        }
        return isOurs(plans.config(), host, address) ? Kin.OURSELVES : Kin.STRANGER;
    }

    @Override
    public boolean isOurName(String host) {
        return isOurName(plans.config(), host);
    }

    /// `0.0.0.0/8`, which some systems take for themselves (RFC 1122 section 3.2.1.3).
    private static boolean isThisNetwork(InetAddress address) {
        var bytes = address.getAddress();
        return bytes.length == 4 && bytes[0] == 0;
    }

    private static boolean isOurs(Config config, String host, InetAddress address) {
        return isOurName(config, host)
                || config.sources().host().localAddresses().contains(Stop.key(address));
    }

    /// The name of the server, or one that a listener greets with.
    private static boolean isOurName(Config config, String host) {
        var name = AddressSyntax.fold(host);
        return name.equals(AddressSyntax.fold(config.serverName()))
                || config.listeners().stream()
                        .flatMap(listener -> listener.hostname().stream())
                        .anyMatch(hostname -> name.equals(AddressSyntax.fold(hostname)));
    }
}
