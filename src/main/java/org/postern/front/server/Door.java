package org.postern.front.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import org.postern.dns.Resolver.Family;
import org.postern.log.Log;

/// One socket that clients from the network connect to. Its thread does nothing but accept: what
/// takes time is done by the thread of each session.
final class Door {
    /// How many connections may wait to be accepted.
    private static final int BACKLOG = 4096;

    /// Holds the session of a client.
    @FunctionalInterface
    interface Host {
        /// Holds the session; returns when it is over. The socket is closed by the door.
        void receive(Socket socket, InetAddress client, Reception reception) throws IOException;
    }

    private final ServerSocket server;
    private final Gate gate;
    private final Host host;
    private final Log log;
    private volatile Map<Family, Reception> receptions;

    private Door(
            ServerSocket server, Map<Family, Reception> receptions, Gate gate, Host host, Log log) {
        this.server = server;
        this.receptions = Map.copyOf(receptions);
        this.gate = gate;
        this.host = host;
        this.log = log;
    }

    /// Binds `where`; nobody is let in before [#start].
    static Door bind(
            InetSocketAddress where,
            Map<Family, Reception> receptions,
            Gate gate,
            Host host,
            Log log)
            throws IOException {
        var server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(where, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on " + where + ": " + e.getMessage(), e);
        }
        return new Door(server, receptions, gate, host, log);
    }

    /// Lets clients in.
    void start() {
        Thread.ofVirtual().name("door " + server.getLocalPort()).start(this::accept);
    }

    /// The port it is bound to.
    int port() {
        return server.getLocalPort();
    }

    /// From now on clients are received so.
    void change(Map<Family, Reception> newReceptions) {
        receptions = Map.copyOf(newReceptions);
    }

    private void accept() {
        boolean inTrouble = false;
        while (!server.isClosed()) {
            try {
                gate.pass();
                var socket = server.accept();
                gate.pass();
                Thread.ofVirtual().name("session").start(() -> receive(socket));
                if (inTrouble) {
                    inTrouble = false;
                    log.warn("smtp: fd exhaustion over, re-enabling incoming connections");
                }
            } catch (SocketException e) {
                if (server.isClosed()) {
                    return;
                }
                inTrouble = trouble(e, inTrouble);
            } catch (IOException e) {
                inTrouble = trouble(e, inTrouble);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// Out of descriptors, most likely: say so once, and wait for some to be closed.
    private boolean trouble(IOException e, boolean known) {
        if (!known) {
            log.warn("Disabling incoming SMTP connections: " + Log.visible(e.toString()));
        }
        try {
            Thread.sleep(100);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private void receive(Socket socket) {
        try (socket) {
            var client = socket.getInetAddress();
            var reception = receptions.get(Family.of(client));
            if (reception != null) {
                host.receive(socket, client, reception);
            }
        } catch (IOException e) {
            log.debug("smtp: connection lost before its session: " + Log.visible(e.toString()));
        } catch (RuntimeException e) {
            log.bug("smtp: receiving a client", e);
        }
    }

    /// Lets nobody in any more. Sessions go on.
    void close() {
        try {
            server.close();
        } catch (IOException e) {
            log.warn("smtp: closing a listener: " + Log.visible(e.toString()));
        }
    }
}
