package org.postern.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.config.Condition.Sense;
import org.postern.config.TableDefinition.Origin;
import org.postern.mail.AddressSyntax;

/// Finds the matches that no recipient ever comes to, because an earlier one takes them all.
///
/// It only says so where that is certain: an earlier match covers a later one if each of its
/// conditions follows from one of the later. Tables follow from one another if they are the same,
/// or if both stand in the configuration and one holds all keys of the other.
final class Reach {
    private final Map<String, TableDefinition> tables = new HashMap<>();
    private int count;

    /// The earlier matches that ask no table, or only that something is not in one.
    private final List<Rule> general = new ArrayList<>();

    /// The others, by the name and the keys of one table in which something has to be: a match that
    /// one of these covers asks for the same table, or for some of its keys.
    private final Map<String, List<Rule>> byKey = new HashMap<>();

    /// A condition, and the keys that its table is known to hold; none if that is not known.
    private record Term(Condition condition, Set<String> keys) {}

    /// A match, its conditions by slot, without those that always hold.
    private record Rule(int number, Match match, Map<Criterion.Slot, Term> terms) {}

    Reach(Iterable<TableDefinition> tables) {
        tables.forEach(table -> this.tables.put(table.name(), table));
    }

    /// What is to be said of a match, if no recipient ever comes to it; it is an earlier one for
    /// those that follow.
    Optional<String> complaint(Match match) {
        for (Condition condition : match.conditions()) {
            if (neverHolds(condition)) {
                return Optional.of("this match never holds: it asks for nobody");
            }
        }
        var rule = rule(match);
        var first = earliestCover(rule);
        if (first.isEmpty()) {
            remember(rule);
        }
        return first.map(
                before ->
                        "this match is never reached: the one at "
                                + before.match.at()
                                + " holds whenever it would");
    }

    // Of a large configuration all of this is done once for each match, in a process that has just
    // begun: so there are loops here, not streams.

    private Optional<Rule> earliestCover(Rule rule) {
        var first = earlier(Optional.empty(), general, rule);
        for (Term term : rule.terms.values()) {
            if (isPositive(term)) {
                if (!term.keys.isEmpty()) {
                    var key = term.keys.iterator().next();
                    first = earlier(first, byKey.getOrDefault(key, List.of()), rule);
                }
                first = earlier(first, byKey.getOrDefault(tableKey(term), List.of()), rule);
            }
        }
        return first;
    }

    /// The earliest of those that cover a rule, and of what was found before.
    private static Optional<Rule> earlier(Optional<Rule> found, List<Rule> candidates, Rule rule) {
        for (Rule candidate : candidates) { // They are in the order of the file.
            if (found.isPresent() && found.get().number <= candidate.number) {
                return found;
            }
            if (covers(candidate, rule)) {
                return Optional.of(candidate);
            }
        }
        return found;
    }

    private void remember(Rule rule) {
        for (Term term : rule.terms.values()) {
            if (isPositive(term)) {
                for (String key : term.keys) {
                    byKey.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(rule);
                }
                byKey.computeIfAbsent(tableKey(term), _ -> new ArrayList<>(1)).add(rule);
                return;
            }
        }
        general.add(rule);
    }

    /// Whether something has to be in a table.
    private static boolean isPositive(Term term) {
        return term.condition.sense() == Sense.HOLDS
                && Criterion.table(term.condition.criterion()).isPresent();
    }

    private static String tableKey(Term term) {
        return Criterion.table(term.condition.criterion())
                .map(use -> "<" + use.name() + ">")
                .orElse("");
    }

    private static boolean neverHolds(Condition condition) {
        return condition.sense() == Sense.FAILS && isAlways(condition.criterion());
    }

    private static boolean isAlways(Criterion criterion) {
        return criterion instanceof Criterion.FromAny || criterion instanceof Criterion.ForAny;
    }

    private Rule rule(Match match) {
        var terms = new EnumMap<Criterion.Slot, Term>(Criterion.Slot.class);
        for (Condition condition : match.conditions()) {
            if (!isAlways(condition.criterion())) {
                var keys = Criterion.table(condition.criterion()).map(this::keys).orElse(Set.of());
                terms.put(condition.criterion().slot(), new Term(condition, keys));
            }
        }
        return new Rule(count++, match, terms);
    }

    private Set<String> keys(TableRef use) {
        var table = tables.get(use.name());
        if (table == null) {
            return Set.of();
        }
        return switch (table.origin()) {
            case Origin.Inline(var entries) -> {
                var keys = new HashSet<String>();
                entries.forEach(entry -> keys.add(key(use, entry.key())));
                yield keys;
            }
            case Origin.InlineMapping(var pairs) -> {
                var keys = new HashSet<String>();
                pairs.forEach(pair -> keys.add(key(use, pair.key())));
                yield keys;
            }
            case Origin.File _, Origin.Database _, Origin.External _, Origin.Accounts _ -> Set.of();
        };
    }

    private static String key(TableRef use, String key) {
        return use.service() == Service.REGEX ? key : AddressSyntax.fold(key);
    }

    private static boolean covers(Rule before, Rule rule) {
        for (var wanted : before.terms.entrySet()) {
            var given = rule.terms.get(wanted.getKey());
            if (given == null || !follows(wanted.getValue(), given)) {
                return false;
            }
        }
        return true;
    }

    /// Whether `wanted` holds whenever `given` does; both are of one slot.
    private static boolean follows(Term wanted, Term given) {
        var sense = wanted.condition.sense();
        if (sense != given.condition.sense()) {
            return false;
        }
        var wantedTest = wanted.condition.criterion();
        var givenTest = given.condition.criterion();
        if (!wantedTest.getClass().equals(givenTest.getClass())) {
            return sense == Sense.HOLDS
                    ? isWider(wantedTest, givenTest)
                    : isWider(givenTest, wantedTest);
        }
        var wantedTable = Criterion.table(wantedTest);
        var givenTable = Criterion.table(givenTest);
        if (wantedTable.isEmpty() || givenTable.isEmpty()) {
            return true;
        }
        if (wantedTable.get().service() != givenTable.get().service()) {
            return false;
        }
        if (wantedTable.get().name().equals(givenTable.get().name())) {
            return true;
        }
        // A login with @ is compared in two ways, in which more keys can mean less.
        if (wantedTest instanceof Criterion.AuthenticatedAs) {
            return !wanted.keys.isEmpty() && wanted.keys.equals(given.keys);
        }
        return sense == Sense.HOLDS
                ? isWithin(given.keys, wanted.keys)
                : isWithin(wanted.keys, given.keys);
    }

    /// Whether one test holds whenever another, of another kind, does.
    private static boolean isWider(Criterion one, Criterion other) {
        return (one instanceof Criterion.FromLocal && other instanceof Criterion.FromSocket)
                || (one instanceof Criterion.Authenticated
                        && other instanceof Criterion.AuthenticatedAs);
    }

    private static boolean isWithin(Set<String> few, Set<String> many) {
        return !few.isEmpty() && few.size() <= many.size() && many.containsAll(few);
    }
}
