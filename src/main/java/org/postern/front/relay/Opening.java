package org.postern.front.relay;

/// What came of trying to begin a session.
sealed interface Opening {
    /// It is ready for a mail transaction.
    record Ready(ClientSession session) implements Opening {}

    /// It was not to be.
    record Shut(Fault fault, String why) implements Opening {}

    /// What was in the way.
    enum Fault {
        /// Nobody answered there.
        NETWORK,
        /// The whole address family cannot be reached from here.
        UNREACHABLE_FAMILY,
        /// Our own address cannot be used.
        SOURCE,
        /// The host does not offer the TLS that is demanded of it.
        INSECURE,
        /// The host offers it, but cannot prove who it is, or agrees on none that is good enough.
        UNTRUSTED,
        /// The host answered, but not as a server that takes mail.
        REFUSED,
        /// The host, or our own limit, says: too many connections.
        BUSY
    }
}
