package org.postern.front.route;

import java.util.List;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Mailbox;
import org.postern.mail.Share;

/// What the ruleset and the expansion made of a recipient: all of it is accepted, or nothing is.
public sealed interface Routing {
    /// It becomes these shares, at least one.
    record Accepted(List<Share> shares) implements Routing {
        public Accepted {
            shares = List.copyOf(shares);
            if (shares.isEmpty()) {
                throw new IllegalArgumentException("accepted for nobody");
            }
        }
    }

    /// It is refused for good. `cause` is for the log and names the member that failed; the client
    /// sees only the reply.
    record Refused(Answer reply, String cause) implements Routing {}

    /// It cannot be decided now. `cause` is for the log.
    record TryLater(Answer reply, String cause) implements Routing {}

    /// The reply to RCPT.
    ///
    /// @param code 400 to 599
    /// @param text one line, which names the recipient as the client wrote it
    record Answer(int code, EnhancedStatus status, String text) {
        public Answer {
            if (code < 400 || code > 599 || status.kind() != code / 100) {
                throw new IllegalArgumentException(code + " " + status);
            }
        }

        /// No rule accepts the recipient, or there is no such user; the two look the same from
        /// outside.
        static Answer invalid(Mailbox recipient) {
            return new Answer(
                    550, new EnhancedStatus(5, 1, 1), "Invalid recipient: <" + recipient + ">");
        }

        /// Something could not be asked.
        static Answer temporary(Mailbox recipient) {
            return new Answer(
                    451, new EnhancedStatus(4, 3, 0), "Temporary failure: <" + recipient + ">");
        }

        /// The expansion cannot end well.
        static Answer badList(Mailbox recipient) {
            return new Answer(
                    550,
                    new EnhancedStatus(5, 2, 4),
                    "Mailing list expansion problem: <" + recipient + ">");
        }

        /// The expansion cannot end well just now.
        static Answer badListNow(Mailbox recipient) {
            return new Answer(
                    451,
                    new EnhancedStatus(4, 2, 4),
                    "Mailing list expansion problem: <" + recipient + ">");
        }

        /// What an `error:` value says. An enhanced status at its beginning is taken if it fits the
        /// code; otherwise it is X.2.1, the mailbox does not accept messages (RFC 3463 section
        /// 3.3).
        static Answer refusal(int code, String text, Mailbox recipient) {
            var said = EnhancedStatus.parse(text).filter(status -> status.kind() == code / 100);
            var words =
                    said.map(status -> text.substring(status.toString().length()).strip())
                            .orElse(text);
            return new Answer(
                    code,
                    said.orElse(new EnhancedStatus(code / 100, 2, 1)),
                    words + ": <" + recipient + ">");
        }
    }
}
