package org.postern.table;

import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.TableRef;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// All tables of a configuration, opened.
public final class TableSet {
    private final Map<String, Table> tables;

    private TableSet(Map<String, Table> tables) {
        this.tables = Map.copyOf(tables);
    }

    /// Opens the tables of a configuration: reads their files and checks what they hold against the
    /// use that is made of them.
    ///
    /// @param complaints is told, one line each, of a file that has changed for the worse later on;
    ///   the table then keeps what it held. Called on the thread that asks the table.
    /// @throws ConfigException with all that is wrong
    public static TableSet open(Config config, Consumer<String> complaints) throws ConfigException {
        return new TableSet(new HashMap<>());
    }

    /// The table of this name.
    ///
    /// @throws IllegalArgumentException if the configuration has none, which [Config#parse]
    ///   prevents
    public Table table(String name) {
        var table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("no table " + name);
        }
        return table;
    }

    /// Whether a key is in the table that a directive refers to, asked as the directive wants it.
    public Answer<String> contains(TableRef use, String key) {
        return table(use.name()).contains(use.service(), key);
    }
}
