package org.postern.front.route;

import org.postern.front.srs.Srs;
import org.postern.mail.Mailbox;

/// Who knows the senders that we have rewritten.
@FunctionalInterface
interface ReturnPaths {
    /// Nobody: all mailboxes are ordinary.
    ReturnPaths NONE = _ -> new Srs.Reading.Ordinary();

    /// What a recipient of a notification is.
    Srs.Reading read(Mailbox recipient);
}
