package org.postern.front.relay;

import org.postern.config.Config;
import org.postern.front.filter.Filters;
import org.postern.table.TableSet;

/// Knows what actions mean.
interface Planner {
    /// What the action named `name` means now.
    Plan.Answer plan(String name);

    /// Is there an action of that name that sends mail on?
    default boolean knows(String name) {
        return true;
    }

    /// From now on `config` says what actions mean.
    void reload(Config config, TableSet tables, Filters filters);
}
