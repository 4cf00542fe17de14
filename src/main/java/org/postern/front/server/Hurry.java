package org.postern.front.server;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postern.mail.Urgency;
import org.postern.mail.Urgency.Deadline;
import org.postern.mail.Urgency.Mode;
import org.postern.mail.Urgency.Trace;
import org.postern.smtp.Reply;

/// The parameters of MAIL that say how much of a hurry a message is in: MT-PRIORITY (RFC 6710
/// section 3) and BY (RFC 2852 section 4). Each may be said once.
final class Hurry {
    private static final Pattern BY = Pattern.compile("([+-]?[0-9]{1,9});([NR])(T?)");

    private final Offer offer;
    private int priority;
    private boolean hasPriority;
    private Deadline deadline = new Deadline.Never();

    Hurry(Offer offer) {
        this.offer = offer;
    }

    /// Takes a priority; what is wrong with it, if anything is.
    Optional<Reply> priority(String value) {
        if (hasPriority || !value.matches("-?[1-9]|0")) {
            return Optional.of(Replies.badParameter("Invalid MT-PRIORITY"));
        }
        priority = Integer.parseInt(value);
        hasPriority = true;
        return Optional.empty();
    }

    /// Takes a time of delivery; what is wrong with it, if anything is. Who wants the message back
    /// has to leave some time.
    Optional<Reply> deadline(String value) {
        var parts = BY.matcher(value.toUpperCase(Locale.ROOT));
        if (!(deadline instanceof Deadline.Never) || !parts.matches()) {
            return Optional.of(Replies.badParameter("Invalid BY"));
        }
        long seconds = Long.parseLong(parts.group(1));
        var mode = parts.group(2).equals("R") ? Mode.RETURN : Mode.NOTIFY;
        if (mode == Mode.RETURN && seconds <= 0) {
            return Optional.of(Replies.badParameter("Invalid BY"));
        }
        if (mode == Mode.RETURN && seconds < Offer.SHORTEST_DELIVER_BY.toSeconds()) {
            return Optional.of(Replies.BY_TOO_SOON);
        }
        var trace = parts.group(3).isEmpty() ? Trace.SILENT : Trace.TOLD;
        deadline = new Deadline.At(offer.now().plusSeconds(seconds), mode, trace);
        return Optional.empty();
    }

    /// Is its time over before, or just when, it may be tried for the first time?
    boolean isOverAt(Instant release) {
        return deadline instanceof Deadline.At(var time, _, _) && !time.isAfter(release);
    }

    /// What was said, as far as this client may say it.
    Urgency urgency() {
        return new Urgency(isLowered() ? 0 : priority, deadline);
    }

    private boolean isLowered() {
        return priority > 0 && !offer.mayRaisePriority();
    }

    /// What is answered to MAIL.
    Reply welcome() {
        return isLowered() ? Replies.PRIORITY_LOWERED : Replies.OK;
    }
}
