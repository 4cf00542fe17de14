package org.postern.front.relay;

import java.time.Duration;
import java.time.InstantSource;
import org.postern.log.Log;
import org.postern.mail.Envelope;
import org.postern.mail.Outcome;
import org.postern.mail.Share.Destination;

/// Writes the one line that says what became of an envelope.
final class DeliveryLog {
    /// Where an envelope was last: the session, and both its ends.
    record Trail(String session, String source, String relay) {
        /// It never reached a host; `relay` is where it should have gone.
        static Trail nowhere(String relay) {
            return new Trail("0000000000000000", "-", relay);
        }
    }

    private final Log log;
    private final InstantSource clock;

    DeliveryLog(Log log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /// Says what became of a relayed envelope.
    void relayed(Envelope envelope, Outcome outcome, Trail trail) {
        log.info(
                trail.session
                        + " mta delivery "
                        + facts(envelope)
                        + " source=\""
                        + trail.source
                        + "\" relay=\""
                        + Log.quoted(trail.relay)
                        + "\" delay="
                        + delay(envelope)
                        + " result=\""
                        + word(outcome)
                        + "\" stat=\""
                        + Log.quoted(outcome.text())
                        + '"');
    }

    /// Says what became of an envelope that a neighbour delivers for us.
    void delivered(Envelope envelope, Outcome outcome, Trail trail) {
        log.info(
                trail.session
                        + " mda delivery "
                        + facts(envelope)
                        + " user="
                        + Log.visible(user(envelope))
                        + " delay="
                        + delay(envelope)
                        + " result="
                        + word(outcome)
                        + " stat="
                        + Log.visible(outcome.text()));
    }

    private static String facts(Envelope envelope) {
        var share = envelope.share();
        var original =
                share.originalRecipient().isSameAs(share.recipient())
                        ? "-"
                        : share.originalRecipient().toString();
        return "evpid="
                + envelope.id()
                + " from=<"
                + envelope.message().sender()
                + "> to=<"
                + share.recipient()
                + "> rcpt=<"
                + original
                + '>';
    }

    private static String user(Envelope envelope) {
        return envelope.share().destination() instanceof Destination.Account(var user, _)
                ? user
                : envelope.share().recipient().toString();
    }

    private String delay(Envelope envelope) {
        var time = Duration.between(envelope.created(), clock.instant());
        return duration(time.isNegative() ? Duration.ZERO : time);
    }

    /// `time` in days, hours, minutes and seconds, without those that are zero: `1h2s`.
    static String duration(Duration time) {
        if (time.toSeconds() == 0) {
            return "0s";
        }
        var text = new StringBuilder();
        part(text, time.toDaysPart(), 'd');
        part(text, time.toHoursPart(), 'h');
        part(text, time.toMinutesPart(), 'm');
        part(text, time.toSecondsPart(), 's');
        return text.toString();
    }

    private static void part(StringBuilder text, long number, char unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered _ -> "Ok";
            case Outcome.Deferred _ -> "TempFail";
            case Outcome.Failed _ -> "PermFail";
        };
    }
}
