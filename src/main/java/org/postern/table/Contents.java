package org.postern.table;

/// Where a table takes its entries from.
sealed interface Contents permits Contents.Fixed, Contents.Elsewhere, FileContents {

    /// The entries written in the configuration.
    record Fixed(Entries entries) implements Contents {}

    /// Another room has them: the accounts of the system.
    record Elsewhere() implements Contents {}
}
