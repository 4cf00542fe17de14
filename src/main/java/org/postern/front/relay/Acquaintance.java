package org.postern.front.relay;

import java.net.InetAddress;

/// Knows whether a mail exchanger is this very machine.
interface Acquaintance {
    /// Who is at an address.
    enum Kin {
        /// Another host.
        STRANGER,
        /// We are: it and all that are not preferred to it would send the message back to us.
        OURSELVES,
        /// Nobody who could be meant: the loopback, no address at all, or a group.
        NOBODY
    }

    /// Is `host` a name of this machine, wherever it is, if anywhere?
    default boolean isOurName(String host) {
        return false;
    }

    /// Who the mail exchanger named `host` at `address` is.
    Kin of(String host, InetAddress address);
}
