package org.postern.table;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Position;
import org.postern.config.Problem;
import org.postern.config.Service;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef;
import org.postern.config.TableRef.Shape;
import org.postern.table.Entries.Row;
import org.postern.table.TableText.Mistake;

/// All tables of a configuration, opened. May be asked from any thread.
public final class TableSet {
    private final Config config;
    private final Map<String, Table> tables;
    private final Includes includes;

    private TableSet(Config config, Map<String, Table> tables, Consumer<String> complaints) {
        this.config = config;
        this.tables = Map.copyOf(tables);
        this.includes = new Includes(complaints);
    }

    /// Opens the tables of a configuration: reads their files and checks what they hold against the
    /// use that is made of them.
    ///
    /// @param complaints is told, one line each, of a file that has changed for the worse later on;
    ///   the table then keeps what it held. Called on the thread that asks the table.
    /// @throws ConfigException with all that is wrong
    public static TableSet open(Config config, Consumer<String> complaints) throws ConfigException {
        return open(config, complaints, InstantSource.system());
    }

    /// Opens only those tables that are asked for one of the services; for rooms that may not read
    /// all files. The others are not in the set.
    public static TableSet openFor(
            Set<Service> services, Config config, Consumer<String> complaints)
            throws ConfigException {
        var names =
                config.references().stream()
                        .filter(use -> services.contains(use.service()))
                        .map(TableRef::name)
                        .collect(Collectors.toSet());
        return open(config, names, complaints, InstantSource.system());
    }

    static TableSet open(Config config, Consumer<String> complaints, InstantSource clock)
            throws ConfigException {
        return open(config, config.tables().keySet(), complaints, clock);
    }

    private static TableSet open(
            Config config, Set<String> names, Consumer<String> complaints, InstantSource clock)
            throws ConfigException {
        var opener = new Opener(config, complaints, clock);
        config.tables().values().stream()
                .filter(table -> names.contains(table.name()))
                .forEach(opener::open);
        if (!opener.problems.isEmpty()) {
            throw new ConfigException(opener.inOrder());
        }
        return new TableSet(config, opener.tables, complaints);
    }

    /// The configuration whose tables these are.
    public Config config() {
        return config;
    }

    /// The table of this name.
    ///
    /// @throws IllegalArgumentException if the configuration has none, which [Config#parse]
    ///   prevents
    public Table table(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("no table " + name));
    }

    /// The table of this name, if the configuration has one.
    public Optional<Table> find(String name) {
        return Optional.ofNullable(tables.get(name));
    }

    /// Whether a key is in the table that a directive refers to, asked as the directive wants it.
    public Answer<String> contains(TableRef use, String key) {
        return table(use.name()).contains(use.service(), key);
    }

    /// Whether a key is in the table, asked for another service than the directive's; where the
    /// directive wants patterns, patterns it stays.
    public Answer<String> contains(TableRef use, Service service, String key) {
        return table(use.name())
                .contains(use.service() == Service.REGEX ? Service.REGEX : service, key);
    }

    /// The recipients that an alias or virtual table names for a key, in the order of the line,
    /// included files in the place of their names. Absent if there are none; a file that is
    /// included and missing counts for nothing, but one that is there and empty is an answer.
    public Answer<List<AliasValue>> aliases(TableRef use, String key) {
        return table(use.name())
                .lookup(use.service(), key)
                .then(AliasValues::parse)
                .then(includes::expand);
    }

    /// The files that the alias and virtual tables include, by what the tables hold now.
    public Set<Path> included() {
        var included = new HashSet<Path>();
        config.references().stream()
                .filter(use -> use.service() == Service.ALIAS)
                .map(TableRef::name)
                .distinct()
                .flatMap(name -> find(name).stream())
                .flatMap(table -> table.values().stream())
                .forEach(line -> collectIncluded(line, included));
        return included;
    }

    private static void collectIncluded(String line, Set<Path> into) {
        if (AliasValues.parse(line) instanceof Answer.Found<List<AliasValue>>(var values)) {
            for (var value : values) {
                if (value instanceof AliasValue.Include(var path)) {
                    into.add(Path.of(path));
                }
            }
        }
    }

    /// The account that a `userbase` table holds for a login.
    public Answer<UserEntry> user(TableRef use, String login) {
        return table(use.name())
                .lookup(use.service(), login)
                .then(text -> parsed(use, login, UserEntry.parse(text)));
    }

    /// The next smart host of a list.
    public Answer<RelayUrl> smartHost(TableRef use) {
        return table(use.name()).fetch().then(text -> parsed(use, text, RelayUrl.parse(text)));
    }

    /// The next source address of a list.
    public Answer<SourceAddress> source(TableRef use) {
        return table(use.name()).fetch().then(text -> parsed(use, text, SourceAddress.parse(text)));
    }

    private static <T> Answer<T> parsed(TableRef use, String key, Optional<T> value) {
        return value.<Answer<T>>map(Answer.Found::new)
                .orElseGet(
                        () ->
                                new Answer.Failed<>(
                                        "table " + use.name() + ": malformed for " + key));
    }

    /// Opens one table after the other, and notes what is wrong.
    private static final class Opener {
        private final Config config;
        private final Consumer<String> complaints;
        private final InstantSource clock;
        final Map<String, Table> tables = new HashMap<>();
        final List<Problem> problems = new ArrayList<>();

        Opener(Config config, Consumer<String> complaints, InstantSource clock) {
            this.config = config;
            this.complaints = complaints;
            this.clock = clock;
        }

        void open(TableDefinition table) {
            var use = use(table.name());
            var contents =
                    switch (table.origin()) {
                        case Origin.Inline(var entries) -> {
                            var places = entries.stream().map(TableDefinition.Entry::at).toList();
                            var keys = entries.stream().map(TableDefinition.Entry::key).toList();
                            yield fixed(use, Shape.LIST, places, rows(keys, keys));
                        }
                        case Origin.InlineMapping(var pairs) -> {
                            var places = pairs.stream().map(TableDefinition.Pair::at).toList();
                            var keys = pairs.stream().map(TableDefinition.Pair::key).toList();
                            var values = pairs.stream().map(TableDefinition.Pair::value).toList();
                            yield fixed(use, Shape.MAPPING, places, rows(keys, values));
                        }
                        case Origin.File(var path) -> file(table, use, Path.of(path));
                        case Origin.Database _, Origin.External _ ->
                                throw new IllegalStateException(
                                        "table " + table.name() + " is not supported yet");
                        case Origin.Accounts() -> Optional.<Contents>of(new Contents.Elsewhere());
                    };
            char delimiter = config.settings().subAddressDelimiter();
            contents.ifPresent(
                    held -> tables.put(table.name(), new Table(table.name(), held, delimiter)));
        }

        private Use use(String name) {
            var services = EnumSet.noneOf(Service.class);
            var shapes = EnumSet.noneOf(Shape.class);
            for (TableRef reference : config.references()) {
                if (reference.name().equals(name)) {
                    services.add(reference.service());
                    shapes.add(reference.shape());
                }
            }
            return new Use(services, shapes);
        }

        private static List<Row> rows(List<String> keys, List<String> values) {
            var rows = new ArrayList<Row>();
            for (int i = 0; i < keys.size(); i++) {
                rows.add(new Row(i, keys.get(i), values.get(i)));
            }
            return rows;
        }

        /// The contents of a table that stands in the configuration; its "lines" count its entries.
        private Optional<Contents> fixed(
                Use use, Shape shape, List<Position> places, List<Row> rows) {
            var mistakes = new ArrayList<Mistake>();
            for (Row row : rows) {
                if (row.key().length() > TableText.MAX_KEY) {
                    mistakes.add(
                            new Mistake(
                                    row.line(),
                                    "a key of more than " + TableText.MAX_KEY + " bytes"));
                }
            }
            var checked = use.check(shape, rows);
            mistakes.addAll(checked.mistakes());
            for (Mistake mistake : mistakes) {
                problems.add(
                        config.sources()
                                .problem(places.get(mistake.line()), mistake.message(), List.of()));
            }
            return mistakes.isEmpty()
                    ? Optional.of(
                            new Contents.Fixed(Entries.of(shape, rows, checked.expressions())))
                    : Optional.empty();
        }

        private Optional<Contents> file(TableDefinition table, Use use, Path path) {
            try {
                return switch (FileContents.open(path, use, clock, complaints)) {
                    case FileContents.Opening.Opened(var contents) -> Optional.of(contents);
                    case FileContents.Opening.Refused(var text, var mistakes) -> {
                        var lines = text.split("\n", -1);
                        for (Mistake mistake : mistakes) {
                            problems.add(problem(table, path, mistake, lines[mistake.line() - 1]));
                        }
                        yield Optional.empty();
                    }
                };
            } catch (IOException e) {
                problems.add(
                        config.sources().problem(table.at(), FileContents.cause(e), List.of()));
                return Optional.empty();
            }
        }

        private static Problem problem(
                TableDefinition table, Path path, Mistake mistake, String line) {
            var at = new Position(path.toString(), mistake.line(), 1);
            var note = "table \"" + table.name() + "\" is declared at " + table.at();
            return new Problem(at, mistake.message(), line, line.length(), List.of(note));
        }

        /// The problems by file and place; the map of tables has no order.
        List<Problem> inOrder() {
            return problems.stream()
                    .sorted(
                            java.util.Comparator.comparing((Problem one) -> one.at().file())
                                    .thenComparingInt(one -> one.at().line())
                                    .thenComparingInt(one -> one.at().column()))
                    .toList();
        }
    }
}
