package org.postern.config;

import java.util.Map;
import java.util.Optional;

/// The words of the language that are read and checked, but that nothing acts on so far. A
/// configuration with one of them is refused by name, so that no server runs that does less than
/// its configuration says.
///
/// Whoever builds the missing part takes its line out of here, and adds no other.
final class NotYet {

    /// The words, and how a message names them.
    static final Map<Enum<?>, String> WORDS =
            Map.ofEntries(
                    Map.entry(TableDefinition.Type.DB, "table type db"),
                    Map.entry(TableDefinition.Type.EXTERNAL, "a table of another program"),
                    Map.entry(Directive.Word.SRS, "srs"),
                    Map.entry(RelayAction.Option.Word.SRS, "relay srs"));

    private NotYet() {}

    /// How a message names the word, if nothing acts on it yet.
    static Optional<String> named(Enum<?> word) {
        return Optional.ofNullable(WORDS.get(word));
    }
}
