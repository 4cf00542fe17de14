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

    /// Who the mail exchanger named `host` at `address` is.
    Kin of(String host, InetAddress address);
}
