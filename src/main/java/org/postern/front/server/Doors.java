package org.postern.front.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postern.dns.Resolver.Family;
import org.postern.ipc.RoomLife;
import org.postern.log.Log;

/// The doors of a server, and how they become those of another configuration: one that stays is not
/// touched, and so refuses nobody in between. Guarded by its own monitor.
final class Doors {
    private final Gate gate;
    private final Log log;
    private final Map<InetSocketAddress, Door> open = new LinkedHashMap<>();

    /// Doors that are left, and perhaps not closed yet.
    private final Map<InetSocketAddress, Door> leaving = new LinkedHashMap<>();

    Doors(Gate gate, Log log) {
        this.gate = gate;
        this.log = log;
    }

    /// Binds the addresses that are new; nobody is let in there before that is adopted.
    ///
    /// @param host who holds the sessions that begin once it is adopted
    /// @param sharing whether others listen there, who make way
    /// @throws IOException if one cannot be bound; then none is
    synchronized RoomLife.Ready prepare(
            Map<InetSocketAddress, Map<Family, Entrance>> entrances,
            Door.Host host,
            Door.Sharing sharing)
            throws IOException {
        var wanted = new LinkedHashMap<InetSocketAddress, Door.Welcome>();
        entrances.forEach((where, some) -> wanted.put(where, new Door.Welcome(some, host)));
        var change = new Change(wanted);
        try {
            for (var entry : wanted.entrySet()) {
                if (!open.containsKey(entry.getKey())) {
                    change.open(entry.getKey(), entry.getValue(), sharing);
                }
            }
            return change;
        } catch (IOException e) {
            change.drop();
            throw e;
        }
    }

    /// Lets others bind the same addresses, or no longer.
    synchronized void share(Door.Sharing sharing) {
        open.values().forEach(door -> door.share(sharing));
    }

    /// The ports.
    synchronized List<Integer> ports() {
        return open.values().stream().map(Door::port).toList();
    }

    /// Leaves all doors.
    synchronized void leave() {
        open.values().forEach(Door::leave);
        leaving.putAll(open);
        open.clear();
    }

    /// Closes all doors.
    synchronized void close() {
        open.values().forEach(Door::close);
        leaving.values().forEach(Door::close);
        open.clear();
        leaving.clear();
    }

    /// The way from the doors of now to those that are wanted.
    private final class Change implements RoomLife.Ready {
        private final Map<InetSocketAddress, Door.Welcome> wanted;
        private final Map<InetSocketAddress, Door> fresh = new LinkedHashMap<>();

        /// Doors that were being left, and stay.
        private final Map<InetSocketAddress, Door> kept = new LinkedHashMap<>();

        Change(Map<InetSocketAddress, Door.Welcome> wanted) {
            this.wanted = wanted;
        }

        void open(InetSocketAddress where, Door.Welcome welcome, Door.Sharing sharing)
                throws IOException {
            var left = leaving.remove(where);
            if (left != null && left.stay()) {
                kept.put(where, left);
                return;
            }
            var inTheWay = inTheWay(where);
            inTheWay.forEach(door -> door.share(Door.Sharing.SHARED));
            try {
                fresh.put(
                        where,
                        Door.bind(
                                where,
                                welcome,
                                inTheWay.isEmpty() ? sharing : Door.Sharing.SHARED,
                                gate,
                                log));
            } finally {
                inTheWay.forEach(door -> door.share(Door.Sharing.ALONE));
            }
        }

        /// The doors that go and have the same port: where one of the two addresses includes the
        /// other, the new one could not be bound before the old one is closed.
        private List<Door> inTheWay(InetSocketAddress where) {
            var doors = new ArrayList<Door>();
            for (var entry : open.entrySet()) {
                if (entry.getKey().getPort() == where.getPort()
                        && !wanted.containsKey(entry.getKey())) {
                    doors.add(entry.getValue());
                }
            }
            for (var entry : leaving.entrySet()) {
                if (entry.getKey().getPort() == where.getPort()) {
                    doors.add(entry.getValue());
                }
            }
            return doors;
        }

        @Override
        public void adopt() {
            synchronized (Doors.this) {
                var gone = new LinkedHashMap<>(open);
                gone.keySet().removeAll(wanted.keySet());
                open.keySet().removeAll(gone.keySet());
                open.putAll(kept);
                wanted.forEach(
                        (where, welcome) -> {
                            var door = open.get(where);
                            if (door != null) {
                                door.change(welcome);
                            }
                        });
                open.putAll(fresh);
                fresh.values().forEach(Door::start);
                gone.values().forEach(Door::leave);
                leaving.values().removeIf(Door::isClosed);
                leaving.putAll(gone);
            }
        }

        @Override
        public void drop() {
            synchronized (Doors.this) {
                fresh.values().forEach(Door::close);
                kept.values().forEach(Door::leave);
                leaving.putAll(kept);
            }
        }
    }
}
