package org.postern.front.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.postern.dns.ClientNames.ClientName;
import org.postern.mail.AddressText;
import org.postern.mail.Origin;

/// Who is at the other end of a session.
///
/// @param address as a key: `local`, `192.0.2.1` or `[2001:db8::1]`
/// @param name what the DNS says of its name
/// @param user the user of this machine, or empty for a client from the network
/// @param ends between whom the connection is
record Peer(String address, ClientName name, String user, Ends ends) {

    /// Between whom a connection is.
    sealed interface Ends {
        /// A client of the network and us; where a proxy speaks for the client, as the proxy says.
        record Network(InetSocketAddress client, InetSocketAddress server) implements Ends {}

        /// A user of this machine and us, by this socket.
        record Socket(Path path) implements Ends {}
    }

    /// A user of this machine, at the local socket of `serverName`.
    static Peer local(String serverName, String user, Path socket) {
        return new Peer(
                Origin.LOCAL, new ClientName.Confirmed(serverName), user, new Ends.Socket(socket));
    }

    /// Is it a client whose packets do not leave this machine?
    boolean isOnThisMachine() {
        return address.startsWith("127.") || address.equals("[::1]");
    }

    /// A client from the network.
    static Peer remote(Ends.Network ends, ClientName name) {
        return new Peer(AddressText.key(ends.client().getAddress()), name, "", ends);
    }

    /// Its name in the DNS, or `<unknown>`. A name that does not lead back to the address is one
    /// that anybody could have chosen: it is not used, neither by rules nor in the log.
    String hostName() {
        return switch (name) {
            case ClientName.Confirmed(var confirmed) -> confirmed;
            case ClientName.Unconfirmed _, ClientName.Nameless _, ClientName.CouldNotLook _ ->
                    Origin.UNKNOWN_HOST;
        };
    }
}
