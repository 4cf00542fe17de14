package org.postern.front.server;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.postern.front.server.Hangup.Cause;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.message.Intake;
import org.postern.message.Intake.Fault;
import org.postern.message.Received;
import org.postern.smtp.ContentScanner;
import org.postern.smtp.ContentScanner.LineEnds;
import org.postern.smtp.Reply;

/// The content of one message on its way from the client into the queue.
///
/// It is read to its true end whatever is wrong with it, so that nothing in it is ever taken for a
/// command; only who goes on far beyond the size limit, or far too slowly, is cut off.
final class Content {
    /// How far beyond the size limit we read before we end the session.
    private static final long SURPLUS = 10L << 20;

    /// What became of it.
    sealed interface Taken {
        /// It is on disk, `size` bytes with what we added.
        record Queued(List<EnvelopeId> envelopes, long size) implements Taken {}

        /// It was not acceptable.
        record Refused(Reply reply) implements Taken {}

        /// The queue did not take it.
        record NotNow(Reply reply, String why) implements Taken {}
    }

    private final Transaction transaction;
    private final Limits limits;
    private final Means means;
    private final ContentScanner scanner;
    private final Intake.Treatment treatment;
    private final Received received;

    Content(Phase.Identity identity, Transaction transaction, Reception reception, Means means) {
        this.transaction = transaction;
        this.means = means;
        this.limits = means.limits();
        this.scanner =
                new ContentScanner(reception.has(Trait.LOCAL) ? LineEnds.LF_TOO : LineEnds.CRLF);
        var now = means.clock().instant();
        this.treatment = treatment(reception, now);
        this.received =
                new Received(
                        transaction.facts().origin(),
                        protocol(identity),
                        theOnlyOne(),
                        now,
                        reception.has(Trait.MASKS_SOURCE)
                                ? Received.Source.MASKED
                                : Received.Source.SHOWN);
    }

    /// Reads the content from `wire` and has the queue commit it.
    ///
    /// @throws SocketTimeoutException if it comes too slowly
    /// @throws Hangup if it goes far beyond the size limit
    Taken take(Wire wire) throws IOException, Hangup {
        try (var draft =
                new Draft(
                        means.submissions(), transaction.facts(), transaction.shares(), received)) {
            var intake = new Intake(treatment, draft::append);
            var begun = means.clock().instant();
            while (!scanner.isOver()) {
                wire.content(
                        scanner,
                        (bytes, from, to) -> {
                            if (isWanted(draft)) {
                                intake.take(bytes, from, to);
                            }
                        },
                        limits.idle());
                checkPace(begun);
            }
            var fault = intake.end();
            var refusal = refusal(fault);
            return refusal.isEmpty() ? draft.commit() : new Taken.Refused(refusal.getFirst());
        }
    }

    private boolean isWanted(Draft draft) {
        boolean wanted =
                !scanner.hasBareLineEnd()
                        && !scanner.hasNul()
                        && !scanner.hasLongLine()
                        && scanner.octets() <= limits.messageSize();
        if (!wanted) {
            draft.close();
        }
        return wanted;
    }

    private void checkPace(Instant begun) throws SocketTimeoutException, Hangup {
        if (scanner.octets() > limits.messageSize() + SURPLUS) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_BIG);
        }
        var taken = Duration.between(begun, means.clock().instant());
        if (taken.compareTo(limits.idle()) > 0
                && (taken.compareTo(limits.content()) > 0
                        || scanner.octets() / taken.toSeconds() < limits.leastRate())) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_SLOW);
        }
    }

    /// What is wrong with the content, the gravest first; nothing, or one reply.
    private List<Reply> refusal(Fault fault) {
        if (scanner.octets() > limits.messageSize()) {
            return List.of(Replies.TOO_BIG);
        }
        if (scanner.hasBareLineEnd()) {
            return List.of(Replies.BARE_LINE_END_IN_CONTENT);
        }
        if (scanner.hasNul()) {
            return List.of(Replies.NUL_IN_CONTENT);
        }
        if (scanner.hasLongLine()) {
            return List.of(Replies.LONG_LINE_IN_CONTENT);
        }
        return switch (fault) {
            case NONE -> List.of();
            case MALFORMED -> List.of(Replies.MALFORMED_HEADER);
            case LOOP -> {
                means.log().warn("loop detected");
                yield List.of(Replies.LOOP);
            }
        };
    }

    /// Mail of our own users is mended; somebody else's is left alone, for it may be signed.
    private Intake.Treatment treatment(Reception reception, Instant now) {
        boolean submitted =
                transaction.facts().origin().isAuthenticated()
                        || reception.has(Trait.SUBMISSION_PORT);
        return submitted
                ? new Intake.Treatment.Mended(reception.name(), now, messageId(reception))
                : new Intake.Treatment.AsItCame();
    }

    private static String messageId(Reception reception) {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
                + '@'
                + reception.name();
    }

    private List<Mailbox> theOnlyOne() {
        var recipients = transaction.recipients();
        return recipients.size() == 1 ? List.of(recipients.getFirst().mailbox()) : List.of();
    }

    /// How the message came, in the words of RFC 3848.
    private String protocol(Phase.Identity identity) {
        var origin = transaction.facts().origin();
        return identity.dialect()
                + (origin.security() instanceof org.postern.mail.Origin.Security.Tls ? "S" : "")
                + (origin.isAuthenticated() ? "A" : "");
    }
}
