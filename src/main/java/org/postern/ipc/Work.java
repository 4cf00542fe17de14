package org.postern.ipc;

import java.util.List;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Outcome;
import org.postern.mail.Share;

/// Work that is due: what a worker in `front` or `delivery` says to `queue`.
///
///     worker: Ready                              queue: Try+, when something is due
///     worker: Fetch, as often as needed          queue: Piece* LastPiece
///     worker: Report | Routed | NotYet           (and Ready again)
///
/// One conversation is one worker, which does one thing at a time; the number of conversations is the
/// number of attempts that can be under way. A worker that hangs up after Try has deferred those
/// envelopes. Each envelope of a Try is reported exactly once, in one Report or in several.
///
/// In the lane ROUTE no content is handed out, and a report is never that of a delivery. What is
/// routed there is our own notifications, and envelopes whose action is gone and that the
/// administrator has ordered to be routed again.
public sealed interface Work {
    /// The worker is free for an attempt of this kind.
    record Ready(Lane lane) implements Work {}

    /// The content was not in the Try: send it now, from its beginning. At most as often as the Try
    /// has envelopes, and [#SPARE] times more.
    record Fetch() implements Work {
        /// How often a content may be fetched in vain, because a next hop was lost in its middle.
        public static final int SPARE = 10;
    }

    /// What came of some of the envelopes.
    record Report(List<Result> results) implements Work {}

    /// The ruleset was asked (lane ROUTE): the envelope is replaced by these, at most
    /// [#MOST_SHARES].
    record Routed(EnvelopeId envelope, List<Share> shares) implements Work {
        /// How many shares may replace one envelope.
        public static final int MOST_SHARES = 10_000;
    }

    /// The worker does not know the envelope's action, or knows another by its name: the rooms
    /// change their configurations one after the other. It was not tried.
    record NotYet(EnvelopeId envelope) implements Work {}

    /// What came of one envelope. `peer` names the host or mailbox that took it, for the record.
    record Result(EnvelopeId envelope, Outcome outcome) {}

    /// What `queue` hands out.
    sealed interface Assignment {
        /// Try these envelopes: one message, one action, and one destination for all.
        ///
        /// In lane LOCAL, `following` more of them follow at once: other small messages for the
        /// same user by the same action. All of these bring their content, and each is reported.
        record Try(List<Envelope> envelopes, Content content, int following) implements Assignment {
            /// How many may follow.
            public static final int MOST_FOLLOWING = 100;

            public Try {
                if (following < 0 || following > MOST_FOLLOWING) {
                    throw new IllegalArgumentException(following + " more to follow");
                }
            }

            /// One that is alone.
            public Try(List<Envelope> envelopes, Content content) {
                this(envelopes, content, 0);
            }
        }

        /// More content.
        record Piece(Chunk bytes) implements Assignment {}

        /// The last of the content.
        record LastPiece(Chunk bytes) implements Assignment {}
    }

    /// The content of the message to be tried; lines end in LF.
    sealed interface Content {
        /// The longest content that comes with its Try, in bytes.
        int LONGEST_INLINE = 64 * 1024;

        /// All of it.
        record Inline(Chunk bytes) implements Content {}

        /// It is `length` bytes long and comes when it is fetched.
        record OnRequest(long length) implements Content {}
    }

    /// The kinds of work.
    enum Lane {
        /// Mail out: `front`.
        RELAY,
        /// Mail home: `delivery`.
        LOCAL,
        /// Envelopes for which the ruleset has still to be asked: `front`.
        ROUTE
    }

    /// The frames that a worker sends.
    static Frames<Work> frames() {
        return Frames.of(Work.class);
    }

    /// The frames that `queue` sends.
    static Frames<Assignment> assignments() {
        return Frames.of(Assignment.class);
    }
}
