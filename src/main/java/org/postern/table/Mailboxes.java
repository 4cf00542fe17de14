package org.postern.table;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The entries of a table that stand for mailboxes.
///
/// Those that can stand for one mailbox are looked for by name, which is faster than to try all;
/// and forms that no entry has are not looked for.
final class Mailboxes {
    /// The forms of entries, but for patterns.
    private enum Form {
        /// `@`
        EVERYTHING,
        /// `user`
        USER,
        /// `user@`
        USER_AT,
        /// `@domain`
        DOMAIN,
        /// `user@domain`
        MAILBOX
    }

    private final Rows rows;
    private final Set<Form> forms;
    private final Wildcards patterns;

    private Mailboxes(Rows rows, Set<Form> forms, Wildcards patterns) {
        this.rows = rows;
        this.forms = forms;
        this.patterns = patterns;
    }

    /// The entries of these rows.
    static Mailboxes of(Rows rows) throws IOException {
        var forms = EnumSet.noneOf(Form.class);
        rows.forEach(row -> forms.add(form(row)));
        return new Mailboxes(rows, forms, Wildcards.ofMailboxes(rows));
    }

    private static Form form(Row row) {
        int at = row.keyTo() - 1;
        while (at >= row.keyFrom() && row.bytes()[at] != '@') {
            at--;
        }
        boolean hasUser = at > row.keyFrom();
        if (at < row.keyFrom()) {
            return Form.USER;
        }
        if (at == row.keyTo() - 1) {
            return hasUser ? Form.USER_AT : Form.EVERYTHING;
        }
        return hasUser ? Form.MAILBOX : Form.DOMAIN;
    }

    /// Whether an entry stands for a mailbox, which is in lower case.
    ///
    /// @param delimiter what parts a user from a sub-address
    boolean contain(String mailbox, char delimiter) throws IOException {
        int at = mailbox.lastIndexOf('@');
        var user = at < 0 ? mailbox : mailbox.substring(0, at);
        var domain = at < 0 ? "" : mailbox.substring(at + 1);
        if (has(Form.EVERYTHING, "", "@")) {
            return true;
        }
        for (String one : users(user, delimiter)) {
            if (has(Form.USER, one, "")
                    || has(Form.USER_AT, one, "@")
                    || containIn(Form.MAILBOX, one + '@', domain)) {
                return true;
            }
        }
        return containIn(Form.DOMAIN, "@", domain);
    }

    private boolean has(Form form, String beginning, String end) throws IOException {
        return forms.contains(form) && rows.has(beginning + end);
    }

    private boolean containIn(Form form, String prefix, String domain) throws IOException {
        return forms.contains(form)
                && !domain.isEmpty()
                && (rows.has(prefix + domain) || patterns.cover(prefix, domain));
    }

    /// The user, and the user without sub-address; the empty one is nobody.
    private static List<String> users(String user, char delimiter) {
        var users = new ArrayList<String>(2);
        int cut = user.indexOf(delimiter);
        if (!user.isEmpty()) {
            users.add(user);
        }
        if (cut > 0) {
            users.add(user.substring(0, cut));
        }
        return users;
    }
}
