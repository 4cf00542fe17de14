package org.postern.tool;

import java.util.List;

/// What a command line of `sendmail` asks for.
sealed interface Request {
    /// Send the message on standard input.
    ///
    /// @param fullName the name for a generated From field; empty for the account's own
    /// @param recipients the arguments, each a list of addresses
    /// @param notifications when the sender is told (NOTIFY of RFC 3461 section 4.1); empty for the
    ///   default
    /// @param returned how much comes back (RET of RFC 3461 section 4.3): `FULL`, `HDRS` or empty
    /// @param envelopeId the sender's name for the envelope (ENVID); may be empty
    record Send(
            Sender sender,
            String fullName,
            RecipientsIn recipientsIn,
            List<String> recipients,
            String notifications,
            String returned,
            String envelopeId,
            Telling telling)
            implements Request {
        public Send {
            recipients = List.copyOf(recipients);
        }
    }

    /// `-bp`: show the queue.
    record ShowQueue() implements Request {}

    /// `-bs`: speak SMTP on standard input and output.
    record SpeakSmtp() implements Request {}

    /// `-bi`, `-I`: make the database of the aliases.
    record NewAliases() implements Request {}

    /// Nothing is done, and that is right.
    record Nothing(String why) implements Request {}

    /// Nothing is done, and that is an error.
    record Refused(String why) implements Request {}

    /// Whom the envelope is from.
    sealed interface Sender {
        /// `-f ADDRESS`.
        record Named(String address) implements Sender {}

        /// `-f ""` or `-f <>`: nobody, as in notifications.
        record Nobody() implements Sender {}

        /// Whoever the From field names, else the caller.
        record OfHeader() implements Sender {}
    }

    /// Where recipients stand.
    enum RecipientsIn {
        ARGUMENTS,
        /// `-t`: in the header too.
        HEADER_TOO
    }

    /// How much is said on standard error.
    enum Telling {
        QUIET,
        /// `-v`: the SMTP dialogue.
        DIALOGUE
    }
}
