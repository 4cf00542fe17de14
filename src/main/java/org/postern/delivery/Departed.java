package org.postern.delivery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.postern.config.LocalAction;
import org.postern.table.TableSet;

/// Actions that a reload has taken away, with the tables of their time: a session that began before
/// goes on by them, and still asks about their users. The latest few. May be used from any thread.
final class Departed {
    private static final int MOST = 16;

    private final Map<String, TableSet> last = new LinkedHashMap<>(); // guarded by this

    /// From now on `now` holds instead of `before`.
    synchronized void reloaded(TableSet before, TableSet now) {
        for (var name : before.config().actions().keySet()) {
            last.remove(name);
            last.put(name, before);
        }
        // Those that are back stay: somebody may look between this and the change of the tables.
        var gone = new ArrayList<>(last.keySet());
        gone.removeAll(now.config().actions().keySet());
        for (var name : gone.subList(0, Math.max(0, gone.size() - MOST))) {
            last.remove(name);
        }
    }

    /// The tables by which to look for the users of an action: those of `now`, unless it is a local
    /// one no more and was one before.
    TableSet tables(String action, TableSet now) {
        return isLocal(now, action) ? now : before(action).orElse(now);
    }

    private synchronized Optional<TableSet> before(String action) {
        return Optional.ofNullable(last.get(action)).filter(tables -> isLocal(tables, action));
    }

    private static boolean isLocal(TableSet tables, String action) {
        return tables.config().action(action).orElse(null) instanceof LocalAction;
    }
}
