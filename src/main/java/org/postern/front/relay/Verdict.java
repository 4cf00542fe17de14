package org.postern.front.relay;

import org.postern.mail.EnhancedStatus;

/// What the next hop made of one recipient.
sealed interface Verdict {
    /// How far the transaction had come.
    enum Stage {
        /// Nothing of the content has been sent: another host may be tried at once.
        BEFORE_CONTENT,
        /// A part of the content has been sent, but not its end, so that nobody can have taken it:
        /// another host may be tried.
        IN_CONTENT,
        /// The content was complete, or may have been.
        CONTENT
    }

    /// It took the message.
    record Taken(PeerReply reply) implements Verdict {}

    /// It refused, for now or for good.
    record Refused(PeerReply reply, Stage stage) implements Verdict {}

    /// It was lost before it said so.
    record Lost(String why, Stage stage) implements Verdict {}

    /// It takes no message as large as this.
    record TooLarge() implements Verdict {}

    /// It lacks an extension without which the message cannot go there; another host may have it.
    record Unable(EnhancedStatus status, String why) implements Verdict {}
}
