package org.postern.front.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;

/// A mail transaction, RFC 5321 section 3.3: from MAIL to the end of DATA, or RSET. It belongs to
/// its session.
final class Transaction {
    /// An accepted recipient.
    ///
    /// @param lastShare the place of the last of its envelopes among those of the transaction
    record Recipient(Mailbox mailbox, int lastShare) {}

    private final MessageFacts facts;
    private final Instant begun;
    private final List<Recipient> recipients = new ArrayList<>();
    private final List<Share> shares = new ArrayList<>();

    Transaction(MessageFacts facts, Instant begun) {
        this.facts = facts;
        this.begun = begun;
    }

    /// Adds a recipient, and the envelopes it becomes: at least one.
    void add(Mailbox recipient, List<Share> envelopes) {
        shares.addAll(envelopes);
        recipients.add(new Recipient(recipient, shares.size() - 1));
    }

    /// What the client said at MAIL, and before.
    MessageFacts facts() {
        return facts;
    }

    /// When MAIL came.
    Instant begun() {
        return begun;
    }

    /// The recipients that were accepted, in the order of their commands.
    List<Recipient> recipients() {
        return recipients;
    }

    /// The envelopes of all recipients.
    List<Share> shares() {
        return shares;
    }
}
