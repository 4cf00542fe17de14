package org.postern.front.relay;

/// What the next hop made of one recipient.
sealed interface Verdict {
    /// How far the transaction had come.
    enum Stage {
        /// Nothing of the content has been sent: another host may be tried at once.
        BEFORE_CONTENT,
        /// The content was on its way, or complete.
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
}
