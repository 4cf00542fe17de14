package org.postern.front.server;

import java.net.InetSocketAddress;
import org.postern.dns.ClientNames.ClientName;
import org.postern.mail.AddressText;

/// Clients of tests.
final class Peers {
    /// A client of the network.
    static final Peer CLIENT = at("192.0.2.10", new ClientName.Confirmed("client.example.net"));

    /// A client on this machine.
    static final Peer LOOPBACK = at("127.0.0.1", new ClientName.Confirmed("localhost"));

    private Peers() {}

    /// A client at an address, of which the DNS says so much.
    static Peer at(String address, ClientName name) {
        return Peer.remote(
                new Peer.Ends.Network(
                        new InetSocketAddress(AddressText.parse(address), 40_000),
                        new InetSocketAddress(AddressText.parse("192.0.2.25"), 25)),
                name);
    }
}
