package org.postern.table;

import java.io.IOException;
import java.util.Optional;

/// Keys in lower case, each once, that can be found and gone through. May be asked from any thread.
sealed interface Rows permits PackedRows, Database {

    /// Takes one row after the other.
    @FunctionalInterface
    interface Visitor {
        /// Takes the row, which is only good until this returns.
        void visit(Row row) throws IOException;
    }

    /// The value of a key, which is in lower case; empty text in a list.
    ///
    /// @throws IOException if it could not be looked for, which says nothing about the key
    Optional<String> value(String key) throws IOException;

    /// Whether the key is there.
    ///
    /// @throws IOException as [#value] does
    default boolean has(String key) throws IOException {
        return value(key).isPresent();
    }

    /// Goes through all rows, in no particular order.
    ///
    /// @throws IOException if they could not be read to the end
    void forEach(Visitor visitor) throws IOException;

    /// How many there are.
    int size();
}
