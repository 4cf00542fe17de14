package org.postern.delivery;

import java.time.Duration;
import java.time.Instant;
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

    /// The line for what came of one attempt at `envelope`.
    static String line(SessionId session, Envelope envelope, Instant now, Outcome outcome) {
        var share = envelope.share();
        var delay = Duration.between(envelope.created(), now);
        return session
                + " mda delivery evpid="
                + envelope.id()
                + " from=<"
                + envelope.message().sender()
                + "> to=<"
                + share.recipient()
                + "> rcpt=<"
                + share.originalRecipient()
                + "> user="
                + Log.visible(user(share.destination()))
                + " delay="
                + text(delay)
                + " result="
                + result(outcome)
                + " stat="
                + stat(outcome);
    }

    private static String user(Destination destination) {
        return switch (destination) {
            case Destination.Account(var user, _) -> user;
            case Destination.Sealed(var user, _, _) -> user;
            case Destination.Listed _ -> Delivery.ALIAS_ACCOUNT;
            case Destination.Remote _, Destination.Unrouted _ -> "-";
        };
    }

    private static String result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> "Ok";
            case Outcome.Deferred _ -> "TempFail";
            case Outcome.Failed _ -> "PermFail";
        };
    }

    private static String stat(Outcome outcome) {
        var text = Log.visible(outcome.text());
        boolean plain =
                outcome instanceof Outcome.Delivered
                        || text.equals("Loop detected")
                        || text.contains("failure in user lookup");
        return plain ? text : "Error (" + text + ')';
    }

    /// A duration as `1d2h3m4s`, units that are 0 left out; `0s` if it is less than a second.
    static String text(Duration duration) {
        if (duration.toSeconds() <= 0) {
            return "0s";
        }
        return part(duration.toDays(), 'd')
                + part(duration.toHoursPart(), 'h')
                + part(duration.toMinutesPart(), 'm')
                + part(duration.toSecondsPart(), 's');
    }

    private static String part(long number, char unit) {
        return number == 0 ? "" : Long.toString(number) + unit;
    }
}
