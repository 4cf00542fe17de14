package org.postern.front.route;

import java.util.ArrayList;
import java.util.List;
import org.postern.config.LocalAction;
import org.postern.config.TableRef;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;
import org.postern.table.AliasValue;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// Looks recipients up in alias and virtual tables: the order of the keys, sub-addresses,
/// catch-alls, and included files.
final class Aliases {
    /// What a table holds for a recipient.
    ///
    /// @param key the key under which it was found
    /// @param values in the order of the table; empty if all there is is an included file without
    ///   recipients
    record Entry(String table, String key, List<AliasValue> values) {
        Entry {
            values = List.copyOf(values);
        }
    }

    private final TableSet tables;
    private final char delimiter;

    Aliases(TableSet tables) {
        this.tables = tables;
        this.delimiter = tables.config().settings().subAddressDelimiter();
    }

    /// A local-part, cut at the first delimiter.
    ///
    /// @param tag what follows the delimiter, or empty
    record Cut(String user, String tag) {}

    Cut cut(String localPart) {
        int at = localPart.indexOf(delimiter);
        return at < 0
                ? new Cut(localPart, "")
                : new Cut(localPart.substring(0, at), localPart.substring(at + 1));
    }

    /// What the action's table holds for a user name; absent if it has no table.
    Answer<Entry> ofName(LocalAction action, String name, int depth, Trail trail) {
        return switch (action.expansion()) {
            case LocalAction.Expansion.Plain() -> new Answer.Absent<>();
            case LocalAction.Expansion.ByAlias(var table) ->
                    first(table, aliasKeys(name), depth, trail);
            case LocalAction.Expansion.ByVirtual(var table) ->
                    first(table, virtualKeys(name, ""), depth, trail);
        };
    }

    /// What a virtual table holds for a mailbox.
    Answer<Entry> ofMailbox(TableRef table, Mailbox mailbox, int depth, Trail trail) {
        var keys = virtualKeys(fold(mailbox.localPart()), fold(mailbox.domain()));
        return first(table, keys, depth, trail);
    }

    private static String fold(String text) {
        return AddressSyntax.fold(text);
    }

    private List<String> aliasKeys(String name) {
        var cut = cut(name);
        return name.equals(cut.user()) || cut.user().isEmpty()
                ? List.of(name)
                : List.of(name, cut.user());
    }

    private List<String> virtualKeys(String localPart, String domain) {
        var cut = cut(localPart);
        var keys = new ArrayList<String>();
        var whole = cut.user() + delimiter + cut.tag();
        if (!cut.tag().isEmpty()) {
            keys.add(whole + '@' + domain);
        }
        if (!cut.user().isEmpty()) {
            keys.add(cut.user() + '@' + domain);
        }
        if (!cut.tag().isEmpty()) {
            keys.add(whole);
        }
        if (!cut.user().isEmpty()) {
            keys.add(cut.user());
        }
        if (!domain.isEmpty()) {
            keys.add('@' + domain);
            keys.add("@");
        }
        return keys;
    }

    private Answer<Entry> first(TableRef table, List<String> keys, int depth, Trail trail) {
        for (var key : keys) {
            var answer = tables.aliases(table, key);
            trail.add(() -> new Trail.Step.LookedUp(depth, table.name(), key, answer));
            switch (answer) {
                case Answer.Found<List<AliasValue>>(var values) -> {
                    return new Answer.Found<>(new Entry(table.name(), key, values));
                }
                case Answer.Absent<List<AliasValue>>() -> {}
                case Answer.Failed<List<AliasValue>>(var cause) -> {
                    return new Answer.Failed<>(key + " in table " + table.name() + ": " + cause);
                }
            }
        }
        return new Answer.Absent<>();
    }
}
