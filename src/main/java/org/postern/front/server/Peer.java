package org.postern.front.server;

import java.net.InetAddress;
import org.postern.mail.AddressText;
import org.postern.mail.Origin;

/// Who is at the other end of a session.
///
/// @param address as a key: `local`, `192.0.2.1` or `[2001:db8::1]`
/// @param hostName its name in the DNS, or `<unknown>`
/// @param user the user of this machine, or empty for a client from the network
record Peer(String address, String hostName, String user) {
    /// A user of this machine, at the local socket of `serverName`.
    static Peer local(String serverName, String user) {
        return new Peer(Origin.LOCAL, serverName, user);
    }

    /// A client from the network.
    static Peer remote(InetAddress address, String hostName) {
        return new Peer(AddressText.key(address), hostName, "");
    }
}
