package org.postern.queue.bounce;

import org.postern.mail.Envelope;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// Whether the sender wants to be told (RFC 3461 section 4.1), recipient by recipient. Who says
/// nothing is told of failures and delays.
public final class Wish {
    private Wish() {}

    /// Is there nobody to tell, because the reverse-path is null? Notifications come that way.
    public static boolean hasNoSender(Envelope envelope) {
        return switch (envelope.message().sender()) {
            case ReversePath.Null() -> true;
            case ReversePath.Sender(_) -> false;
        };
    }

    /// Is there a sender who has not said that no report is wanted at all?
    public static boolean mayBeTold(Envelope envelope) {
        return !hasNoSender(envelope) && !envelope.share().dsnNotify().contains(Share.Notify.NEVER);
    }

    /// Does the sender want to be told of `what`?
    public static boolean wants(Envelope envelope, Share.Notify what) {
        var notify = envelope.share().dsnNotify();
        if (hasNoSender(envelope)) {
            return false;
        }
        return switch (what) {
            case FAILURE, DELAY -> notify.isEmpty() || notify.contains(what);
            case SUCCESS -> notify.contains(what);
            case NEVER -> false;
        };
    }
}
