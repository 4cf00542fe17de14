package org.postern.front.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.postern.config.Crowding;
import org.postern.front.arrival.Crowd;
import org.postern.front.arrival.ProxyHeader;
import org.postern.log.Log;
import org.postern.mail.AddressText;
import org.postern.mail.SessionId;
import org.postern.smtp.Reply;
import org.postern.table.Answer;

/// What happens to a connection from the network before its session: it is counted, a proxy says
/// whom it speaks for, the client finds its place, and its name is looked up.
///
/// A connection counts from here to its end, whatever becomes of it. A proxy does not count as a
/// client; those whom it speaks for do.
final class Arrivals {
    /// How long a proxy may take to say for whom it speaks; it says so at once.
    private static final Duration HEADER_PATIENCE = Duration.ofSeconds(30);

    /// Holds the session.
    @FunctionalInterface
    interface Next {
        /// Holds it; returns when it is over.
        void hold(SessionId id, Link link, Reception reception, Peer peer);
    }

    private final Server.Parts parts;
    private final Log log;
    private final SessionId.Source ids;
    private final Semaphore places;
    private final Crowd crowd = new Crowd(System::nanoTime);
    private final Refusals refusals;

    Arrivals(Server.Parts parts, SessionId.Source ids) {
        this.parts = parts;
        this.log = parts.log();
        this.ids = ids;
        this.places = new Semaphore(parts.mostSessions());
        this.refusals = new Refusals(log, System::nanoTime);
    }

    /// Those for whom there is no place are turned away by this.
    Refusals refusals() {
        return refusals;
    }

    /// Receives a connection, and returns when all is over; the caller closes it.
    void receive(Socket socket, Entrance entrance, Crowding limits, Next next) throws IOException {
        var link = new TcpLink(socket, parts.deadlines());
        if (!places.tryAcquire()) {
            refuse(link, entrance, socket.getInetAddress(), Replies.TOO_MANY_SESSIONS);
            return;
        }
        try {
            var id = ids.next();
            var client = client(socket, link, entrance, id);
            if (client.isPresent()) {
                place(
                        client.get(),
                        entrance,
                        limits,
                        link,
                        (r, peer) -> next.hold(id, link, r, peer));
            }
        } finally {
            places.release();
            refusals.tick();
        }
    }

    /// Between whom the connection is: the ends that it has, or those that a proxy names. Empty if
    /// the proxy is none, or is not understood.
    private Optional<Peer.Ends.Network> client(
            Socket socket, TcpLink link, Entrance entrance, SessionId id) {
        var itself =
                new Peer.Ends.Network(
                        (InetSocketAddress) socket.getRemoteSocketAddress(),
                        (InetSocketAddress) socket.getLocalSocketAddress());
        var proxy = entrance.isProxy(socket);
        if (proxy.isEmpty()) {
            return Optional.of(itself);
        }
        var address = AddressText.key(socket.getInetAddress());
        var fault =
                switch (proxy.get()) {
                    case Answer.Absent<String>() -> "not a proxy that may speak for others";
                    case Answer.Failed<String>(var cause) ->
                            "cannot tell who it is (" + cause + ')';
                    case Answer.Found<String> _ -> "";
                };
        if (!fault.isEmpty()) {
            closed(id, address, fault);
            return Optional.empty();
        }
        log.entry()
                .id(id)
                .subsystem("smtp")
                .word("event", "proxy")
                .word("address", address)
                .write();
        return switch (header(link)) {
            case ProxyHeader.Itself() -> Optional.of(itself);
            case ProxyHeader.Malformed(var reason) -> {
                closed(id, address, reason);
                yield Optional.empty();
            }
            case ProxyHeader.Client(var from, var to) -> {
                if (isImpossible(from.getAddress(), socket)) {
                    var said = AddressText.key(from.getAddress());
                    closed(id, address, "address translation (not a client: " + said + ')');
                    yield Optional.empty();
                }
                yield Optional.of(new Peer.Ends.Network(from, to));
            }
        };
    }

    private static ProxyHeader header(Link link) {
        long end = System.nanoTime() + HEADER_PATIENCE.toNanos();
        try {
            return ProxyHeader.read(
                    (into, from, length) -> {
                        var left = Duration.ofNanos(end - System.nanoTime());
                        if (left.isNegative() || left.isZero()) {
                            throw new SocketTimeoutException("the header did not come in time");
                        }
                        return link.read(into, from, length, left);
                    });
        } catch (SocketTimeoutException e) {
            return new ProxyHeader.Malformed("timeout");
        } catch (EOFException e) {
            return new ProxyHeader.Malformed("disconnected");
        } catch (IOException e) {
            return new ProxyHeader.Malformed("IO error (" + e.getMessage() + ')');
        }
    }

    /// Can it not be the address of somebody who has connected to the proxy? A loopback address is
    /// its own machine's, and says nothing on another: ours is trusted with more.
    private static boolean isImpossible(InetAddress address, Socket proxy) {
        var host = proxy.getInetAddress();
        boolean isHere = host.isLoopbackAddress() || host.equals(proxy.getLocalAddress());
        return address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || (address.isLoopbackAddress() && !isHere);
    }

    private void closed(SessionId id, String address, String reason) {
        log.entry()
                .subsystem("proxy")
                .id(id)
                .word("event", "closed")
                .word("address", address)
                .quoted("reason", reason)
                .write();
    }

    /// What is done with a client that has its place.
    @FunctionalInterface
    private interface Welcomed {
        void greet(Reception reception, Peer peer);
    }

    private void place(
            Peer.Ends.Network ends, Entrance entrance, Crowding limits, Link link, Welcomed next)
            throws IOException {
        var client = ends.client().getAddress();
        if (client.isLoopbackAddress()) {
            welcome(ends, entrance, next);
            return;
        }
        switch (crowd.enter(client, limits)) {
            case TOO_MANY -> refuse(link, entrance, client, Replies.TOO_MANY_OF_YOURS);
            case TOO_FAST -> refuse(link, entrance, client, Replies.TOO_FAST);
            case PLACE -> {
                try {
                    welcome(ends, entrance, next);
                } finally {
                    crowd.leave(client);
                }
            }
        }
    }

    private void welcome(Peer.Ends.Network ends, Entrance entrance, Welcomed next) {
        var reception = entrance.receptionAt(List.of(ends.server().getAddress()), log);
        var client = ends.client().getAddress();
        var name = parts.names().of(client);
        next.greet(
                entrance.maySpeakForOthers(client, log) ? reception.ofSpeaker() : reception,
                Peer.remote(ends, name));
    }

    private void refuse(Link link, Entrance entrance, InetAddress client, Reply reply)
            throws IOException {
        var address = AddressText.key(client);
        if (entrance.isTlsOnly()) {
            refusals.refuse(address, reply);
        } else {
            refusals.refuse(link, address, reply);
        }
    }
}
