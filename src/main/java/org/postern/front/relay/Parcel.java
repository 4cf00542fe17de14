package org.postern.front.relay;

import java.util.List;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;

/// What is handed over in one mail transaction: one message for some recipients.
record Parcel(MessageFacts facts, List<Addressee> to, Load load, Demand demand) {
    /// What is demanded of the connection and of those behind it.
    enum Demand {
        NOTHING,
        /// Verified TLS, up to the mailbox (REQUIRETLS, RFC 8689 section 2).
        TLS
    }

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

    /// Is verified TLS demanded?
    boolean demandsTls() {
        return demand == Demand.TLS;
    }
}
