package org.postern.front.server;

import org.postern.config.Listen;
import org.postern.config.TableRef;

/// Whether clients may log in at a listener, and what those who did may send.
sealed interface Admission {
    /// Nobody logs in.
    record Closed() implements Admission {}

    /// Clients may log in, or have to.
    ///
    /// @param book where the passwords are kept
    record Open(Listen.Logins book, Listen.Demand demand, Senders senders) implements Admission {}

    /// Which mailboxes a client that has logged in may send as.
    sealed interface Senders {
        /// Any.
        record Free() implements Senders {}

        /// Those that a mapping holds for its login.
        record Listed(TableRef table, Listen.Masquerade masquerade) implements Senders {}
    }

    /// What `listen` says.
    static Admission of(Listen listen) {
        var asked = listen.authentication();
        if (asked.isEmpty()) {
            return new Closed();
        }
        Senders senders =
                listen.senders()
                        .<Senders>map(
                                option -> new Senders.Listed(option.table(), option.masquerade()))
                        .orElseGet(Senders.Free::new);
        return new Open(asked.get().logins(), asked.get().demand(), senders);
    }
}
