package org.postern.front.server;

import static org.postern.front.filter.Point.DATA;
import static org.postern.front.filter.Point.MAIL_FROM;
import static org.postern.front.filter.Point.RCPT_TO;
import static org.postern.front.filter.Point.RSET;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.postern.config.Listen;
import org.postern.front.route.Routing;
import org.postern.front.server.Hangup.Cause;
import org.postern.front.server.Phase.Identity;
import org.postern.mail.Carriage;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.smtp.ContentScanner.Framing;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;
import org.postern.table.Answer;

/// The commands of mail transactions, RFC 5321 section 3.3: MAIL, RCPT, DATA and RSET. It belongs
/// to its session.
final class Mailing {
    private final Reception reception;
    private final Peer peer;
    private final Means means;
    private final Limits limits;
    private final Wire wire;
    private final SessionLog log;
    private final Progress progress;
    private final Screening screening;
    private int mails;

    Mailing(
            Reception reception,
            Peer peer,
            Means means,
            Wire wire,
            SessionLog log,
            Progress progress,
            Screening screening) {
        this.reception = reception;
        this.peer = peer;
        this.means = means;
        this.limits = means.limits();
        this.wire = wire;
        this.log = log;
        this.progress = progress;
        this.screening = screening;
    }

    /// MAIL, RFC 5321 section 4.1.1.2: begins a mail transaction.
    ///
    /// Whether the queue can take the message is looked at now, so that it is not sent in vain.
    Reply mailFrom(String argument) throws Hangup {
        if (!(progress.phase() instanceof Phase.Identified(var identity))) {
            return Replies.NOT_NOW;
        }
        if (reception.protection() instanceof Protection.Demanded && !progress.isPrivate()) {
            return Replies.STARTTLS_FIRST;
        }
        if (progress.login() instanceof Origin.Login.Anonymous
                && reception.admission() instanceof Admission.Open(_, var demand, _)
                && demand == Listen.Demand.REQUIRED) {
            return Replies.LOGIN_WANTED;
        }
        if (mails >= limits.mails()) {
            return Replies.TOO_MANY_MAILS;
        }
        var path = PathArgument.parse(argument);
        var sender = path.flatMap(this::sender);
        if (path.isEmpty() || sender.isEmpty()) {
            return isUtf8Unasked(path) ? Replies.UTF8_UNASKED : Replies.BAD_SENDER;
        }
        return switch (screening.judge(MAIL_FROM, sender.get().toString())) {
            case Judgement.Refused(var reply) -> reply;
            case Judgement.Passed(var mark) -> mailFrom(identity, sender.get(), path.get(), mark);
            case Judgement.Rewritten(var other) -> {
                var rewritten = PathArgument.parse(other).map(path.get()::rewritten);
                var newSender = rewritten.flatMap(this::sender);
                yield rewritten.isEmpty() || newSender.isEmpty()
                        ? Replies.BAD_SENDER
                        : mailFrom(
                                identity, newSender.get(), rewritten.get(), Transaction.Mark.NONE);
            }
        };
    }

    /// The reverse-path; empty if it is none.
    private Optional<ReversePath> sender(PathArgument path) {
        return path.isNull()
                ? Optional.of(new ReversePath.Null())
                : path.mailbox(reception.name()).map(ReversePath.Sender::new);
    }

    private Reply mailFrom(
            Identity identity, ReversePath sender, PathArgument path, Transaction.Mark mark) {
        if (progress.login() instanceof Origin.Login.As login
                && reception.admission().senders() instanceof Admission.Senders.Listed listed) {
            switch (listed.allow(login, sender)) {
                case Answer.Found<String> _ -> {}
                case Answer.Absent<String>() -> {
                    return Replies.NOT_YOUR_ADDRESS;
                }
                case Answer.Failed<String>(var cause) -> {
                    log.trouble("senders of " + login.user() + " unknown: " + cause);
                    return Replies.TRY_LATER;
                }
            }
        }
        var parameters = path.parameters();
        var offer = new Offer(reception, progress, limits.messageSize(), means.clock().instant());
        return switch (MailParameters.read(parameters, offer)) {
            case MailParameters.Bad(var reply) -> reply;
            case MailParameters.Good(
                            var dsnReturn,
                            var dsnEnvelopeId,
                            var carriage,
                            var welcome) -> {
                var origin =
                        reception.origin(
                                peer, identity.helo(), progress.login(), progress.security());
                yield begin(
                        identity,
                        new MessageFacts(origin, sender, dsnReturn, dsnEnvelopeId, carriage),
                        mark,
                        welcome);
            }
        };
    }

    private Reply begin(
            Identity identity, MessageFacts facts, Transaction.Mark mark, Reply welcome) {
        return switch (means.submissions().standing(facts)) {
            case Submissions.Standing.Open() -> opened(identity, facts, mark, welcome);
            case Submissions.Standing.Full() -> Replies.DISK_FULL;
            case Submissions.Standing.Away(var why) -> away(why);
        };
    }

    private Reply opened(
            Identity identity, MessageFacts facts, Transaction.Mark mark, Reply welcome) {
        try {
            var name =
                    screening.names()
                            ? List.of(means.submissions().name())
                            : List.<Submissions.Name>of();
            var transaction = new Transaction(facts, means.clock().instant(), mark, name);
            progress.enters(new Phase.MailTransaction(identity, transaction));
            return welcome;
        } catch (IOException e) {
            return away(String.valueOf(e.getMessage()));
        }
    }

    private Reply away(String why) {
        log.trouble("queue away: " + why);
        return Replies.TRY_LATER;
    }

    /// RCPT, RFC 5321 section 4.1.1.3: adds one recipient to the mail transaction.
    ///
    /// The ruleset decides now, while the client listens: what is refused here needs no bounce.
    Reply rcptTo(String argument) throws Hangup {
        if (!(progress.phase() instanceof Phase.MailTransaction(_, var transaction))) {
            return Replies.NOT_NOW;
        }
        if (transaction.recipients().size() >= limits.recipients()
                || transaction.shares().size() >= limits.shares()) {
            return Replies.TOO_MANY_RECIPIENTS; // 452, so that the client sends the rest later
        }
        var path = PathArgument.parse(argument);
        if (transaction.facts().carriage().needs(Carriage.Need.UTF8)) {
            path = path.map(PathArgument::inUtf8);
        }
        var recipient = path.flatMap(given -> given.mailbox(reception.name()));
        if (path.isEmpty() || recipient.isEmpty()) {
            return isUtf8Unasked(path) ? Replies.UTF8_UNASKED : Replies.BAD_RECIPIENT;
        }
        return switch (screening.judge(RCPT_TO, recipient.get().toString())) {
            case Judgement.Refused(var reply) -> reply;
            case Judgement.Passed _ -> rcptTo(recipient.get(), path.get(), transaction);
            case Judgement.Rewritten(var other) -> {
                var rewritten = PathArgument.parse(other).map(path.get()::rewritten);
                var mailbox = rewritten.flatMap(given -> given.mailbox(reception.name()));
                yield rewritten.isEmpty() || mailbox.isEmpty()
                        ? Replies.BAD_RECIPIENT
                        : rcptTo(mailbox.get(), rewritten.get(), transaction);
            }
        };
    }

    private Reply rcptTo(Mailbox recipient, PathArgument path, Transaction transaction) {
        return switch (RecipientParameters.read(path.parameters(), reception)) {
            case RecipientParameters.Bad(var reply) -> reply;
            case RecipientParameters.Good good -> route(recipient, good, transaction);
        };
    }

    /// Would it perhaps be an address, if SMTPUTF8 had been said?
    private boolean isUtf8Unasked(Optional<PathArgument> path) {
        return path.filter(given -> given.script() == PathArgument.Script.ASCII)
                .flatMap(given -> given.inUtf8().mailbox(reception.name()))
                .isPresent();
    }

    /// Expands a recipient into envelopes, which the queue will hold once DATA has ended.
    private Reply route(
            Mailbox recipient, RecipientParameters.Good parameters, Transaction transaction) {
        var routing =
                means.router()
                        .route(
                                transaction.facts(),
                                recipient,
                                parameters.wishes(),
                                parameters.originalRecipient());
        return switch (routing) {
            case Routing.Accepted(var shares) -> {
                if (transaction.shares().size() + shares.size() > limits.shares()) {
                    yield Replies.TOO_MANY_RECIPIENTS;
                }
                transaction.add(recipient, shares);
                yield Replies.RECIPIENT_OK;
            }
            case Routing.Refused(var answer, var cause) -> {
                log.refused(recipient, cause);
                yield reply(answer);
            }
            case Routing.TryLater(var answer, var cause) -> {
                log.trouble("routing <" + recipient + "> failed: " + cause);
                yield reply(answer);
            }
        };
    }

    private static Reply reply(Routing.Answer answer) {
        return Reply.of(answer.code(), answer.status(), answer.text());
    }

    /// DATA, RFC 5321 section 4.1.1.4: takes the content, and puts the message into the queue.
    ///
    /// DATA is the last command of a batch (RFC 2920 section 3.1): who sends on before it has read
    /// 354 does not know whether it will be read as content or as commands, and perhaps it was
    /// smuggled past another server.
    Reply data(String argument) throws IOException, Hangup {
        if (wire.hasMore()) {
            throw new Hangup(Cause.BAD_INPUT, Replies.EARLY_TALKER);
        }
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        if (!(progress.phase() instanceof Phase.MailTransaction(var identity, var transaction))) {
            return Replies.NOT_NOW;
        }
        if (transaction.recipients().isEmpty()) {
            return Replies.NO_RECIPIENT;
        }
        if (transaction.facts().carriage().form() == Carriage.Form.BINARY) {
            return Replies.BINARY_IN_CHUNKS;
        }
        var objections = screening.objections(DATA);
        if (!objections.isEmpty()) {
            return objections.getFirst();
        }
        wire.say(Replies.GO_ON.wire());
        screening.said(Replies.GO_ON);
        screening.contentBegins(transaction);
        try (var content = content(identity, transaction, Framing.DOT)) {
            return concluded(identity, transaction, content.take(wire));
        }
    }

    /// The content of `transaction`, before its first byte.
    Content content(Identity identity, Transaction transaction, Framing framing) {
        return new Content(identity, transaction, reception, means, screening, framing);
    }

    /// The content was taken, or not, and the transaction is over: what the client is told.
    Reply concluded(Identity identity, Transaction transaction, Content.Taken taken) {
        progress.enters(new Phase.Identified(identity));
        return switch (taken) {
            case Content.Taken.Queued(var queued) -> {
                mails++;
                var ids = queued.envelopes();
                var message = ids.getFirst().message();
                log.message(message, queued.size(), identity.dialect(), transaction, ids);
                transaction.brings(queued);
                screening.queued(transaction, ids);
                yield Replies.accepted(message);
            }
            case Content.Taken.Refused(var reply) -> reply;
            case Content.Taken.NotNow(var reply, var why) -> {
                log.trouble(why);
                yield reply;
            }
        };
    }

    /// RSET, RFC 5321 section 4.1.1.5: ends a mail transaction without a message.
    Reply rset(String argument) throws Hangup {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        var identity = progress.identity();
        return identity.isEmpty() ? Replies.NOT_NOW : reset(identity.get());
    }

    private Reply reset(Identity identity) throws Hangup {
        var objections = screening.objections(RSET);
        if (!objections.isEmpty()) {
            return objections.getFirst();
        }
        progress.enters(new Phase.Identified(identity));
        return Replies.RESET;
    }
}
