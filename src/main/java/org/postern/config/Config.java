package org.postern.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.config.TableDefinition.Entry;
import org.postern.config.TableDefinition.Origin;

/// A whole configuration, read and checked: an immutable snapshot. A reload makes another; what is
/// in progress goes on with its own.
///
/// @param sources the text it was made of
/// @param listeners in the order of the file; the submission socket only if the file names it
/// @param tables all tables by name: declared, written in place, and built in
/// @param actions by name
/// @param matches in the order of the file
/// @param wrappers the commands of `mda wrapper` by name
/// @param pki by name, in lower case; each has a certificate and a key
/// @param authorities the `ca` by name, in lower case
/// @param processes the programs of filters by name
/// @param filters by name, the chains written in place among them
/// @param settings what holds for the whole server
/// @param references every use of a table
/// @param warnings what is doubtful, but no error
public record Config(
        Sources sources,
        List<Listen> listeners,
        Map<String, TableDefinition> tables,
        Map<String, Action> actions,
        List<Match> matches,
        Map<String, Wrapper> wrappers,
        Map<String, Pki> pki,
        Map<String, Authority> authorities,
        Map<String, FilterProcess> processes,
        Map<String, Filter> filters,
        Settings settings,
        List<TableRef> references,
        List<Problem> warnings) {

    /// The table that `from local` asks: the addresses of this machine.
    public static final String LOCALHOST = "<localhost>";

    /// The table that `for local` asks: the names of this machine.
    public static final String LOCALNAMES = "<localnames>";

    /// The table of every address.
    public static final String ANYHOST = "<anyhost>";

    /// The table of every domain.
    public static final String ANYDESTINATION = "<anydestination>";

    /// The table of the system's accounts.
    public static final String ACCOUNTS = "<getpwnam>";

    public Config {
        listeners = List.copyOf(listeners);
        tables = inOrder(tables);
        actions = inOrder(actions);
        matches = List.copyOf(matches);
        wrappers = inOrder(wrappers);
        pki = inOrder(pki);
        authorities = inOrder(authorities);
        processes = inOrder(processes);
        filters = inOrder(filters);
        references = List.copyOf(references);
        warnings = List.copyOf(warnings);
    }

    private static <T> Map<String, T> inOrder(Map<String, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /// How much of the language a configuration may use.
    enum Scope {
        /// What the server acts on.
        SUPPORTED,
        /// All that can be read and checked.
        WHOLE_LANGUAGE
    }

    /// Parses and checks a configuration. It reads no file: what tables hold is checked where they
    /// are opened.
    ///
    /// @throws ConfigException with all that is wrong
    public static Config parse(Sources sources) throws ConfigException {
        return parse(sources, Scope.SUPPORTED);
    }

    static Config parse(Sources sources, Scope scope) throws ConfigException {
        var reading = read(sources, scope);
        if (!reading.problems().isEmpty()) {
            throw new ConfigException(reading.problems(), reading.config().warnings());
        }
        return reading.config();
    }

    /// A configuration as far as it could be read. With problems, it is only there so that more of
    /// them can be found: nothing may act on it.
    ///
    /// @param config what is sound; the uses of tables in it are of tables that it has
    /// @param problems all that is wrong with the text, in the order of the files
    public record Reading(Config config, List<Problem> problems) {
        public Reading {
            problems = List.copyOf(problems);
        }
    }

    /// Parses and checks a configuration, for a check that goes on after a mistake.
    public static Reading read(Sources sources) {
        return read(sources, Scope.SUPPORTED);
    }

    private static Reading read(Sources sources, Scope scope) {
        var parsed = Parser.parse(sources);
        var check = Check.of(sources, parsed, scope);
        return new Reading(config(sources, parsed, check), check.problems());
    }

    private static Config config(Sources sources, Parser.Parsed parsed, Check check) {
        var actions = new LinkedHashMap<String, Action>();
        var tables = builtIn(sources.host());
        var wrappers = new LinkedHashMap<String, Wrapper>();
        var processes = new LinkedHashMap<String, FilterProcess>();
        var filters = new LinkedHashMap<String, Filter>();
        var listeners = new ArrayList<Listen>();
        var matches = new ArrayList<Match>();
        parsed.inPlace().forEach(table -> tables.put(table.name(), table));
        parsed.chains().forEach(chain -> filters.put(chain.name(), chain));
        for (Directive directive : parsed.directives()) {
            switch (directive) {
                case Action action -> actions.putIfAbsent(action.name(), action);
                case TableDefinition table -> tables.putIfAbsent(table.name(), table);
                case Wrapper wrapper -> wrappers.put(wrapper.name(), wrapper);
                case FilterProcess process -> processes.put(process.name(), process);
                case Filter filter -> {
                    filters.put(filter.name(), filter);
                    if (filter.kind() instanceof Filter.Kind.Program(var process)) {
                        processes.put(process.name(), process);
                    }
                }
                case Listen listen -> listeners.add(listen);
                case Match match -> matches.add(match);
                case Administration _,
                        Authority _,
                        Bounce _,
                        Mda _,
                        Mta _,
                        Pki _,
                        Queue _,
                        Scheduler _,
                        Smtp _,
                        Srs _ -> {}
            }
        }
        return new Config(
                sources,
                listeners,
                tables,
                actions,
                matches,
                wrappers,
                check.pki(),
                check.authorities(),
                processes,
                filters,
                Settings.of(parsed.directives()),
                check.references(),
                check.warnings());
    }

    /// What this was made of, without the passwords that stand in it: for those who need not know
    /// them.
    public Sources discreetSources() {
        return Discretion.of(this);
    }

    /// What a table is asked for, by whatever room.
    public Set<Service> services(String table) {
        return references.stream()
                .filter(use -> use.name().equals(table))
                .map(TableRef::service)
                .collect(Collectors.toSet());
    }

    /// The tables that are there without a declaration.
    static Map<String, TableDefinition> builtIn(Host host) {
        var addresses = new ArrayList<String>(List.of("local"));
        addresses.addAll(host.localAddresses());
        var names = new ArrayList<String>(List.of("localhost", host.serverName()));
        names.addAll(host.localAddresses());
        var tables = new LinkedHashMap<String, TableDefinition>();
        tables.put(LOCALHOST, list(LOCALHOST, addresses));
        tables.put(LOCALNAMES, list(LOCALNAMES, names));
        tables.put(ANYHOST, list(ANYHOST, List.of("local", "0.0.0.0/0", "::/0")));
        tables.put(ANYDESTINATION, list(ANYDESTINATION, List.of("*")));
        tables.put(
                ACCOUNTS, new TableDefinition(Position.BUILT_IN, ACCOUNTS, new Origin.Accounts()));
        return tables;
    }

    private static TableDefinition list(String name, List<String> keys) {
        var entries = keys.stream().map(key -> new Entry(Position.BUILT_IN, key)).toList();
        return new TableDefinition(Position.BUILT_IN, name, new Origin.Inline(entries));
    }

    /// The configuration as text that means the same, one character for a byte: macros and includes
    /// are resolved, what the files leave out is there with its default, and secrets are asterisks.
    public String text() {
        return Printer.text(this, Printer.Secrets.MASKED);
    }

    /// The name under which this server greets, where a listener does not say otherwise.
    public String serverName() {
        return sources.host().serverName();
    }

    /// Counts the configurations of one supervisor, from 1.
    public long generation() {
        return sources.generation();
    }

    /// What makes this program another than those of other configurations.
    public FilterProcess.Key keyOf(FilterProcess process) {
        var sides = EnumSet.noneOf(FilterProcess.Side.class);
        if (listeners.stream()
                .flatMap(listen -> listen.filter().stream())
                .anyMatch(filter -> asks(filter, process))) {
            sides.add(FilterProcess.Side.SMTP_IN);
        }
        if (actions.values().stream()
                .flatMap(
                        action ->
                                action instanceof RelayAction relay
                                        ? relay.filter().stream()
                                        : Stream.empty())
                .anyMatch(filter -> asks(filter, process))) {
            sides.add(FilterProcess.Side.SMTP_OUT);
        }
        return process.key(sides);
    }

    private boolean asks(String name, FilterProcess process) {
        var filter = filters.get(name);
        return filter != null
                && switch (filter.kind()) {
                    case Filter.Kind.Asks(var asked) -> asked.name().equals(process.name());
                    case Filter.Kind.Program(var own) -> own.name().equals(process.name());
                    case Filter.Kind.Rule _ -> false;
                    case Filter.Kind.Chain(var members) ->
                            members.stream().anyMatch(member -> asks(member.name(), process));
                };
    }

    /// The action of this name; an envelope may know one that is gone.
    public Optional<Action> action(String name) {
        return Optional.ofNullable(actions.get(name));
    }
}
