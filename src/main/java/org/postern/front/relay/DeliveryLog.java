package org.postern.front.relay;

import java.time.Duration;
import java.time.InstantSource;
import org.postern.log.Deliveries;
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
        var share = envelope.share();
        var original =
                share.originalRecipient().isSameAs(share.recipient())
                        ? "-"
                        : share.originalRecipient();
        Deliveries.of(log, trail.session, "mta", envelope, original)
                .quoted("source", trail.source)
                .quoted("relay", trail.relay)
                .duration("delay", delay(envelope))
                .quoted("result", Deliveries.word(outcome))
                .quoted("stat", outcome.text())
                .write();
    }

    /// Says what became of an envelope that a neighbour delivers for us.
    void delivered(Envelope envelope, Outcome outcome, Trail trail) {
        var original = envelope.share().originalRecipient();
        Deliveries.of(log, trail.session, "mda", envelope, original)
                .word("user", user(envelope))
                .duration("delay", delay(envelope))
                .word("result", Deliveries.word(outcome))
                .rest("stat", outcome.text())
                .write();
    }

    private static String user(Envelope envelope) {
        return envelope.share().destination() instanceof Destination.Account(var user, _)
                ? user
                : envelope.share().recipient().toString();
    }

    private Duration delay(Envelope envelope) {
        return Deliveries.delay(envelope, clock.instant());
    }
}
