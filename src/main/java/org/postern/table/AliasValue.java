package org.postern.table;

import org.postern.mail.Mailbox;

/// One recipient that an alias or a forward file names (aliases(5)).
public sealed interface AliasValue {
    /// A local user, in the case in which it is written.
    record User(String name) implements AliasValue {}

    /// A mailbox, here or elsewhere.
    record Address(Mailbox mailbox) implements AliasValue {}

    /// A command that takes the message; never empty.
    record Command(String command) implements AliasValue {}

    /// A file to append to; absolute.
    record File(String path) implements AliasValue {}

    /// A file with more recipients; absolute.
    record Include(String path) implements AliasValue {}

    /// A refusal.
    ///
    /// @param code 400 to 599
    record Refusal(int code, String text) implements AliasValue {}
}
