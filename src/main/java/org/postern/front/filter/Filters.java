package org.postern.front.filter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postern.config.Config;
import org.postern.config.Filter;
import org.postern.table.TableSet;

/// All filters of a configuration. May be asked from any thread.
public final class Filters {
    private static final Filters NONE = new Filters(Map.of());

    private final Map<String, Chain> chains;

    private Filters(Map<String, Chain> chains) {
        this.chains = Map.copyOf(chains);
    }

    /// No filter.
    public static Filters none() {
        return NONE;
    }

    /// The filters of the configuration that these are the tables of; programs that do not run are
    /// started.
    public static Filters of(TableSet tables, Programs programs) {
        var config = tables.config();
        config.processes().values().forEach(process -> programs.of(config, process));
        var chains = new HashMap<String, Chain>();
        for (var filter : config.filters().values()) {
            chains.put(filter.name(), new Chain(steps(filter, tables, programs)));
        }
        return new Filters(chains);
    }

    private static List<Step> steps(Filter filter, TableSet tables, Programs programs) {
        var config = tables.config();
        return switch (filter.kind()) {
            case Filter.Kind.Rule(var rule) ->
                    List.of(new Step.Tests(new Rule(filter.name(), rule, tables)));
            case Filter.Kind.Asks(var process) ->
                    List.of(
                            new Step.Asks(
                                    filter.name(), program(config, process.name(), programs)));
            case Filter.Kind.Program(var process) ->
                    List.of(
                            new Step.Asks(
                                    filter.name(), program(config, process.name(), programs)));
            case Filter.Kind.Chain(var members) ->
                    members.stream()
                            .flatMap(
                                    member ->
                                            steps(member(config, member.name()), tables, programs)
                                                    .stream())
                            .toList();
        };
    }

    private static Filter member(Config config, String name) {
        var member = config.filters().get(name);
        if (member == null) {
            throw new IllegalStateException("no filter " + name);
        }
        return member;
    }

    private static Program program(Config config, String name, Programs programs) {
        var process = config.processes().get(name);
        if (process == null) {
            throw new IllegalStateException("no program " + name);
        }
        return programs.of(config, process);
    }

    /// The chain that a listener or an action names; [Chain#EMPTY] for no name.
    public Chain named(String filter) {
        return chains.getOrDefault(filter, Chain.EMPTY);
    }
}
