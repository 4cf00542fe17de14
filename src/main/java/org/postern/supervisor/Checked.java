package org.postern.supervisor;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Problem;
import org.postern.config.Sources;
import org.postern.table.TableSet;

/// A configuration that was checked whole, with what its tables hold.
///
/// @param included the files that the tables include, as the tables were when it was checked
record Checked(Config config, Set<Path> included) {
    Checked {
        included = Set.copyOf(included);
    }

    /// Checks a configuration and what its tables hold; the rooms open the tables.
    ///
    /// @param warnings takes what is doubtful
    /// @throws ConfigException with all that is wrong
    static Checked of(Sources sources, Consumer<String> warnings) throws ConfigException {
        var config = Config.parse(sources);
        config.warnings().stream().map(Problem::text).forEach(warnings);
        return new Checked(config, TableSet.check(config));
    }
}
