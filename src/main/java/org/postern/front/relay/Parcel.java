package org.postern.front.relay;

import java.util.List;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;

/// What is handed over in one mail transaction: one message for some recipients.
record Parcel(MessageFacts facts, List<Addressee> to, Load load) {
    /// A recipient as the next hop is to know it.
    ///
    /// @param path what stands between `<` and `>` in RCPT TO
    record Addressee(Envelope envelope, String path) {}

    Parcel {
        to = List.copyOf(to);
        if (to.isEmpty()) {
            throw new IllegalArgumentException("a parcel for nobody");
        }
    }
}
