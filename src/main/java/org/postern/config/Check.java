package org.postern.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef.Shape;

/// The second pass over the tree: what a single directive cannot know. Names exist before they are
/// used, and once; tables have the shape their use needs.
final class Check {
    private final Sources sources;
    private final Parser.Parsed parsed;
    private final List<Problem> problems;
    private final List<Problem> warnings = new ArrayList<>();
    private final List<TableRef> references = new ArrayList<>();
    private final Map<String, TableDefinition> tables = new LinkedHashMap<>();
    private final Map<String, Action> actions = new LinkedHashMap<>();
    private final Map<String, Wrapper> wrappers = new LinkedHashMap<>();
    private final Map<String, Pki> pki = new LinkedHashMap<>();
    private final Set<String> usedActions = new HashSet<>();
    private boolean keyed;

    private Check(Sources sources, Parser.Parsed parsed) {
        this.sources = sources;
        this.parsed = parsed;
        this.problems = new ArrayList<>(parsed.problems());
        problems.addAll(parsed.notYet());
    }

    /// Checks what was parsed; the problems of the parser come first.
    static Check of(Sources sources, Parser.Parsed parsed) {
        var check = new Check(sources, parsed);
        check.run();
        return check;
    }

    List<Problem> problems() {
        return problems;
    }

    List<Problem> warnings() {
        return warnings;
    }

    List<TableRef> references() {
        return references;
    }

    Map<String, Pki> pki() {
        return pki;
    }

    private void run() {
        parsed.inPlace().forEach(table -> tables.put(table.name(), table));
        tables.putAll(Config.builtIn(sources.host()));
        parsed.directives().forEach(this::check);
        checkSockets();
        pki.values().forEach(this::checkPki);
        if (problems.isEmpty() && parsed.directives().stream().noneMatch(Match.class::isInstance)) {
            var at = new Position(sources.main(), 1, 1);
            problems.add(new Problem(at, "no match: there is nothing to do", "", 1, List.of()));
        }
        for (Action action : actions.values()) {
            if (!usedActions.contains(action.name())) {
                warn(action.at(), "no match uses action \"" + action.name() + "\"");
            }
        }
    }

    private void check(Directive directive) {
        switch (directive) {
            case TableDefinition table -> declare("table", table.name(), table, tables);
            case Wrapper wrapper -> declare("mda wrapper", wrapper.name(), wrapper, wrappers);
            case LocalAction action -> {
                action.references().forEach(this::check);
                action.options().forEach(this::check);
                declare("action", action.name(), action, actions);
            }
            case RelayAction action -> {
                action.references().forEach(this::check);
                action.options().forEach(this::check);
                declare("action", action.name(), action, actions);
            }
            case Match match -> check(match);
            case Pki line -> pki.merge(line.name(), line, Pki::and);
            case Bounce(var at, var intervals) -> {
                if (intervals.size() > Bounce.MAX_WARNINGS) {
                    warn(at, "only the first " + Bounce.MAX_WARNINGS + " intervals count");
                }
            }
            case Srs(_, var option) -> keyed |= option instanceof Srs.Option.Key;
            case Listen _, Mta _, Queue _, Smtp _ -> {}
        }
    }

    private void check(LocalAction.Option option) {
        if (option instanceof LocalAction.Wrapped(var at, var name)) {
            require("mda wrapper", name, at, wrappers);
        }
    }

    private void check(RelayAction.Option option) {
        if (option instanceof RelayAction.RewriteSender(var at) && !keyed) {
            problem(at, "srs needs a key: no \"srs key\" stands before this line", List.of());
        }
    }

    private void check(Match match) {
        for (Condition condition : match.conditions()) {
            Criterion.table(condition.criterion()).ifPresent(this::check);
        }
        switch (match.outcome()) {
            case Match.Outcome.Act(var at, var name) -> {
                usedActions.add(name);
                require("action", name, at, actions);
            }
            case Match.Outcome.Reject() -> {}
        }
    }

    private void check(TableRef use) {
        references.add(use);
        var table = tables.get(use.name());
        if (table == null) {
            require("table", use.name(), use.at(), tables);
            return;
        }
        var actual =
                switch (table.origin()) {
                    case Origin.Inline _ -> Shape.LIST;
                    case Origin.InlineMapping _ -> Shape.MAPPING;
                    case Origin.File _, Origin.Database _, Origin.External _, Origin.Accounts _ ->
                            Shape.EITHER;
                };
        if (!use.shape().allows(actual)) {
            problem(use.at(), use.mismatch(actual), declaredAt("table", table));
        }
        if (table.origin() instanceof Origin.Accounts && use.service() != Service.USERINFO) {
            problem(
                    use.at(),
                    "getpwnam knows accounts, and nothing else",
                    declaredAt("table", table));
        }
    }

    private void checkSockets() {
        var sockets =
                parsed.directives().stream()
                        .filter(
                                directive ->
                                        directive instanceof Listen listen
                                                && listen.place() instanceof Listen.Place.Socket)
                        .toList();
        for (Directive again : sockets.subList(Math.min(1, sockets.size()), sockets.size())) {
            problem(
                    again.at(),
                    "listen on socket is already specified",
                    List.of("at " + sockets.getFirst().at()));
        }
    }

    private void checkPki(Pki entry) {
        if (entry.certificate().isEmpty()) {
            problem(entry.at(), "pki \"" + entry.name() + "\" has no cert", List.of());
        }
        if (entry.key().isEmpty()) {
            problem(entry.at(), "pki \"" + entry.name() + "\" has no key", List.of());
        }
    }

    private <T extends Directive> void declare(
            String kind, String name, T directive, Map<String, T> known) {
        var first = known.putIfAbsent(name, directive);
        if (first != null) {
            problem(
                    directive.at(),
                    kind + " \"" + name + "\" is declared already",
                    declaredAt(kind, first));
        }
    }

    private void require(
            String kind, String name, Position at, Map<String, ? extends Directive> known) {
        if (known.containsKey(name) || parsed.broken().contains(name)) {
            return; // What a failed directive would have declared is not missed a second time.
        }
        var later =
                parsed.directives().stream()
                        .filter(directive -> declares(directive, kind, name))
                        .map(directive -> "it is declared only at " + directive.at())
                        .toList();
        var hint =
                later.isEmpty()
                        ? Nearest.to(name, known.keySet())
                                .map(near -> "; did you mean \"" + near + "\"?")
                                .orElse("")
                        : "";
        problem(at, "no " + kind + " \"" + name + "\" is declared before this line" + hint, later);
    }

    private static boolean declares(Directive directive, String kind, String name) {
        return switch (directive) {
            case TableDefinition table -> kind.equals("table") && table.name().equals(name);
            case Wrapper wrapper -> kind.equals("mda wrapper") && wrapper.name().equals(name);
            case Action action -> kind.equals("action") && action.name().equals(name);
            case Bounce _, Listen _, Match _, Mta _, Pki _, Queue _, Smtp _, Srs _ -> false;
        };
    }

    private static List<String> declaredAt(String kind, Directive directive) {
        return directive.at().equals(Position.BUILT_IN)
                ? List.of()
                : List.of("the " + kind + " is declared at " + directive.at());
    }

    private void problem(Position at, String message, List<String> notes) {
        problems.add(sources.problem(at, message, notes));
    }

    private void warn(Position at, String message) {
        warnings.add(sources.problem(at, message));
    }
}
