package org.postern.supervisor;

import java.util.Set;
import org.postern.config.Sources;
import org.postern.ipc.Leash;
import org.postern.os.Confinement;

/// How a room lives: what it may reach, and its first word.
///
/// @param footing what the confinement stands on, besides what it says: other files at its paths
///   are another confinement
/// @param tables how much memory it has for tables, in megabytes
record Life(Confinement confinement, String footing, int tables, Leash.Start start) {
    /// The generation of its configuration.
    long generation() {
        return start.sources().generation();
    }

    /// The same by another configuration.
    Life by(Sources sources) {
        return with(sources, start.paused());
    }

    /// The same with this paused.
    Life paused(Set<Leash.Lane> paused) {
        return with(start.sources(), paused);
    }

    /// Can a process that was started for this live like `wanted`, without another fence?
    boolean hasRoomFor(Life wanted) {
        return confinement.equals(wanted.confinement)
                && footing.equals(wanted.footing)
                && tables == wanted.tables;
    }

    private Life with(Sources sources, Set<Leash.Lane> paused) {
        var first =
                new Leash.Start(
                        start.config(),
                        start.spool(),
                        start.run(),
                        start.users(),
                        sources,
                        start.verbosity(),
                        start.sink(),
                        paused,
                        start.arrival(),
                        start.secret());
        return new Life(confinement, footing, tables, first);
    }
}
