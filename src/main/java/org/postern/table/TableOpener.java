package org.postern.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Position;
import org.postern.config.Problem;
import org.postern.config.Service;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef;
import org.postern.config.TableRef.Shape;
import org.postern.table.Mistakes.Mistake;
import org.postern.table.Regex.Collection.Keeping;

/// Opens, or only checks, one table of a configuration after the other, and notes what is wrong.
/// Owned by one thread.
final class TableOpener {
    private final Config config;
    private final Watched.Watcher watcher;
    private final List<Contents> known;
    private final Backend.Source backends;
    private final Map<String, List<TableRef>> uses = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<Path> included = new HashSet<>();

    /// @param known contents that may serve again
    /// @param backends who answers for tables whose entries lie elsewhere
    TableOpener(
            Config config,
            Watched.Watcher watcher,
            Collection<Contents> known,
            Backend.Source backends) {
        this.config = config;
        this.watcher = watcher;
        this.known = List.copyOf(known);
        this.backends = backends;
        for (TableRef reference : config.references()) {
            uses.computeIfAbsent(reference.name(), _ -> new ArrayList<>(1)).add(reference);
        }
    }

    /// The contents of a table, unless something is wrong with it.
    Optional<Contents> open(TableDefinition table) {
        var use = use(table.name());
        try {
            return switch (table.origin()) {
                case Origin.Inline(var entries) -> list(use, entries, Keeping.ALL).contents();
                case Origin.InlineMapping(var pairs) -> mapping(use, pairs, Keeping.ALL).contents();
                case Origin.File(var path) -> file(table, use, Path.of(path));
                case Origin.Database(var path) ->
                        Optional.of(DatabaseContents.open(Path.of(path), watcher));
                case Origin.External _ -> Optional.of(new Contents.Asked(backends.of(table)));
                case Origin.Accounts() -> Optional.of(new Contents.Elsewhere());
            };
        } catch (IOException e) {
            note(table, e);
            return Optional.empty();
        }
    }

    /// Checks a table, and keeps nothing of it but the names of the files that it includes.
    void check(TableDefinition table) {
        var use = use(table.name());
        try {
            switch (table.origin()) {
                case Origin.Inline(var entries) -> list(use, entries, Keeping.NONE).report();
                case Origin.InlineMapping(var pairs) -> mapping(use, pairs, Keeping.NONE).report();
                case Origin.File(var path) -> {
                    TableText.Sink sink = (row, _) -> collectIncluded(row, use);
                    note(table, Path.of(path), FileContents.check(Path.of(path), use, sink));
                }
                case Origin.Database(var path) ->
                        collectIncluded(Database.open(Path.of(path)), use);
                case Origin.External _, Origin.Accounts _ -> {}
            }
        } catch (IOException e) {
            note(table, e);
        }
    }

    /// The files that the alias and virtual tables include which were checked.
    Set<Path> included() {
        return Set.copyOf(included);
    }

    /// Ends the opening.
    ///
    /// @throws ConfigException if anything was wrong, with all of it by file and place
    void throwProblems() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    problems.stream()
                            .sorted(
                                    Comparator.comparing((Problem one) -> one.at().file())
                                            .thenComparingInt(one -> one.at().line())
                                            .thenComparingInt(one -> one.at().column()))
                            .toList());
        }
    }

    private Use use(String name) {
        var services = EnumSet.noneOf(Service.class);
        var shapes = EnumSet.noneOf(Shape.class);
        for (TableRef reference : uses.getOrDefault(name, List.of())) {
            services.add(reference.service());
            shapes.add(reference.shape());
        }
        return new Use(services, shapes);
    }

    private InlineRows list(Use use, List<TableDefinition.Entry> entries, Keeping keeping) {
        var rows = new InlineRows(use, Shape.LIST, keeping);
        entries.forEach(entry -> rows.add(entry.at(), entry.key(), ""));
        return rows;
    }

    private InlineRows mapping(Use use, List<TableDefinition.Pair> pairs, Keeping keeping) {
        var rows = new InlineRows(use, Shape.MAPPING, keeping);
        pairs.forEach(pair -> rows.add(pair.at(), pair.key(), pair.value()));
        return rows;
    }

    /// The rows of a table that stands in the configuration; their "lines" count them.
    private final class InlineRows {
        private final Use use;
        private final Shape shape;
        private final Keeping keeping;
        private final Mistakes mistakes;
        private final Use.Checker checker;
        private final PackedRows.Packer packer = PackedRows.Packer.growing();
        private final List<Position> places = new ArrayList<>();

        InlineRows(Use use, Shape shape, Keeping keeping) {
            this.use = use;
            this.shape = shape;
            this.keeping = keeping;
            this.mistakes = new Mistakes(use.showing());
            this.checker = use.checker(mistakes, keeping);
        }

        void add(Position at, String key, String value) {
            var row = new Row();
            var bytes = (key + value).getBytes(StandardCharsets.ISO_8859_1);
            row.moveTo(bytes, 0, key.length());
            row.value(key.length(), bytes.length);
            row.line(places.size(), 0);
            places.add(at);
            if (key.length() > TableText.MAX_KEY) {
                mistakes.add(row, 0, "a key of more than " + TableText.MAX_KEY + " bytes");
            } else if (row.hasNul()) {
                mistakes.add(row, 0, "a NUL byte");
            } else {
                checker.check(row, shape);
                keep(row);
            }
        }

        private void keep(Row row) {
            switch (keeping) {
                case ALL -> packer.add(row, shape);
                case NONE -> collectIncluded(row, use);
            }
        }

        /// Reports what is wrong.
        void report() {
            for (Mistake mistake : mistakes.inOrder()) {
                problems.add(
                        config.sources()
                                .problem(places.get(mistake.line()), mistake.message(), List.of()));
            }
        }

        /// The rows as contents, if nothing is wrong; else that is reported.
        Optional<Contents> contents() {
            report();
            return mistakes.isEmpty()
                    ? Optional.of(
                            new Contents.Fixed(
                                    Entries.of(shape, packer.packed(shape), checker.expressions())))
                    : Optional.empty();
        }
    }

    private Optional<Contents> file(TableDefinition table, Use use, Path path) throws IOException {
        for (var contents : known) {
            if (contents instanceof FileContents file && file.isStill(path, use)) {
                return Optional.of(file);
            }
        }
        return switch (FileContents.open(path, use, watcher)) {
            case FileContents.Opening.Opened(var contents) -> Optional.of(contents);
            case FileContents.Opening.Refused(var mistakes) -> {
                note(table, path, mistakes);
                yield Optional.empty();
            }
        };
    }

    private void note(TableDefinition table, IOException e) {
        problems.add(config.sources().problem(table.at(), FileContents.cause(e), List.of()));
    }

    private void note(TableDefinition table, Path path, List<Mistake> mistakes) {
        for (Mistake mistake : mistakes) {
            var at = new Position(path.toString(), mistake.line(), mistake.column());
            var notes = new ArrayList<>(mistake.hints());
            notes.add("table \"" + table.name() + "\" is declared at " + table.at());
            int width = mistake.text().length() - mistake.column() + 1;
            problems.add(new Problem(at, mistake.message(), mistake.text(), width, notes));
        }
    }

    private void collectIncluded(Rows rows, Use use) throws IOException {
        if (use.services().contains(Service.ALIAS)) {
            rows.forEach(row -> collectIncluded(row, use));
        }
    }

    private void collectIncluded(Row row, Use use) {
        if (use.services().contains(Service.ALIAS)
                && row.valueHas("include:")
                && AliasValues.parse(row.value())
                        instanceof Answer.Found<List<AliasValue>>(var values)) {
            for (var value : values) {
                if (value instanceof AliasValue.Include(var path)) {
                    included.add(Path.of(path));
                }
            }
        }
    }
}
