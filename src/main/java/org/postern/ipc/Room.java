package org.postern.ipc;

import java.util.Locale;

/// The rooms of the house that the supervisor starts.
public enum Room {
    FRONT,
    QUEUE,
    KEEPER,
    DELIVERY;

    /// The room's name as it stands on a command line, in a path and in the log.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
