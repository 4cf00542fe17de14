package org.postern.supervisor;

import java.util.EnumSet;
import java.util.Set;
import org.postern.config.Action;
import org.postern.config.Config;
import org.postern.config.LocalAction;
import org.postern.config.RelayAction;
import org.postern.ipc.Room;

/// Which rooms a configuration needs. One that it does not need is not started.
final class Needs {
    private Needs() {}

    /// The rooms for `config`, in the order in which they are started: each after those it speaks
    /// to.
    static Set<Room> of(Config config) {
        var rooms = EnumSet.of(Room.QUEUE, Room.FRONT);
        boolean asksPasswords =
                config.listeners().stream().anyMatch(one -> one.authentication().isPresent());
        if (!config.pki().isEmpty() || asksPasswords) {
            rooms.add(Room.KEEPER);
        }
        for (Action action : config.actions().values()) {
            switch (action) {
                case LocalAction _ -> rooms.add(Room.DELIVERY);
                case RelayAction _ -> {}
            }
        }
        return rooms;
    }
}
