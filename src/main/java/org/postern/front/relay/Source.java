package org.postern.front.relay;

import java.net.InetAddress;

/// Where a connection comes from.
sealed interface Source {
    /// The kernel chooses.
    record Any() implements Source {}

    /// This address of ours.
    record Address(InetAddress address) implements Source {}
}
