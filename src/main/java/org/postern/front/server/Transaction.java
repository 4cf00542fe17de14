package org.postern.front.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.postern.mail.EnvelopeId;
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

    /// Whether filters say that what it brings is spam.
    enum Mark {
        NONE,
        JUNK
    }

    /// What came of it.
    sealed interface Result {
        /// No message.
        record Nothing() implements Result {}

        /// A message, which is in the queue.
        ///
        /// @param size in bytes, with what we added
        record Queued(List<EnvelopeId> envelopes, long size) implements Result {
            public Queued {
                envelopes = List.copyOf(envelopes);
            }
        }
    }

    private final MessageFacts facts;
    private final Instant begun;
    private final List<Submissions.Name> name;
    private Mark mark;
    private Result result = new Result.Nothing();
    private final List<Recipient> recipients = new ArrayList<>();
    private final List<Share> shares = new ArrayList<>();

    /// @param name the id of its message, which is the transaction's from now on; none, where
    ///   nobody need know it before it is in the queue
    Transaction(MessageFacts facts, Instant begun, Mark mark, List<Submissions.Name> name) {
        this.facts = facts;
        this.begun = begun;
        this.mark = mark;
        this.name = List.copyOf(name);
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

    /// The id of its message; empty where it gets one when it goes into the queue.
    List<Submissions.Name> name() {
        return name;
    }

    /// Do filters say that what it brings is spam?
    boolean isJunk() {
        return mark == Mark.JUNK;
    }

    /// A filter says that it is.
    void markAsJunk() {
        mark = Mark.JUNK;
    }

    /// It has brought a message.
    void brings(Result.Queued message) {
        result = message;
    }

    /// What came of it, so far.
    Result result() {
        return result;
    }

    /// It is over: an id that was not used goes back.
    void end() {
        name.forEach(Submissions.Name::close);
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
