package org.postern.control;

import org.postern.ipc.Frames;
import org.postern.log.Log;
import org.postern.mail.EnvelopeId;
import org.postern.mail.MessageId;

/// What `smtpctl` says to a room; the room answers with lines and one end.
///
///     tool: an Order                             room: Line* (Done | Refused)
///
/// Who may say it is checked by the socket: root, or the user that the server runs as when it runs
/// without root. A room refuses an order that is another room's.
public sealed interface Order {
    /// Which envelopes an order is about.
    sealed interface Selection {
        /// All.
        record All() implements Selection {}

        /// The envelopes of one message.
        record OfMessage(MessageId message) implements Selection {}

        /// One.
        record One(EnvelopeId envelope) implements Selection {}
    }

    /// The traffic that can be paused.
    enum Traffic {
        /// Mail home (`queue`).
        MDA,
        /// Mail out (`queue`).
        MTA,
        /// Mail in (`front`).
        SMTP
    }

    /// To `queue`: one line for each envelope, in the form of the queue listing.
    record ShowQueue(Selection selection) implements Order {}

    /// To `queue`: all that is known of one envelope, a `key: value` to a line.
    record ShowEnvelope(EnvelopeId envelope) implements Order {}

    /// To `queue`: the content of a message, as lines.
    record ShowMessage(MessageId message) implements Order {}

    /// To `queue`: try these now.
    record Schedule(Selection selection) implements Order {}

    /// To `queue`: remove these; nobody is told.
    record Remove(Selection selection) implements Order {}

    /// To `queue`: keep these back until they are released.
    record Hold(Selection selection) implements Order {}

    /// To `queue`: keep these back no longer.
    record Release(Selection selection) implements Order {}

    /// To `queue`: ask the rules again what is to become of these. Of all: of those whose action is
    /// gone.
    record Reroute(Selection selection) implements Order {}

    /// To `queue` or `front`: stop this traffic; what is under way goes on.
    record Pause(Traffic traffic) implements Order {}

    /// To `queue` or `front`: let this traffic flow again.
    record Resume(Traffic traffic) implements Order {}

    /// To any room: `key=value` lines, sorted.
    record ShowStats() implements Order {}

    /// To any room: what is paused, and facts about the room.
    record ShowStatus() implements Order {}

    /// To the supervisor: read the configuration again.
    record Reload() implements Order {}

    /// To the supervisor: log as little as usual, and trace nothing.
    record LogBrief() implements Order {}

    /// To the supervisor: log in this form.
    record LogAs(Log.Form form) implements Order {}

    /// To the supervisor: log debugging lines too.
    record LogVerbose() implements Order {}

    /// To the supervisor: trace a subsystem in all rooms.
    record Trace(String subsystem) implements Order {}

    /// To the supervisor: trace it no longer.
    record Untrace(String subsystem) implements Order {}

    /// To `front`: take the entries of a table from their source again.
    record UpdateTable(String table) implements Order {}

    /// To `front`: what would become of mail for a recipient, a line for each step; nothing is
    /// sent. `Done` counts the envelopes that it would become; `Refused` is the reply that the
    /// client would get, or says what is wrong with the question.
    record Explain(String recipient, Client client) implements Order {}

    /// The client and the sender that an explanation is about. What is unsaid is empty.
    ///
    /// @param address `local`, or an address
    /// @param hostName its name in the DNS, which is looked up if it is unsaid
    /// @param sender the reverse-path; empty is the null one
    record Client(
            String address,
            String hostName,
            String helo,
            String tag,
            String sender,
            String login,
            Channel channel) {}

    /// How a client's connection is protected.
    enum Channel {
        CLEAR,
        TLS
    }

    /// What the room answers.
    sealed interface Answer {
        /// One line, without its end.
        record Line(String text) implements Answer {}

        /// The order was carried out; `count` is how many envelopes it concerned.
        record Done(long count) implements Answer {}

        /// It was not.
        record Refused(String why) implements Answer {}
    }

    /// The frames that a tool sends.
    static Frames<Order> frames() {
        return Frames.of(Order.class);
    }

    /// The frames that a room sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
