package org.postern.supervisor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Problem;
import org.postern.config.Sources;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.ipc.Place;
import org.postern.table.TableSet;
import org.postern.table.settings.Kind;

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
    /// @param place where programs that answer for tables may lie
    /// @throws ConfigException with all that is wrong
    static Checked of(Sources sources, Consumer<String> warnings, Place place)
            throws ConfigException {
        var config = Config.parse(sources);
        config.warnings().stream().map(Problem::text).forEach(warnings);
        checkExternal(config, place);
        return new Checked(config, TableSet.check(config));
    }

    private static void checkExternal(Config config, Place place) throws ConfigException {
        var problems = new ArrayList<Problem>();
        for (var table : Answering.among(config)) {
            if (table.origin() instanceof Origin.External origin) {
                problems.addAll(problems(config, table, origin, place));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    private static List<Problem> problems(
            Config config, TableDefinition table, Origin.External origin, Place place) {
        if (table.name().indexOf('|') >= 0) {
            return problem(config, table, "the name of such a table has no '|'");
        }
        var answering = Answering.of(origin, place);
        if (answering.isEmpty()) {
            var type = origin.type();
            return Kind.named(type).isPresent()
                    ? problem(
                            config,
                            table,
                            "table type "
                                    + type
                                    + " needs a path, as in "
                                    + type
                                    + ":/etc/mail/"
                                    + type
                                    + ".conf")
                    : problem(
                            config,
                            table,
                            "no program table-" + type + " is installed",
                            "it was looked for in " + Answering.places(place),
                            "built in are sqlite, postgres, mysql, ldap and redis");
        }
        if (answering.get() instanceof Answering.BuiltIn builtIn) {
            try {
                var _ = builtIn.settings();
            } catch (ConfigException e) {
                return e.problems();
            } catch (IOException e) {
                return problem(
                        config,
                        table,
                        e instanceof AccessDeniedException
                                ? e.getMessage() + ": you may not read it"
                                : String.valueOf(e.getMessage()));
            }
        }
        return List.of();
    }

    private static List<Problem> problem(
            Config config, TableDefinition table, String message, String... notes) {
        return List.of(config.sources().problem(table.at(), message, List.of(notes)));
    }
}
