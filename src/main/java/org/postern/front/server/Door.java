package org.postern.front.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postern.dns.Resolver.Family;
import org.postern.ipc.Vital;
import org.postern.log.Log;

/// One socket that clients from the network connect to. Its thread does nothing but accept: what
/// takes time is done by the thread of each session.
///
/// A door that is left lets in who has come before it is closed, so that a reload refuses nobody
/// whom the kernel has already welcomed.
final class Door {
    /// How many connections may wait to be accepted.
    private static final int BACKLOG = 4096;

    /// Holds the session of a client.
    @FunctionalInterface
    interface Host {
        /// Holds the session; returns when it is over. The socket is closed by the door.
        void receive(Socket socket, Entrance entrance) throws IOException;
    }

    /// How clients are received by one configuration, and by whom: the two change together, so that
    /// no session is held by half of each.
    record Welcome(Map<Family, Entrance> entrances, Host host) {
        Welcome {
            entrances = Map.copyOf(entrances);
        }
    }

    /// How long a door that is left waits for one more client, in milliseconds.
    private static final int LAST_CALL = 1;

    private static final int KNOCK_PATIENCE = 1000;
    private static final int KNOCKS = 40;
    private static final long BETWEEN_KNOCKS = 25;

    /// Whether another socket may listen at the same address.
    enum Sharing {
        /// None may.
        ALONE,
        /// One of this user's that allows it, too, may: for the moment in which one takes the place
        /// of the other.
        SHARED
    }

    private enum Stage {
        OPEN,
        LEAVING,
        CLOSED
    }

    private final ServerSocket server;
    private final Gate gate;
    private final Log log;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Welcome welcome;
    private volatile int knocking = -1;
    private Stage stage = Stage.OPEN; // guarded by this

    private Door(ServerSocket server, Welcome welcome, Gate gate, Log log) {
        this.server = server;
        this.welcome = welcome;
        this.gate = gate;
        this.log = log;
    }

    /// Binds `where`, which a [Sharing#SHARED] door may share until it is bound; nobody is let in
    /// before [#start].
    static Door bind(InetSocketAddress where, Welcome welcome, Sharing sharing, Gate gate, Log log)
            throws IOException {
        var server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            if (sharing == Sharing.SHARED) {
                server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            server.bind(where, BACKLOG);
            if (sharing == Sharing.SHARED) {
                server.setOption(StandardSocketOptions.SO_REUSEPORT, false);
            }
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on " + where + ": " + e.getMessage(), e);
        }
        return new Door(server, welcome, gate, log);
    }

    /// Lets clients in.
    void start() {
        Thread.ofVirtual().name("door " + server.getLocalPort()).start(Vital.thread(this::accept));
    }

    /// The port it is bound to.
    int port() {
        return server.getLocalPort();
    }

    /// From now on clients are received so.
    void change(Welcome newWelcome) {
        welcome = newWelcome;
    }

    private void accept() {
        boolean inTrouble = false;
        while (!server.isClosed()) {
            try {
                gate.pass();
                var socket = server.accept();
                if (isKnock(socket)) {
                    socket.close();
                    continue;
                }
                gate.pass();
                Thread.ofVirtual().name("session").start(() -> receive(socket));
                if (inTrouble) {
                    inTrouble = false;
                    log.warn("smtp: fd exhaustion over, re-enabling incoming connections");
                }
            } catch (SocketTimeoutException e) {
                closeIfLeft();
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
            var now = welcome;
            var entrance = now.entrances().get(Family.of(socket.getInetAddress()));
            if (entrance != null) {
                now.host().receive(socket, entrance);
            }
        } catch (IOException e) {
            log.debug("smtp: connection lost before its session: " + Log.visible(e.toString()));
        } catch (RuntimeException e) {
            log.bug("smtp: receiving a client", e);
        }
    }

    /// Lets others bind the same address, or no longer.
    void share(Sharing sharing) {
        try {
            server.setOption(StandardSocketOptions.SO_REUSEPORT, sharing == Sharing.SHARED);
        } catch (IOException e) {
            log.debug("smtp: a listener cannot be shared: " + Log.visible(e.toString()));
        }
    }

    /// Lets in who has already come, and then nobody any more; while the gate is shut, that waits.
    /// Sessions go on.
    void leave() {
        synchronized (this) {
            if (stage != Stage.OPEN) {
                return;
            }
            stage = Stage.LEAVING;
            limit(LAST_CALL);
        }
        int knocks = 0;
        do {
            knock();
        } while (++knocks < KNOCKS && !isClosed() && !gate.isShut());
        if (!gate.isShut()) {
            closeIfLeft();
        }
    }

    /// A door that is being left stays open after all; false if it is closed already.
    synchronized boolean stay() {
        if (stage == Stage.CLOSED) {
            return false;
        }
        stage = Stage.OPEN;
        limit(0);
        return true;
    }

    private void limit(int milliseconds) {
        try {
            server.setSoTimeout(milliseconds);
        } catch (SocketException e) {
            // It is closed.
        }
    }

    /// Wakes the thread that accepts, by a connection of our own: nothing else reaches a thread
    /// that waits there but closing the socket, which hangs up on all who wait to be accepted.
    /// Where a successor shares the address, the kernel may hand the connection to it.
    private void knock() {
        var at = server.getInetAddress();
        var host = at.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : at;
        try (var socket = new Socket()) {
            socket.bind(new InetSocketAddress(host, 0));
            knocking = socket.getLocalPort();
            socket.connect(new InetSocketAddress(host, port()), KNOCK_PATIENCE);
            var _ = closed.await(BETWEEN_KNOCKS, TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isKnock(Socket socket) {
        return socket.getPort() == knocking
                && socket.getInetAddress().equals(socket.getLocalAddress());
    }

    private synchronized void closeIfLeft() {
        if (stage == Stage.LEAVING) {
            close();
        }
    }

    /// Is it closed, and its address free? The socket calls itself closed a moment before it is.
    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /// Hangs up on those who wait to be accepted, and lets nobody in any more. Sessions go on.
    synchronized void close() {
        stage = Stage.CLOSED;
        try {
            server.close();
        } catch (IOException e) {
            log.warn("smtp: closing a listener: " + Log.visible(e.toString()));
        }
        closed.countDown();
    }
}
