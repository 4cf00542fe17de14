package org.postern.delivery;

import java.time.Instant;
import org.postern.log.Deliveries;
import org.postern.log.Log;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;
import org.postern.mail.SessionId;
import org.postern.mail.Share.Destination;

/// The log line of a local delivery:
///
///     ID mda delivery evpid=.. from=<..> to=<..> rcpt=<..> user=.. delay=.. result=.. stat=..
final class Reporting {
    private Reporting() {}

    /// Says what came of one attempt at `envelope`.
    static void log(Log log, SessionId session, Envelope envelope, Instant now, Outcome outcome) {
        var share = envelope.share();
        Deliveries.of(log, session, "mda", envelope, share.originalRecipient())
                .word("user", user(share.destination()))
                .duration("delay", Deliveries.delay(envelope, now))
                .word("result", Deliveries.word(outcome))
                .rest("stat", stat(outcome))
                .write();
    }

    private static String user(Destination destination) {
        return switch (destination) {
            case Destination.Account(var user, _) -> user;
            case Destination.Sealed(var user, _, _) -> user;
            case Destination.Listed _ -> Delivery.ALIAS_ACCOUNT;
            case Destination.Remote _, Destination.Unrouted _ -> "-";
        };
    }

    private static String stat(Outcome outcome) {
        var text = outcome.text();
        boolean plain =
                outcome instanceof Outcome.Delivered
                        || text.equals("Loop detected")
                        || text.contains("failure in user lookup");
        return plain ? text : "Error (" + text + ')';
    }
}
