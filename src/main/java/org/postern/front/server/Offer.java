package org.postern.front.server;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.Origin;
import org.postern.smtp.Parameter;

/// What a client may ask for at MAIL in this state of its session; EHLO offers just that.
///
/// @param largest the most bytes that a message may have
record Offer(Reception reception, Progress progress, long largest, Instant now) {
    /// The shortest time after which a message is returned that was not delivered by then.
    static final Duration SHORTEST_DELIVER_BY = Duration.ofMinutes(1);

    /// For how long a message may be held back (RFC 4865 section 4).
    private static final Duration LONGEST_HOLD = Duration.ofDays(7);

    /// Are wishes for notifications heard (RFC 3461)?
    boolean dsn() {
        return reception.has(Trait.OFFERS_DSN);
    }

    /// May TLS be demanded for the whole way? Only over TLS (RFC 8689 section 4).
    boolean requireTls() {
        return progress.isPrivate();
    }

    /// May messages be held back? Those of our own users only: it is an extension of message
    /// submission, and others could fill the queue with it.
    boolean futureRelease() {
        return !(progress.login() instanceof Origin.Login.Anonymous);
    }

    /// May it have a higher priority than others? Anybody may say that there is no hurry.
    boolean mayRaisePriority() {
        return !(progress.login() instanceof Origin.Login.Anonymous);
    }

    /// The lines of EHLO for what depends on the state of the session, and for what hurries.
    List<String> lines() {
        var lines = new ArrayList<String>();
        if (requireTls()) {
            lines.add("REQUIRETLS");
        }
        if (futureRelease()) {
            lines.add(
                    "FUTURERELEASE "
                            + LONGEST_HOLD.toSeconds()
                            + ' '
                            + now.plus(LONGEST_HOLD).truncatedTo(ChronoUnit.SECONDS));
        }
        lines.add("MT-PRIORITY");
        lines.add("DELIVERBY " + SHORTEST_DELIVER_BY.toSeconds());
        return lines;
    }

    /// Until when HOLDFOR or HOLDUNTIL holds a message back; empty if it is malformed, or for
    /// longer than is offered. A time that is past is now.
    Optional<Instant> release(Parameter parameter) {
        var latest = now.plus(LONGEST_HOLD);
        return until(parameter).filter(time -> !time.isAfter(latest));
    }

    private Optional<Instant> until(Parameter parameter) {
        var value = parameter.value();
        if (parameter.name().equals("HOLDFOR")) {
            return value.matches("[1-9][0-9]{0,8}")
                    ? Optional.of(now.plusSeconds(Long.parseLong(value)))
                    : Optional.empty();
        }
        try {
            // RFC 3339 section 5.6: seconds are not left out.
            return value.matches(".*T[0-9]{2}:[0-9]{2}:[0-9]{2}.*")
                    ? Optional.of(OffsetDateTime.parse(value).toInstant())
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
