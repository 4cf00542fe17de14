package org.postern.front.route;

import java.util.Set;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;

/// Decides what becomes of a recipient. May be asked from any thread, and blocks it while tables
/// and the room `delivery` are asked.
@FunctionalInterface
public interface Router {
    /// Expands `recipient` of a message with these facts into shares, or says why not.
    ///
    /// @param notify the wish of NOTIFY (RFC 3461 section 4.1), empty if unsaid
    /// @param orcpt the ORCPT parameter as it came (RFC 3461 section 4.2), or empty
    Routing route(MessageFacts facts, Mailbox recipient, Set<Share.Notify> notify, String orcpt);

    /// Routes a share again that was accepted under another configuration: asks the rules about the
    /// recipient that it had come to, and keeps to what is left of the way that it was on.
    default Routing again(MessageFacts facts, Share share) {
        return route(facts, share.recipient(), share.dsnNotify(), share.dsnOriginalRecipient());
    }

    /// The same, with each step told to `trail`, if this router tells any.
    default Routing route(
            MessageFacts facts,
            Mailbox recipient,
            Set<Share.Notify> notify,
            String orcpt,
            Trail trail) {
        return route(facts, recipient, notify, orcpt);
    }
}
