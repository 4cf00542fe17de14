package org.postern.front.relay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Verdict.Stage;
import org.postern.mail.Carriage;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Idna;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.mail.Urgency;

/// One mail transaction with a next hop: MAIL, RCPT, DATA and the content (RFC 5321 section 3.3).
///
/// Where the next hop lets us, everything before the content goes out at once (RFC 2920).
final class Transaction {
    private static final int BATCH = 100;

    /// In what state the session is afterwards.
    enum End {
        /// Ready for the next transaction.
        READY,
        /// The transaction has to be reset first.
        RESET,
        /// Of no more use.
        CLOSED
    }

    /// What came of it.
    ///
    /// @param verdicts one for each addressee of the parcel, in its order
    /// @param why what ended the session, if that is what happened
    record Result(List<Verdict> verdicts, End end, String why) {
        Result {
            verdicts = List.copyOf(verdicts);
        }

        /// Did the session end before the next hop said anything about this transaction? A kept
        /// connection that was closed at the other end looks like this.
        boolean isStale() {
            return end == End.CLOSED && verdicts.stream().allMatch(Transaction::meansStale);
        }

        /// Was the next hop lost in the middle of the content?
        boolean isBroken() {
            return verdicts.stream()
                    .anyMatch(
                            verdict ->
                                    verdict instanceof Verdict.Lost(_, var stage)
                                            && stage == Stage.IN_CONTENT);
        }
    }

    private static boolean meansStale(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Lost(_, var stage) -> stage == Stage.BEFORE_CONTENT;
            case Verdict.Refused(var reply, var stage) ->
                    reply.closes() && stage == Stage.BEFORE_CONTENT;
            case Verdict.Taken _, Verdict.TooLarge _, Verdict.Unable _ -> false;
        };
    }

    private static final Verdict UTF8_LACKING =
            new Verdict.Unable(
                    new EnhancedStatus(5, 6, 7),
                    "addresses or header in UTF-8, and the next hop does not offer SMTPUTF8");

    private final Wire wire;
    private final Extensions extensions;
    private final Dialect dialect;
    private final Timeouts timeouts;
    private final Parcel parcel;
    private final Watchers.Transfer watchers;
    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<Integer> accepted = new ArrayList<>();
    private boolean utf8;

    Transaction(
            Wire wire,
            Extensions extensions,
            Dialect dialect,
            Timeouts timeouts,
            Parcel parcel,
            Watchers.Transfer watchers) {
        this.wire = wire;
        this.extensions = extensions;
        this.dialect = dialect;
        this.timeouts = timeouts;
        this.parcel = parcel;
        this.watchers = watchers;
    }

    /// Runs it to its end.
    ///
    /// @throws IOException if the queue fails to give the content
    Result run() throws IOException {
        var largest = extensions.largest();
        if (largest.isPresent() && parcel.load().length() > largest.getAsLong()) {
            parcel.to().forEach(_ -> verdicts.add(new Verdict.TooLarge()));
            return new Result(verdicts, End.READY, "");
        }
        if (extensions.utf8()) {
            utf8 = asksForUtf8() || !isAscii();
        } else if (!isAscii() || (asksForUtf8() && parcel.load().hasEightBitHeader())) {
            parcel.to().forEach(_ -> verdicts.add(UTF8_LACKING));
            return new Result(verdicts, End.READY, "");
        }
        var obstacle = obstacle();
        if (obstacle.isPresent()) {
            parcel.to().forEach(_ -> verdicts.add(obstacle.get()));
            return new Result(verdicts, End.READY, "");
        }
        if (wire.hasUnread()) {
            return lost("Remote host sent too much data", Stage.BEFORE_CONTENT);
        }
        try {
            if (isBinary()) {
                return stepByStep();
            }
            return extensions.pipelining() ? pipelined() : stepByStep();
        } catch (PeerLost e) {
            return lost(e.text(), Stage.BEFORE_CONTENT);
        }
    }

    private boolean asksForUtf8() {
        return parcel.facts().carriage().needs(Carriage.Need.UTF8);
    }

    /// Are all addresses ASCII?
    private boolean isAscii() {
        return Idna.isAscii(path(parcel.facts().sender()))
                && parcel.to().stream().allMatch(one -> Idna.isAscii(one.path()));
    }

    private boolean isBinary() {
        return parcel.facts().carriage().form() == Carriage.Form.BINARY;
    }

    /// Why the message cannot go to this host, if it cannot.
    private Optional<Verdict> obstacle() {
        if (isBinary() && !extensions.binary()) {
            return Optional.of(
                    new Verdict.Unable(
                            new EnhancedStatus(5, 6, 3),
                            "binary content, and the next hop does not offer BINARYMIME"));
        }
        if (parcel.demandsTls() && !extensions.requireTls()) {
            return Optional.of(
                    new Verdict.Unable(
                            new EnhancedStatus(5, 7, 30),
                            "TLS is required, and the next hop does not offer REQUIRETLS"));
        }
        return parcel.due() instanceof Parcel.Due.In in ? tooLate(in) : Optional.empty();
    }

    /// Why the time of delivery cannot be kept, if it cannot. Who wants the message returned after
    /// that does not want it where nobody returns it.
    private Optional<Verdict> tooLate(Parcel.Due.In due) {
        if (due.mode() == Urgency.Mode.NOTIFY) {
            return Optional.empty();
        }
        if (!extensions.deliverBy()) {
            return Optional.of(
                    new Verdict.Unable(
                            new EnhancedStatus(5, 3, 3),
                            "to be returned after its time, and the next hop does not offer"
                                    + " DELIVERBY"));
        }
        return due.isOver() || due.seconds() < extensions.shortestDeliverBy()
                ? Optional.of(
                        new Verdict.Unable(
                                new EnhancedStatus(5, 4, 7),
                                "not enough time is left until its time of delivery"))
                : Optional.empty();
    }

    /// The rest of the recipients share the fate of the session. What the next hop said while it
    /// closed is worth more than that it did.
    private Result lost(String why, Stage stage) {
        for (int i : accepted) {
            verdicts.set(i, new Verdict.Lost(why, stage));
        }
        while (verdicts.size() < parcel.to().size()) {
            verdicts.add(new Verdict.Lost(why, stage));
        }
        return new Result(verdicts, End.CLOSED, why);
    }

    private Result pipelined() throws IOException {
        boolean wholeAtOnce = parcel.to().size() <= BATCH;
        wire.say(mail());
        if (wholeAtOnce) {
            for (var addressee : parcel.to()) {
                wire.say(rcpt(addressee));
            }
            wire.say("DATA");
        }
        var mail = wire.reply(timeouts.command());
        if (mail.closes() || (!wholeAtOnce && !mail.isPositive())) {
            return refused(mail);
        }
        begins(mail);
        for (var addressee : parcel.to()) {
            if (!wholeAtOnce) {
                wire.say(rcpt(addressee));
            }
            var reply = wire.reply(timeouts.command());
            if (reply.closes()) {
                return refused(reply);
            }
            note(addressee, mail.isPositive() ? reply : mail);
        }
        if (!wholeAtOnce && accepted.isEmpty()) {
            return new Result(verdicts, End.RESET, "");
        }
        if (!wholeAtOnce) {
            wire.say("DATA");
        }
        return data();
    }

    private Result stepByStep() throws IOException {
        wire.say(mail());
        var mail = wire.reply(timeouts.command());
        if (!mail.isPositive()) {
            return refused(mail);
        }
        begins(mail);
        for (var addressee : parcel.to()) {
            wire.say(rcpt(addressee));
            var reply = wire.reply(timeouts.command());
            if (reply.closes()) {
                return refused(reply);
            }
            note(addressee, reply);
        }
        if (accepted.isEmpty()) {
            return new Result(verdicts, End.RESET, "");
        }
        if (isBinary()) {
            return chunks();
        }
        wire.say("DATA");
        return data();
    }

    private Result chunks() throws IOException {
        var chunks = new BinaryChunks(wire, timeouts);
        Optional<PeerReply> refusal;
        try {
            parcel.load().pour(chunks);
            refusal = chunks.end();
        } catch (PeerLost e) {
            return lost(e.text(), Stage.IN_CONTENT);
        }
        if (refusal.isPresent()) {
            for (int i : accepted) {
                verdicts.set(i, atDot(refusal.get()));
            }
            return refusal.get().closes()
                    ? new Result(verdicts, End.CLOSED, refusal.get().text())
                    : new Result(verdicts, End.RESET, "");
        }
        try {
            return dialect == Dialect.LMTP ? repliesToEach() : replyToAll();
        } catch (PeerLost e) {
            return lost(e.text(), Stage.CONTENT);
        }
    }

    private void begins(PeerReply mail) {
        if (mail.isPositive()) {
            watchers.begins(path(parcel.facts().sender()));
        }
    }

    private void note(Parcel.Addressee addressee, PeerReply reply) {
        watchers.recipient(addressee, reply);
        if (reply.isPositive()) {
            accepted.add(verdicts.size());
            verdicts.add(new Verdict.Taken(reply));
        } else {
            verdicts.add(new Verdict.Refused(reply, Stage.BEFORE_CONTENT));
        }
    }

    /// All who are not refused yet are refused by `reply`.
    private Result refused(PeerReply reply) {
        for (int i : accepted) {
            verdicts.set(i, new Verdict.Refused(reply, Stage.BEFORE_CONTENT));
        }
        while (verdicts.size() < parcel.to().size()) {
            verdicts.add(new Verdict.Refused(reply, Stage.BEFORE_CONTENT));
        }
        return reply.closes()
                ? new Result(verdicts, End.CLOSED, reply.text())
                : new Result(verdicts, End.RESET, "");
    }

    /// The answer to DATA is still to come.
    private Result data() throws IOException {
        var reply = wire.reply(timeouts.data());
        watchers.content(reply);
        if (accepted.isEmpty()) {
            return withoutRecipients(reply);
        }
        if (!reply.invitesContent()) {
            return refused(reply);
        }
        if (wire.hasUnread()) {
            return lost("Remote host sent too much data", Stage.BEFORE_CONTENT);
        }
        var stuffer = new DotStuffer(wire);
        try {
            parcel.load().pour(stuffer);
        } catch (PeerLost e) {
            return lost(e.text(), Stage.IN_CONTENT);
        }
        try {
            stuffer.end();
            watchers.dot();
            return dialect == Dialect.LMTP ? repliesToEach() : replyToAll();
        } catch (PeerLost e) {
            return lost(e.text(), Stage.CONTENT);
        }
    }

    /// Nobody is left, but the content was invited all the same: an empty one ends that (RFC 2920
    /// section 3.1).
    private Result withoutRecipients(PeerReply data) throws PeerLost {
        if (!data.invitesContent()) {
            return data.closes()
                    ? new Result(verdicts, End.CLOSED, data.text())
                    : new Result(verdicts, End.RESET, "");
        }
        if (dialect == Dialect.LMTP) {
            return new Result(verdicts, End.CLOSED, "content invited for no recipient");
        }
        wire.say(".");
        var _ = wire.reply(timeouts.command());
        return new Result(verdicts, End.RESET, "");
    }

    private Result replyToAll() throws PeerLost {
        var reply = wire.reply(timeouts.dot());
        for (int i : accepted) {
            verdicts.set(i, atDot(reply));
        }
        return afterDot(reply, accepted);
    }

    /// Exactly one reply for each recipient that was accepted (RFC 2033 section 4.2).
    private Result repliesToEach() throws PeerLost {
        var waiting = List.copyOf(accepted);
        PeerReply last = null;
        for (int i : waiting) {
            last = wire.reply(timeouts.dot());
            verdicts.set(i, atDot(last));
            accepted.remove(Integer.valueOf(i));
        }
        if (last == null) {
            throw new IllegalStateException("content was sent for nobody");
        }
        return afterDot(last, waiting);
    }

    private static Verdict atDot(PeerReply reply) {
        return reply.isPositive()
                ? new Verdict.Taken(reply)
                : new Verdict.Refused(reply, Stage.CONTENT);
    }

    private Result afterDot(PeerReply reply, List<Integer> answered) {
        if (answered.stream().anyMatch(i -> verdicts.get(i) instanceof Verdict.Taken)) {
            watchers.taken();
        }
        if (wire.hasUnread()) {
            return new Result(verdicts, End.CLOSED, "Remote host sent too much data");
        }
        return reply.closes()
                ? new Result(verdicts, End.CLOSED, reply.text())
                : new Result(verdicts, End.READY, "");
    }

    private String mail() {
        var line =
                new StringBuilder("MAIL FROM:<").append(path(parcel.facts().sender())).append('>');
        if (extensions.size()) {
            line.append(" SIZE=").append(declaredSize());
        }
        if (isBinary()) {
            line.append(" BODY=BINARYMIME");
        } else if (extensions.eightBit() && parcel.load().mayHoldEightBit()) {
            line.append(" BODY=8BITMIME");
        }
        if (parcel.demandsTls()) {
            line.append(" REQUIRETLS");
        }
        if (utf8) {
            line.append(" SMTPUTF8");
        }
        int priority = parcel.facts().carriage().urgency().priority();
        if (priority != 0 && extensions.priority()) {
            line.append(" MT-PRIORITY=").append(priority);
        }
        if (parcel.due() instanceof Parcel.Due.In due && extensions.deliverBy()) {
            line.append(" BY=").append(due);
        }
        if (extensions.dsn()) {
            line.append(
                    switch (parcel.facts().dsnReturn()) {
                        case UNSAID -> "";
                        case FULL -> " RET=FULL";
                        case HEADERS -> " RET=HDRS";
                    });
            var envelopeId = parcel.facts().dsnEnvelopeId();
            if (isParameter(envelopeId)) {
                line.append(" ENVID=").append(envelopeId);
            }
        }
        return line.toString();
    }

    private static String path(ReversePath sender) {
        return switch (sender) {
            case ReversePath.Null() -> "";
            case ReversePath.Sender(var mailbox) -> mailbox.toString();
        };
    }

    /// An estimate, kept below the limit that the true size is known to be below.
    private long declaredSize() {
        long declared = parcel.load().declaredLength();
        return Math.min(declared, extensions.largest().orElse(declared));
    }

    private String rcpt(Parcel.Addressee addressee) {
        var line = new StringBuilder("RCPT TO:<").append(addressee.path()).append('>');
        if (extensions.dsn()) {
            var share = addressee.envelope().share();
            if (!share.dsnNotify().isEmpty()) {
                line.append(" NOTIFY=").append(notify(share));
            }
            if (isParameter(share.dsnOriginalRecipient())) {
                line.append(" ORCPT=").append(share.dsnOriginalRecipient());
            }
        }
        return line.toString();
    }

    private static String notify(Share share) {
        return String.join(
                ",", share.dsnNotify().stream().sorted().map(Share.Notify::name).toList());
    }

    /// May `text` stand as it is as the value of a parameter (RFC 5321 section 4.1.2)?
    private static boolean isParameter(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
    }
}
