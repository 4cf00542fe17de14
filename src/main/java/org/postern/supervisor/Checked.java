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
import org.postern.ipc.Room;
import org.postern.table.TableSet;
import org.postern.table.settings.Kind;

/// A configuration that was checked whole, with what its tables hold.
///
/// @param included the files that the tables include, as the tables were when it was checked
record Checked(Config config, Set<Path> included) {
    Checked {
        included = Set.copyOf(included);
    }

    /// A configuration that was looked at whole, whatever is wrong with it.
    ///
    /// @param config what could be read of it
    /// @param problems what is wrong: first with its own files, then with what its tables hold
    record Look(Config config, List<Problem> problems, Set<Path> included) {
        Look {
            problems = List.copyOf(problems);
            included = Set.copyOf(included);
        }
    }

    /// Looks at a configuration and at what its tables hold. A mistake in the one hides none in the
    /// other.
    ///
    /// @param warnings takes what is doubtful
    /// @param place where programs that answer for tables may lie
    static Look look(Sources sources, Consumer<String> warnings, Place place) {
        var reading = Config.read(sources);
        var config = reading.config();
        config.warnings().stream().map(Problem::text).forEach(warnings);
        var problems = new ArrayList<>(reading.problems());
        for (var table : Answering.among(config)) {
            if (table.origin() instanceof Origin.External origin) {
                problems.addAll(problems(config, table, origin, place));
            }
        }
        try {
            return new Look(config, problems, TableSet.check(config));
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return new Look(config, problems, Set.of());
        }
    }

    /// Checks a configuration and what its tables hold; the rooms open the tables.
    ///
    /// @throws ConfigException with all that is wrong
    static Checked of(Sources sources, Consumer<String> warnings, Place place)
            throws ConfigException {
        var look = look(sources, warnings, place);
        if (!look.problems().isEmpty()) {
            throw new ConfigException(look.problems());
        }
        return new Checked(look.config(), look.included());
    }

    /// What a room is told of the configuration: passwords that stand in it are the keeper's.
    Sources sources(Room room) {
        return switch (room) {
            case KEEPER -> config.sources();
            case FRONT, QUEUE, DELIVERY -> config.discreetSources();
        };
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
