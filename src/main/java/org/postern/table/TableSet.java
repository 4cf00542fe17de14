package org.postern.table;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Service;
import org.postern.config.TableDefinition;
import org.postern.config.TableRef;

/// All tables of a configuration, opened. May be asked from any thread.
public final class TableSet {
    private final Config config;
    private final Part part;
    private final Map<String, Table> tables;
    private final Watched.Watcher watcher;
    private final Backend.Source backends;
    private final Includes includes;

    private TableSet(
            Config config,
            Part part,
            Map<String, Table> tables,
            Watched.Watcher watcher,
            Backend.Source backends) {
        this.config = config;
        this.part = part;
        this.tables = Map.copyOf(tables);
        this.watcher = watcher;
        this.backends = backends;
        this.includes = new Includes(watcher.complaints());
    }

    /// Which tables of a configuration are in a set.
    private sealed interface Part {
        /// All.
        record All() implements Part {}

        /// Those that are asked for another service than these, or for none.
        record ButFor(Set<Service> services) implements Part {}

        /// Those that are asked for one of these services.
        record AskedFor(Set<Service> services) implements Part {}

        default boolean has(TableDefinition table, Config config) {
            return switch (this) {
                case All() -> true;
                case ButFor(var services) ->
                        uses(table, config).isEmpty() || !services.containsAll(uses(table, config));
                case AskedFor(var services) ->
                        uses(table, config).stream().anyMatch(services::contains);
            };
        }

        private static Set<Service> uses(TableDefinition table, Config config) {
            return config.services(table.name());
        }
    }

    /// Opens the tables of a configuration: reads their files and checks what they hold against the
    /// use that is made of them.
    ///
    /// @param complaints is told, one line each, of a file that has changed for the worse later on;
    ///   the table then keeps what it held. Called on the thread that asks the table.
    /// @throws ConfigException with all that is wrong
    public static TableSet open(Config config, Consumer<String> complaints) throws ConfigException {
        return open(config, complaints, Backend.Source.NONE);
    }

    /// The same for the room that asks the programs and servers which answer for tables.
    public static TableSet open(Config config, Consumer<String> complaints, Backend.Source backends)
            throws ConfigException {
        var watcher = new Watched.Watcher(InstantSource.system(), complaints);
        return open(config, new Part.All(), watcher, List.of(), backends);
    }

    /// The same, without the tables that are asked for nothing but these services: they are not in
    /// the set. All questions and answers are shown to `witness`.
    public static TableSet openButFor(
            Set<Service> services,
            Config config,
            Consumer<String> complaints,
            Backend.Source backends,
            Table.Witness witness)
            throws ConfigException {
        var watcher = new Watched.Watcher(InstantSource.system(), complaints, witness);
        var part = new Part.ButFor(Set.copyOf(services));
        return open(config, part, watcher, List.of(), backends);
    }

    /// Opens only those tables that are asked for one of the services; for rooms that may not read
    /// all files, or need not. The others are not in the set.
    public static TableSet openFor(
            Set<Service> services,
            Config config,
            Consumer<String> complaints,
            Backend.Source backends)
            throws ConfigException {
        var watcher = new Watched.Watcher(InstantSource.system(), complaints);
        var part = new Part.AskedFor(Set.copyOf(services));
        return open(config, part, watcher, List.of(), backends);
    }

    /// Opens the tables of another configuration: all, or those that are asked for the same
    /// services. A file that both have for the same use, and that has not changed, is not read
    /// again: the tables of both hold the same.
    ///
    /// @throws ConfigException with all that is wrong
    public TableSet reopened(Config newConfig) throws ConfigException {
        var known = tables.values().stream().map(Table::contents).toList();
        return open(newConfig, part, watcher, known, backends);
    }

    /// Checks what the tables of a configuration hold against the use that is made of them, as
    /// [#open] does, without keeping it: for a process with little memory.
    ///
    /// @return the files that the alias and virtual tables include
    /// @throws ConfigException with all that is wrong
    public static Set<Path> check(Config config) throws ConfigException {
        var watcher = new Watched.Watcher(InstantSource.system(), _ -> {});
        var opener = new TableOpener(config, watcher, List.of(), Backend.Source.NONE);
        config.tables().values().forEach(opener::check);
        opener.throwProblems();
        return opener.included();
    }

    static TableSet open(Config config, Consumer<String> complaints, InstantSource clock)
            throws ConfigException {
        var watcher = new Watched.Watcher(clock, complaints);
        return open(config, new Part.All(), watcher, List.of(), Backend.Source.NONE);
    }

    private static TableSet open(
            Config config,
            Part part,
            Watched.Watcher watcher,
            List<Contents> known,
            Backend.Source backends)
            throws ConfigException {
        var opener = new TableOpener(config, watcher, known, backends);
        char delimiter = config.settings().subAddressDelimiter();
        var tables = new HashMap<String, Table>();
        for (var definition : config.tables().values()) {
            if (part.has(definition, config)) {
                var name = definition.name();
                opener.open(definition)
                        .ifPresent(
                                held ->
                                        tables.put(
                                                name,
                                                new Table(
                                                        name, held, delimiter, watcher.witness())));
            }
        }
        opener.throwProblems();
        return new TableSet(config, part, tables, watcher, backends);
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

    /// Whether an entry that a mapping holds for a key stands for a mailbox ([Table#covers]).
    public Answer<String> covers(TableRef use, String key, String mailbox) {
        return table(use.name()).covers(use.service(), key, mailbox);
    }

    /// The recipients that an alias or virtual table names for a key, in the order of the line,
    /// included files in the place of their names. Absent if there are none; a file that is
    /// included and missing counts for nothing, but one that is there and empty is an answer.
    public Answer<List<AliasValue>> aliases(TableRef use, String key) {
        var table = table(use.name());
        var values = table.lookup(use.service(), key).then(AliasValues::parse);
        return table.isAsked()
                ? values.then(found -> harmless(use, key, found))
                : values.then(includes::expand);
    }

    /// What a program or a server says may lead to mailboxes and users, and to nothing that is run,
    /// written or read here: whoever can write into the database would be able to do that too.
    private static Answer<List<AliasValue>> harmless(
            TableRef use, String key, List<AliasValue> values) {
        for (var value : values) {
            switch (value) {
                case AliasValue.Command _, AliasValue.File _, AliasValue.Include _ -> {
                    return new Answer.Failed<>(
                            "table "
                                    + use.name()
                                    + ": "
                                    + key
                                    + " leads to a command or a file, which only a table of the"
                                    + " configuration or of a file may");
                }
                case AliasValue.User _, AliasValue.Address _, AliasValue.Refusal _ -> {}
            }
        }
        return new Answer.Found<>(values);
    }

    /// The login and the password that a table of credentials holds for a login.
    public Answer<Login> login(TableRef use, String login) {
        return table(use.name())
                .lookup(use.service(), login)
                .then(text -> parsed(use, login, Login.parse(login, text)));
    }

    /// Every login of a table of credentials, where the entries are at hand; [Answer.Absent] where
    /// another program answers for them.
    ///
    /// @return how many there are
    public Answer<Integer> forEachLogin(TableRef use, Consumer<Login> visitor) {
        return table(use.name())
                .forEach((key, value) -> Login.parse(key, value).ifPresent(visitor));
    }

    /// What a program or server that answers for a table can be asked for; of other tables,
    /// nothing. Waits for that at most so long.
    public Answer<Set<Service>> services(TableRef use, Duration patience) {
        return table(use.name()).services(patience);
    }

    /// Whether a login and a password belong together, as the program says that answers for a
    /// table.
    ///
    /// @param pair `login:password`, one character for each byte
    public Answer<String> isLogin(TableRef use, String pair) {
        return table(use.name()).contains(Service.AUTH, pair);
    }

    /// Whose a token is, as the program says that answers for a table.
    ///
    /// @param pair `login:token`, one character for each byte; the login may be empty
    public Answer<String> owner(TableRef use, String pair) {
        return table(use.name()).lookup(Service.TOKEN, pair);
    }

    /// The account that a `userbase` table holds for a login.
    public Answer<UserEntry> user(TableRef use, String login) {
        return table(use.name())
                .lookup(use.service(), login)
                .then(text -> parsed(use, login, UserEntry.parse(text)));
    }

    /// The next smart host of a list.
    public Answer<RelayUrl> smartHost(TableRef use) {
        return table(use.name())
                .fetch(use.service())
                .then(text -> parsed(use, text, RelayUrl.parse(text)));
    }

    /// The next source address of a list.
    public Answer<SourceAddress> source(TableRef use) {
        return table(use.name())
                .fetch(use.service())
                .then(text -> parsed(use, text, SourceAddress.parse(text)));
    }

    private static <T> Answer<T> parsed(TableRef use, String key, Optional<T> value) {
        return value.<Answer<T>>map(Answer.Found::new)
                .orElseGet(
                        () ->
                                new Answer.Failed<>(
                                        "table " + use.name() + ": malformed for " + key));
    }
}
