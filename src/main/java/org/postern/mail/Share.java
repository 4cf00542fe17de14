package org.postern.mail;

import java.util.Set;

/// One recipient's share of a message, as the ruleset decided it: who it was for, who it is for
/// now, and what is to be done. Names only: never a uid, a path or a command.
///
/// @param originalRecipient what RCPT TO named
/// @param recipient the mailbox after expansion
/// @param action the name of the action in the configuration
/// @param dsnNotify when the sender wants to be told (NOTIFY, RFC 3461 section 4.1); empty if
///   unsaid
/// @param dsnOriginalRecipient ORCPT as it came, `type;xtext`, or empty
public record Share(
        Mailbox originalRecipient,
        Mailbox recipient,
        String action,
        Destination destination,
        Set<Notify> dsnNotify,
        String dsnOriginalRecipient) {
    public Share {
        if (action.length() > 64) {
            throw new IllegalArgumentException("an action's name over 64 octets");
        }
        if (!AddressSyntax.isLine(dsnOriginalRecipient)) {
            throw new IllegalArgumentException("an ORCPT with a control character");
        }
        if (dsnOriginalRecipient.length() > 500) {
            throw new IllegalArgumentException("an ORCPT over 500 octets");
        }
        dsnNotify = Set.copyOf(dsnNotify);
        if (dsnNotify.contains(Notify.NEVER) && dsnNotify.size() > 1) {
            throw new IllegalArgumentException("NOTIFY=NEVER stands alone");
        }
    }

    /// The values of NOTIFY.
    public enum Notify {
        SUCCESS,
        FAILURE,
        DELAY,
        NEVER
    }

    /// Where a share goes.
    public sealed interface Destination {
        /// The longest name of a user, a table or a key, in octets.
        int LONGEST_NAME = 600;

        /// The longest seal, in octets.
        int LONGEST_SEAL = 8192;

        /// To another server, by a relay action.
        record Remote() implements Destination {}

        /// To a user of this machine, by the action's method.
        ///
        /// @param subAddress what followed the delimiter in the local-part, or empty
        record Account(String user, String subAddress) implements Destination {
            public Account {
                checkName(user);
                checkName(subAddress);
            }
        }

        /// To a command or a file that a user named in a forward file. Only the delivery room can
        /// make and open the seal, so nobody else can name a command.
        record Sealed(String user, Kind kind, Chunk seal) implements Destination {
            public Sealed {
                checkName(user);
                if (seal.length() > LONGEST_SEAL) {
                    throw new IllegalArgumentException("a seal of " + seal.length() + " octets");
                }
            }
        }

        /// To a command or a file that the administrator named in a table: the delivery room reads
        /// its own copy of the table under `key` and runs the value whose SHA-256 is `digest`.
        record Listed(String table, String key, Kind kind, Chunk digest) implements Destination {
            public Listed {
                checkName(table);
                checkName(key);
                if (digest.length() > 32) {
                    throw new IllegalArgumentException("a digest of " + digest.length());
                }
            }
        }

        /// Nowhere yet: the ruleset has still to be asked. Notifications begin so.
        record Unrouted() implements Destination {}

        private static void checkName(String name) {
            if (name.length() > LONGEST_NAME || !AddressSyntax.isLine(name)) {
                throw new IllegalArgumentException(
                        "not a name: " + name.length() + " characters, perhaps with control ones");
            }
        }

        /// What a sealed or listed destination names.
        enum Kind {
            COMMAND,
            FILE
        }
    }
}
