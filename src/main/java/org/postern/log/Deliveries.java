package org.postern.log;

import java.time.Duration;
import java.time.Instant;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;

/// The lines that say what became of an envelope, as far as they are the same wherever it went.
public final class Deliveries {
    private Deliveries() {}

    /// Begins the line of an attempt at `envelope`.
    ///
    /// @param session of the attempt
    /// @param subsystem `mta` or `mda`
    /// @param original the recipient that the client named, or `-`
    public static Entry of(
            Log log, Object session, String subsystem, Envelope envelope, Object original) {
        return log.entry()
                .id(session)
                .subsystem(subsystem)
                .event("delivery")
                .word("evpid", envelope.id())
                .mailbox("from", envelope.message().sender())
                .mailbox("to", envelope.share().recipient())
                .mailbox("rcpt", original);
    }

    /// How long `envelope` has been on its way.
    public static Duration delay(Envelope envelope, Instant now) {
        return Duration.between(envelope.created(), now);
    }

    /// The outcome in one word.
    public static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> "Ok";
            case Outcome.Deferred _ -> "TempFail";
            case Outcome.Failed _ -> "PermFail";
        };
    }
}
