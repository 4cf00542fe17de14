package org.postern.front.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;
import org.postern.mail.Urgency;
import org.postern.mail.Urgency.Mode;
import org.postern.mail.Urgency.Trace;

/// What is handed over in one mail transaction: one message for some recipients.
///
/// @param due by when it is to be delivered
record Parcel(MessageFacts facts, List<Addressee> to, Load load, Demand demand, Due due) {
    /// What is demanded of the connection and of those behind it.
    enum Demand {
        NOTHING,
        /// Verified TLS, up to the mailbox (REQUIRETLS, RFC 8689 section 2).
        TLS
    }

    /// By when a parcel is to be delivered, as the next hop is told.
    sealed interface Due {
        /// Nobody said, or it is not told.
        record Whenever() implements Due {}

        /// In so many seconds, which may be past (RFC 2852 section 4).
        record In(long seconds, Mode mode, Trace trace) implements Due {
            /// Is it too late for it to be delivered?
            boolean isOver() {
                return mode == Mode.RETURN && seconds <= 0;
            }

            /// The value of BY.
            @Override
            public String toString() {
                long most = 999_999_999;
                return Math.clamp(seconds, -most, most)
                        + (mode == Mode.RETURN ? ";R" : ";N")
                        + (trace == Trace.TOLD ? "T" : "");
            }
        }

        /// What is left at `now` of what the sender asked for.
        static Due of(Urgency urgency, Instant now) {
            return switch (urgency.deadline()) {
                case Urgency.Deadline.Never() -> new Whenever();
                case Urgency.Deadline.At(var time, var mode, var trace) ->
                        new In(Duration.between(now, time).toSeconds(), mode, trace);
            };
        }
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

    /// The same, to be delivered by another time.
    Parcel by(Due other) {
        return new Parcel(facts, to, load, demand, other);
    }

    /// Is verified TLS demanded?
    boolean demandsTls() {
        return demand == Demand.TLS;
    }
}
