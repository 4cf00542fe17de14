package org.postern.front.server;

import org.postern.config.Listen;
import org.postern.config.TableRef;
import org.postern.mail.Origin.Login;
import org.postern.mail.ReversePath;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// Whether clients may log in at a listener, and what those who did may send.
sealed interface Admission {
    /// Which mailboxes a client that has logged in may send as. Whether it did here, or elsewhere
    /// as a client says by XCLIENT, makes no difference.
    Senders senders();

    /// Nobody logs in.
    record Closed(Senders senders) implements Admission {
        Closed() {
            this(new Senders.Free());
        }
    }

    /// Clients may log in, or have to.
    ///
    /// @param book where the passwords are kept
    record Open(Listen.Logins book, Listen.Demand demand, Senders senders) implements Admission {}

    /// Which mailboxes a client that has logged in may send as.
    sealed interface Senders {
        /// Any.
        record Free() implements Senders {}

        /// Those that a mapping holds for its login.
        record Listed(TableSet tables, TableRef table, Listen.Masquerade masquerade)
                implements Senders {
            /// The entry of the mapping that lets `user` send as `sender`.
            Answer<String> allow(Login.As user, ReversePath sender) {
                return tables.covers(table, user.user(), sender.toString());
            }

            /// Are From and Sender changed into the reverse-path?
            boolean masquerades() {
                return masquerade == Listen.Masquerade.FROM_FIELD;
            }
        }
    }

    /// What `listen` says, with the tables of its configuration.
    static Admission of(Listen listen, TableSet tables) {
        Senders senders =
                listen.senders()
                        .<Senders>map(
                                option ->
                                        new Senders.Listed(
                                                tables, option.table(), option.masquerade()))
                        .orElseGet(Senders.Free::new);
        return listen.authentication()
                .<Admission>map(asked -> new Open(asked.logins(), asked.demand(), senders))
                .orElseGet(() -> new Closed(senders));
    }
}
