package org.postern.front.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.postern.front.filter.Passage;
import org.postern.front.server.Hangup.Cause;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.Carriage;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageId;
import org.postern.mail.ReversePath;
import org.postern.message.Intake;
import org.postern.message.Intake.Fault;
import org.postern.message.Received;
import org.postern.smtp.ContentScanner;
import org.postern.smtp.ContentScanner.Framing;
import org.postern.smtp.ContentScanner.LineEnds;
import org.postern.smtp.Reply;

/// The content of one message on its way from the client into the queue.
///
/// It is read to its true end whatever is wrong with it, so that nothing in it is ever taken for a
/// command; only who goes on far beyond the size limit, or far too slowly, is cut off. It comes at
/// once after DATA, or in chunks after BDAT.
final class Content implements Closeable {
    /// How far beyond the size limit we read before we end the session.
    private static final long SURPLUS = 10L << 20;

    /// How many bytes programs may add to a message of the largest size.
    private static final long ADDED = 60 * 1024;

    /// After so long, and below so many bytes a second, a client loses a way into the queue that
    /// others wait for.
    private static final Duration HURRY = Duration.ofMinutes(1);

    private static final int HURRIED_RATE = 8 * 1024;

    private static final String SPAM = "X-Spam: Yes\n";

    /// What became of it.
    sealed interface Taken {
        /// It is on disk.
        record Queued(Transaction.Result.Queued queued) implements Taken {}

        /// It was not acceptable.
        record Refused(Reply reply) implements Taken {}

        /// The queue did not take it.
        record NotNow(Reply reply, String why) implements Taken {}
    }

    private final Transaction transaction;
    private final Limits limits;
    private final Means means;
    private final ContentScanner scanner;
    private final Screening screening;
    private final Received received;
    private final Draft draft;
    private final Intake intake;

    /// The way through programs that want to see the lines; none, where there are none.
    private final List<Passage> passage;

    /// What we put before the content, where programs see it, too, until they have seen it.
    private byte[] head = new byte[0];

    private long announced;
    private final Instant begun;

    /// The content of `transaction`, before its first byte. It is closed when it was taken.
    Content(
            Phase.Identity identity,
            Transaction transaction,
            Reception reception,
            Means means,
            Screening screening,
            Framing framing) {
        this.transaction = transaction;
        this.screening = screening;
        this.means = means;
        this.limits = means.limits();
        this.scanner =
                new ContentScanner(
                        reception.has(Trait.LOCAL) ? LineEnds.LF_TOO : LineEnds.CRLF, framing);
        var now = means.clock().instant();
        this.begun = now;
        this.received =
                new Received(
                        transaction.facts().origin(),
                        protocol(identity),
                        theOnlyOne(),
                        now,
                        reception.has(Trait.MASKS_SOURCE)
                                ? Received.Source.MASKED
                                : Received.Source.SHOWN,
                        reception.has(Trait.NAMES_LOGIN)
                                ? Received.Login.NAMED
                                : Received.Login.UNSAID,
                        transaction.facts().carriage().urgency().priority());
        var name = transaction.name();
        if (screening.readsContent() && !name.isEmpty()) {
            this.head = trace(name.getFirst().id()).getBytes(StandardCharsets.UTF_8);
            this.draft = draft(_ -> "");
            this.intake = Intake.withOurTrace(treatment(reception, now), draft::append);
            this.passage =
                    List.of(screening.begin(limits.messageSize() + ADDED, this.intake::take));
        } else {
            this.draft = draft(this::trace);
            this.intake = new Intake(treatment(reception, now), draft::append);
            this.passage = List.of();
        }
    }

    private Draft draft(Draft.Head ofMessage) {
        return new Draft(
                means.submissions(),
                transaction.facts(),
                transaction.shares(),
                ofMessage,
                transaction.name());
    }

    /// What we put before the content.
    private String trace(MessageId id) {
        return screening.isJunk(transaction) ? SPAM + received.field(id) : received.field(id);
    }

    /// Reads the content from `wire`, up to the line with the dot, and has the queue commit it.
    ///
    /// @throws SocketTimeoutException if it comes too slowly
    /// @throws Hangup if it goes far beyond the size limit
    Taken take(Wire wire) throws IOException, Hangup {
        while (!scanner.isOver()) {
            wire.content(scanner, this::keep, limits.idle());
            checkPace(scanner.octets());
        }
        screening.hears(".");
        return commit();
    }

    /// Reads a chunk of this many octets from `wire` (RFC 3030 section 2); a reply if it is
    /// refused, and with it the content.
    ///
    /// @throws SocketTimeoutException if it comes too slowly
    Optional<Reply> takeChunk(long octets, Wire wire) throws IOException, Hangup {
        announced += octets;
        if (announced > limits.messageSize()) {
            draft.close();
            discard(octets, wire, means);
            return Optional.of(Replies.TOO_BIG);
        }
        long left = octets;
        while (left > 0) {
            left -=
                    wire.octets(
                            left,
                            (bytes, from, to) -> scanner.scan(bytes, from, to, this::keep),
                            limits.idle());
            checkPace(announced - left);
        }
        return faultOfBytes();
    }

    /// Reads past a chunk that nobody wants.
    ///
    /// @throws Hangup if it is far beyond the size limit
    static void discard(long octets, Wire wire, Means means) throws IOException, Hangup {
        if (octets > means.limits().messageSize() + SURPLUS) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_BIG);
        }
        var begun = means.clock().instant();
        long left = octets;
        while (left > 0) {
            left -= wire.octets(left, (_, _, _) -> {}, means.limits().idle());
            checkPace(begun, octets - left, means);
        }
    }

    /// There are no more chunks: has the queue commit the content.
    ///
    /// @throws Hangup if a filter wants the session ended
    Taken takeLast() throws IOException, Hangup {
        scanner.end(this::keep);
        return commit();
    }

    /// The content is over. Filters are asked whatever is wrong with it, and what they say comes
    /// first.
    private Taken commit() throws IOException, Hangup {
        var trouble = throughPrograms();
        var fault = intake.end();
        var objections = screening.objections(org.postern.front.filter.Point.COMMIT);
        if (!objections.isEmpty()) {
            return new Taken.Refused(objections.getFirst());
        }
        if (trouble.isPresent()) {
            return new Taken.NotNow(Replies.TRY_LATER, "filter: no content back: " + trouble.get());
        }
        var refusal = refusal(fault);
        return refusal.isEmpty() ? draft.commit() : new Taken.Refused(refusal.get());
    }

    private Optional<String> throughPrograms() throws IOException {
        if (passage.isEmpty()) {
            return Optional.empty();
        }
        if (isWanted()) {
            beginPassage();
            return passage.getFirst().end();
        }
        passage.getFirst().abandon();
        return Optional.empty();
    }

    private void keep(byte[] bytes, int from, int to) throws IOException {
        if (!isWanted()) {
            return;
        }
        if (passage.isEmpty()) {
            intake.take(bytes, from, to);
        } else {
            beginPassage();
            passage.getFirst().take(bytes, from, to);
        }
    }

    private void beginPassage() throws IOException {
        var first = head;
        head = new byte[0];
        passage.getFirst().take(first, 0, first.length);
    }

    private boolean isWanted() {
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

    /// Ends the session of a client that sends too slowly, or too much. Who keeps one of the last
    /// ways into the queue has less time than others: they wait for it.
    private void checkPace(long octets) throws Hangup {
        if (draft.keepsOthersWaiting()
                && isBehind(begun, octets, HURRY, HURRIED_RATE, means.clock().instant())) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_SLOW);
        }
        checkPace(begun, octets, means);
    }

    private static void checkPace(Instant begun, long octets, Means means) throws Hangup {
        var limits = means.limits();
        if (octets > limits.messageSize() + SURPLUS) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_BIG);
        }
        var now = means.clock().instant();
        if (Duration.between(begun, now).compareTo(limits.content()) > 0
                || isBehind(begun, octets, limits.idle(), limits.leastRate(), now)) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_SLOW);
        }
    }

    /// Is it later than `grace` after `begun`, and have fewer `octets` come than so many a second?
    private static boolean isBehind(
            Instant begun, long octets, Duration grace, int rate, Instant now) {
        var taken = Duration.between(begun, now);
        return taken.compareTo(grace) > 0 && octets / taken.toSeconds() < rate;
    }

    /// What is wrong with the content, the gravest first.
    private Optional<Reply> refusal(Fault fault) {
        var ofBytes = faultOfBytes();
        if (ofBytes.isPresent()) {
            return ofBytes;
        }
        return switch (fault) {
            case NONE -> Optional.empty();
            case MALFORMED -> Optional.of(Replies.MALFORMED_HEADER);
            case LOOP -> {
                means.log().warn("loop detected");
                yield Optional.of(Replies.LOOP);
            }
        };
    }

    /// What is wrong with the bytes so far, whatever they say.
    private Optional<Reply> faultOfBytes() {
        if (scanner.octets() > limits.messageSize()) {
            return Optional.of(Replies.TOO_BIG);
        }
        if (scanner.hasBareLineEnd()) {
            return Optional.of(Replies.BARE_LINE_END_IN_CONTENT);
        }
        if (scanner.hasNul()) {
            return Optional.of(Replies.NUL_IN_CONTENT);
        }
        if (scanner.hasLongLine()) {
            return Optional.of(Replies.LONG_LINE_IN_CONTENT);
        }
        return Optional.empty();
    }

    /// Forgets the message if it is not in the queue.
    @Override
    public void close() {
        passage.forEach(Passage::close);
        draft.close();
    }

    /// Mail of our own users is mended; somebody else's is left alone, for it may be signed.
    private Intake.Treatment treatment(Reception reception, Instant now) {
        boolean submitted =
                transaction.facts().origin().isAuthenticated()
                        || reception.has(Trait.SUBMISSION_PORT);
        return submitted
                ? new Intake.Treatment.Mended(
                        reception.name(), now, messageId(reception), author(reception))
                : new Intake.Treatment.AsItCame();
    }

    /// The null reverse-path has no mailbox to show, and is only for who may send as anybody.
    private Intake.Author author(Reception reception) {
        return transaction.facts().origin().isAuthenticated()
                        && reception.admission().senders()
                                instanceof Admission.Senders.Listed listed
                        && listed.masquerades()
                        && transaction.facts().sender() instanceof ReversePath.Sender(var mailbox)
                ? new Intake.Author.Only(mailbox)
                : new Intake.Author.AsWritten();
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

    /// How the message came, in the words of RFC 3848, and of RFC 6531 section 4.3.
    private String protocol(Phase.Identity identity) {
        var origin = transaction.facts().origin();
        var dialect =
                transaction.facts().carriage().needs(Carriage.Need.UTF8)
                        ? "UTF8SMTP"
                        : identity.dialect().toString();
        return dialect
                + (origin.security() instanceof org.postern.mail.Origin.Security.Tls ? "S" : "")
                + (origin.isAuthenticated() ? "A" : "");
    }
}
