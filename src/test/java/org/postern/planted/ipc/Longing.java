package org.postern.planted.ipc;

import org.postern.planted.supervisor.Watch;

/// A conversation that knows a room, and wires it.
public final class Longing {
    @Override
    public String toString() {
        return new Watch().toString();
    }
}
