package org.postern.table;

import java.util.ArrayList;
import java.util.List;
import org.postern.mail.AddressSyntax;

/// An entry that stands for mailboxes, taken by itself: `user@domain`, `user`, `@domain` or `@`.
///
/// @param user in lower case; empty for any
/// @param domain a pattern in lower case; empty for any
record MailboxEntry(String user, String domain) {
    /// The entries in the value of a mapping, parted by commas.
    static List<MailboxEntry> listed(String value) {
        var entries = new ArrayList<MailboxEntry>();
        for (var part : value.split(",", -1)) {
            var text = AddressSyntax.fold(part.strip());
            int at = text.lastIndexOf('@');
            if (!text.isEmpty()) {
                entries.add(
                        new MailboxEntry(
                                at < 0 ? text : text.substring(0, at),
                                at < 0 ? "" : text.substring(at + 1)));
            }
        }
        return entries;
    }

    /// Does it stand for a mailbox, which is in lower case? The empty one is nobody's: only `@`
    /// stands for it.
    ///
    /// @param delimiter what parts a user from a sub-address
    boolean covers(String mailbox, char delimiter) {
        int at = mailbox.lastIndexOf('@');
        if (at < 0) {
            return user.isEmpty() && domain.isEmpty();
        }
        return coversUser(mailbox.substring(0, at), delimiter)
                && (domain.isEmpty() || HostPattern.covers(domain, mailbox.substring(at + 1)));
    }

    private boolean coversUser(String of, char delimiter) {
        int cut = of.indexOf(delimiter);
        return user.isEmpty() || user.equals(of) || (cut > 0 && user.equals(of.substring(0, cut)));
    }

    /// The entry as a table has it.
    @Override
    public String toString() {
        return domain.isEmpty() && !user.isEmpty() ? user : user + '@' + domain;
    }
}
