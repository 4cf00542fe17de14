package org.postern.front.server;

import java.io.IOException;
import java.util.Optional;
import org.postern.front.route.Routing;
import org.postern.front.server.Hangup.Cause;
import org.postern.front.server.Phase.Identity;
import org.postern.mail.Carriage;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.ReversePath;
import org.postern.smtp.ContentScanner.Framing;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;

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
    private int mails;

    Mailing(
            Reception reception,
            Peer peer,
            Means means,
            Wire wire,
            SessionLog log,
            Progress progress) {
        this.reception = reception;
        this.peer = peer;
        this.means = means;
        this.limits = means.limits();
        this.wire = wire;
        this.log = log;
        this.progress = progress;
    }

    /// MAIL, RFC 5321 section 4.1.1.2: begins a mail transaction.
    ///
    /// Whether the queue can take the message is looked at now, so that it is not sent in vain.
    Reply mailFrom(String argument) {
        if (!(progress.phase() instanceof Phase.Identified(var identity))) {
            return Replies.NOT_NOW;
        }
        if (reception.protection() instanceof Protection.Demanded && !progress.isPrivate()) {
            return Replies.STARTTLS_FIRST;
        }
        if (mails >= limits.mails()) {
            return Replies.TOO_MANY_MAILS;
        }
        var path = PathArgument.parse(argument);
        if (path.isEmpty()) {
            return Replies.BAD_SENDER;
        }
        ReversePath sender = new ReversePath.Null();
        if (!path.get().isNull()) {
            var mailbox = path.get().mailbox(reception.name());
            if (mailbox.isEmpty()) {
                return isUtf8Unasked(path) ? Replies.UTF8_UNASKED : Replies.BAD_SENDER;
            }
            sender = new ReversePath.Sender(mailbox.get());
        }
        var parameters = path.get().parameters();
        return switch (MailParameters.read(parameters, reception, limits.messageSize())) {
            case MailParameters.Bad(var reply) -> reply;
            case MailParameters.Good(var dsnReturn, var dsnEnvelopeId, var carriage) -> {
                var origin =
                        reception.origin(
                                peer, identity.helo(), progress.login(), progress.security());
                yield begin(
                        identity,
                        new MessageFacts(origin, sender, dsnReturn, dsnEnvelopeId, carriage));
            }
        };
    }

    private Reply begin(Identity identity, MessageFacts facts) {
        return switch (means.submissions().standing(facts)) {
            case Submissions.Standing.Open() -> {
                var transaction = new Transaction(facts, means.clock().instant());
                progress.enters(new Phase.MailTransaction(identity, transaction));
                yield Replies.OK;
            }
            case Submissions.Standing.Full() -> Replies.DISK_FULL;
            case Submissions.Standing.Away(var why) -> {
                log.trouble("queue away: " + why);
                yield Replies.TRY_LATER;
            }
        };
    }

    /// RCPT, RFC 5321 section 4.1.1.3: adds one recipient to the mail transaction.
    ///
    /// The ruleset decides now, while the client listens: what is refused here needs no bounce.
    Reply rcptTo(String argument) {
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
        if (recipient.isEmpty()) {
            return isUtf8Unasked(path) ? Replies.UTF8_UNASKED : Replies.BAD_RECIPIENT;
        }
        return switch (RecipientParameters.read(path.get().parameters(), reception)) {
            case RecipientParameters.Bad(var reply) -> reply;
            case RecipientParameters.Good good -> route(recipient.get(), good, transaction);
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
        wire.say(Replies.GO_ON.wire());
        progress.enters(new Phase.Identified(identity));
        try (var content = new Content(identity, transaction, reception, means, Framing.DOT)) {
            return concluded(identity, transaction, content.take(wire));
        }
    }

    /// What the client is told when its content was taken, or not.
    Reply concluded(Identity identity, Transaction transaction, Content.Taken taken) {
        return switch (taken) {
            case Content.Taken.Queued(var ids, long size) -> {
                mails++;
                var message = ids.getFirst().message();
                log.message(message, size, identity.dialect(), transaction, ids);
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
    Reply rset(String argument) {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        return switch (progress.phase()) {
            case Phase.Unidentified() -> Replies.NOT_NOW;
            case Phase.Identified(_) -> Replies.RESET;
            case Phase.MailTransaction(var identity, _) -> reset(identity);
            case Phase.Chunking(var identity, _, _) -> reset(identity);
            case Phase.Spoiled(var identity) -> reset(identity);
        };
    }

    private Reply reset(Identity identity) {
        progress.enters(new Phase.Identified(identity));
        return Replies.RESET;
    }
}
