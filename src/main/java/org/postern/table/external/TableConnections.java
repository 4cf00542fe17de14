package org.postern.table.external;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.postern.config.Config;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.table.Answer;
import org.postern.table.Backend;
import org.postern.table.external.ExternalTable.Connector;
import org.postern.table.external.ExternalTable.Renewal;
import org.postern.table.settings.Kind;

/// The tables that other programs answer for, each with its connection. A table that is declared
/// the same way in the next configuration keeps it.
///
/// Guarded by its monitor.
public final class TableConnections implements Backend.Source, Closeable {
    /// Where the programs are called.
    @FunctionalInterface
    public interface Calls {
        /// How the program of a table is called.
        Connector to(String table, Origin.External origin);
    }

    private final Calls calls;
    private final Consumer<String> complaints;
    private final Map<Declared, ExternalTable> open = new HashMap<>();

    private record Declared(String table, Origin.External origin) {}

    /// No connection yet.
    ///
    /// @param complaints is told, one line each, what an administrator should look at
    public TableConnections(Calls calls, Consumer<String> complaints) {
        this.calls = calls;
        this.complaints = complaints;
    }

    @Override
    public synchronized Backend of(TableDefinition table) {
        if (!(table.origin() instanceof Origin.External origin)) {
            throw new IllegalArgumentException("nobody else answers for table " + table.name());
        }
        return open.computeIfAbsent(new Declared(table.name(), origin), this::connect);
    }

    private ExternalTable connect(Declared declared) {
        var connector = calls.to(declared.table(), declared.origin());
        // A built-in backend has its settings from the supervisor, who opens them when it starts
        // it.
        var renewal =
                Kind.named(declared.origin().type()).isPresent() ? Renewal.RESTART : Renewal.UPDATE;
        return ExternalTable.open(declared.table(), connector, renewal, complaints);
    }

    /// Makes the programs of a new configuration read again what they read; those that it does not
    /// have any more are hung up on, when the sessions of before have had their time.
    public void adopt(Config config) {
        Map<Declared, ExternalTable> kept;
        synchronized (this) {
            leave(config).forEach(ExternalTable::retire);
            kept = Map.copyOf(open);
        }
        kept.forEach(
                (declared, table) ->
                        Thread.ofVirtual()
                                .name("renewing a table")
                                .start(() -> renew(declared.table(), table)));
    }

    /// Hangs up on the programs that this configuration does not have: another came to nothing.
    public synchronized void drop(Config config) {
        leave(config).forEach(ExternalTable::close);
    }

    /// Forgets the tables that a configuration does not have, and gives them.
    private List<ExternalTable> leave(Config config) {
        var wanted = new HashSet<Declared>();
        for (var table : config.tables().values()) {
            if (table.origin() instanceof Origin.External origin) {
                wanted.add(new Declared(table.name(), origin));
            }
        }
        var left = new ArrayList<ExternalTable>();
        for (var declared : List.copyOf(open.keySet())) {
            if (!wanted.contains(declared)) {
                var table = open.remove(declared);
                if (table != null) {
                    left.add(table);
                }
            }
        }
        return left;
    }

    private void renew(String name, ExternalTable table) {
        if (table.reload() instanceof Answer.Failed<Integer>(var cause)) {
            complaints.accept(name + ": " + cause);
        }
    }

    /// Hangs up on all.
    @Override
    public synchronized void close() {
        open.values().forEach(ExternalTable::close);
        open.clear();
    }
}
