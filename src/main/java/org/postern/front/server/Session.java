package org.postern.front.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postern.front.route.Routing;
import org.postern.front.server.Hangup.Cause;
import org.postern.front.server.Phase.Dialect;
import org.postern.front.server.Phase.Identity;
import org.postern.front.server.Reception.Trait;
import org.postern.log.Log;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.SessionId;
import org.postern.smtp.Command;
import org.postern.smtp.ContentScanner.LineEnds;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;

/// An SMTP session, RFC 5321 section 3.1: everything a client says, and what it is answered.
///
/// It runs on one virtual thread, which reads a command, does what it asks, and answers, in the
/// order of the commands (RFC 2920 section 3.2). A bug ends this session and nothing else.
final class Session {
    private final Reception reception;
    private final Peer peer;
    private final Means means;
    private final Limits limits;
    private final Link link;
    private final Wire wire;
    private final SessionLog log;
    private final Origin.Login login;
    private final Origin.Security security = new Origin.Security.Plain();

    private Phase phase = new Phase.Unidentified();
    private String line = "";
    private volatile boolean waits;
    private volatile boolean ending;
    private boolean mailRefused;
    private int mails;
    private int badCommands;
    private int rejectedRecipients;

    Session(SessionId id, Link link, Reception reception, Peer peer, Means means) {
        this.reception = reception;
        this.peer = peer;
        this.means = means;
        this.limits = means.limits();
        this.log = new SessionLog(means.log(), id, peer);
        this.link = link;
        boolean local = reception.has(Trait.LOCAL);
        this.wire = new Wire(link, local ? LineEnds.LF_TOO : LineEnds.CRLF);
        this.login = local ? new Origin.Login.As("") : new Origin.Login.Anonymous();
    }

    /// Holds the session, from the greeting until one side ends it.
    void run() {
        log.connected();
        try {
            wire.say(Replies.greeting(reception.name()).wire());
            while (true) {
                line = nextLine();
                answer(carryOut(Command.parse(line)));
            }
        } catch (Hangup e) {
            hangUp(e);
        } catch (SocketTimeoutException e) {
            sayLast(Replies.TIMEOUT);
            log.disconnected("timeout");
        } catch (EOFException e) {
            log.disconnected("disconnect");
        } catch (IOException e) {
            log.disconnected("\"io-error: " + Log.quoted(String.valueOf(e.getMessage())) + '"');
        } catch (RuntimeException e) {
            log.bug(e);
            sayLast(Replies.BUG);
            log.disconnected("bug");
        }
    }

    /// Ends the session, but not in the middle of a mail transaction. Another thread calls this.
    void end() {
        ending = true;
        if (waits) {
            link.stopHearing();
        }
    }

    private String nextLine() throws IOException, Hangup {
        waits = !(phase instanceof Phase.MailTransaction);
        if (ending && waits) {
            throw new Hangup(Cause.ENDING, Replies.SHUTTING_DOWN);
        }
        try {
            return wire.line(patience());
        } catch (EOFException e) {
            if (ending) {
                throw new Hangup(Cause.ENDING, Replies.SHUTTING_DOWN);
            }
            throw e;
        } finally {
            waits = false;
        }
    }

    /// How long the next command may take: a mail transaction as a whole has an end, too.
    private Duration patience() {
        if (phase instanceof Phase.MailTransaction(_, var transaction)) {
            var left =
                    Duration.between(
                            means.clock().instant(),
                            transaction.begun().plus(limits.transaction()));
            return left.compareTo(limits.idle()) < 0 ? left : limits.idle();
        }
        return limits.idle();
    }

    private Reply carryOut(Command command) throws IOException, Hangup {
        return switch (command) {
            case Command.Helo(var domain) -> hello(domain, Dialect.SMTP);
            case Command.Ehlo(var domain) -> hello(domain, Dialect.ESMTP);
            case Command.MailFrom(var argument) -> {
                var reply = mailFrom(argument);
                mailRefused = !reply.isPositive();
                yield reply;
            }
            case Command.RcptTo(var argument) -> rcptTo(argument);
            case Command.Data(var argument) -> data(argument);
            case Command.Rset(var argument) -> rset(argument);
            case Command.Vrfy(_) -> Replies.NOT_VERIFIED;
            case Command.Expn(_) -> Replies.NO_EXPN;
            case Command.Help(var argument) -> help(argument);
            case Command.Noop() -> Replies.OK;
            case Command.Quit(var argument) -> quit(argument);
            case Command.StartTls(_), Command.Auth(_) -> Replies.NOT_SUPPORTED;
            case Command.Unknown(_) -> Replies.UNKNOWN_COMMAND;
        };
    }

    /// HELO and EHLO, RFC 5321 section 4.1.1.1. Said again, they also end a mail transaction (RFC
    /// 5321 section 4.1.4).
    private Reply hello(String domain, Dialect dialect) {
        if (domain.isEmpty()) {
            return Replies.domainWanted(dialect == Dialect.ESMTP ? "EHLO" : "HELO");
        }
        if (!AddressSyntax.isDomain(domain)) {
            return Replies.BAD_DOMAIN;
        }
        phase = new Phase.Identified(new Identity(domain, dialect));
        var address = peer.address();
        var literal = address.startsWith("[") ? address : '[' + address + ']';
        var welcome =
                reception.name() + " Hello " + domain + ' ' + literal + ", pleased to meet you";
        return dialect == Dialect.SMTP
                ? Reply.of(250, welcome)
                : new Reply(250, extensions(welcome));
    }

    private List<String> extensions(String welcome) {
        var lines = new ArrayList<String>();
        lines.add(welcome);
        lines.add("8BITMIME");
        lines.add("ENHANCEDSTATUSCODES");
        lines.add("SIZE " + limits.messageSize());
        if (reception.has(Trait.OFFERS_DSN)) {
            lines.add("DSN");
        }
        lines.add("PIPELINING");
        lines.add("HELP");
        return lines;
    }

    /// MAIL, RFC 5321 section 4.1.1.2: begins a mail transaction.
    ///
    /// Whether the queue can take the message is looked at now, so that it is not sent in vain.
    private Reply mailFrom(String argument) {
        if (!(phase instanceof Phase.Identified(var identity))) {
            return Replies.NOT_NOW;
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
                return Replies.BAD_SENDER;
            }
            sender = new ReversePath.Sender(mailbox.get());
        }
        var parameters = path.get().parameters();
        return switch (MailParameters.read(parameters, reception, limits.messageSize())) {
            case MailParameters.Bad(var reply) -> reply;
            case MailParameters.Good(var dsnReturn, var dsnEnvelopeId) -> {
                var origin = reception.origin(peer, identity.helo(), login, security);
                yield begin(identity, new MessageFacts(origin, sender, dsnReturn, dsnEnvelopeId));
            }
        };
    }

    private Reply begin(Identity identity, MessageFacts facts) {
        return switch (means.submissions().standing(facts)) {
            case Submissions.Standing.Open() -> {
                var transaction = new Transaction(facts, means.clock().instant());
                phase = new Phase.MailTransaction(identity, transaction);
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
    private Reply rcptTo(String argument) throws Hangup {
        if (!(phase instanceof Phase.MailTransaction(_, var transaction))) {
            return Replies.NOT_NOW;
        }
        if (transaction.recipients().size() >= limits.recipients()
                || transaction.shares().size() >= limits.shares()) {
            return Replies.TOO_MANY_RECIPIENTS; // 452, so that the client sends the rest later
        }
        var path = PathArgument.parse(argument);
        var recipient = path.flatMap(given -> given.mailbox(reception.name()));
        if (recipient.isEmpty()) {
            return rejected(Replies.BAD_RECIPIENT);
        }
        return switch (RecipientParameters.read(path.get().parameters(), reception)) {
            case RecipientParameters.Bad(var reply) -> reply;
            case RecipientParameters.Good good -> route(recipient.get(), good, transaction);
        };
    }

    /// Expands a recipient into envelopes, which the queue will hold once DATA has ended.
    private Reply route(
            Mailbox recipient, RecipientParameters.Good parameters, Transaction transaction)
            throws Hangup {
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
                rejectedRecipients = 0;
                yield Replies.RECIPIENT_OK;
            }
            case Routing.Refused(var answer, var cause) -> {
                log.refused(recipient, cause);
                yield rejected(reply(answer));
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

    /// Counts those who guess recipients, and ends the session of who guesses on and on.
    private Reply rejected(Reply reply) throws Hangup {
        if (reply.isPermanent() && ++rejectedRecipients >= limits.rejectedRecipients()) {
            log.failedCommand(line, reply);
            throw new Hangup(Cause.PATIENCE, Replies.TOO_MANY_REJECTIONS);
        }
        return reply;
    }

    /// DATA, RFC 5321 section 4.1.1.4: takes the content, and puts the message into the queue.
    ///
    /// DATA is the last command of a batch (RFC 2920 section 3.1): who sends on before it has read
    /// 354 does not know whether it will be read as content or as commands, and perhaps it was
    /// smuggled past another server.
    private Reply data(String argument) throws IOException, Hangup {
        if (wire.hasMore()) {
            throw new Hangup(Cause.BAD_INPUT, Replies.EARLY_TALKER);
        }
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        if (!(phase instanceof Phase.MailTransaction(var identity, var transaction))) {
            return Replies.NOT_NOW;
        }
        if (transaction.recipients().isEmpty()) {
            return Replies.NO_RECIPIENT;
        }
        wire.say(Replies.GO_ON.wire());
        var content = new Content(identity, transaction, reception, means);
        phase = new Phase.Identified(identity);
        return switch (content.take(wire)) {
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
    private Reply rset(String argument) {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        return switch (phase) {
            case Phase.Unidentified() -> Replies.NOT_NOW;
            case Phase.Identified(_) -> Replies.RESET;
            case Phase.MailTransaction(var identity, _) -> {
                phase = new Phase.Identified(identity);
                yield Replies.RESET;
            }
        };
    }

    /// HELP, RFC 5321 section 4.1.1.8.
    private Reply help(String argument) {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        return new Reply(
                214,
                List.of(
                        "2.0.0 This is Postern",
                        "2.0.0 Please tell <postmaster@" + reception.name() + "> of any trouble",
                        "2.0.0 End of HELP info"));
    }

    /// QUIT, RFC 5321 section 4.1.1.10.
    private Reply quit(String argument) throws Hangup {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        throw new Hangup(Cause.QUIT, Replies.BYE);
    }

    private void answer(Reply reply) throws IOException, Hangup {
        if (!reply.isPositive()) {
            log.failedCommand(line, reply);
        }
        wire.say(reply.wire());
        if (isBadCommand(reply) && ++badCommands >= limits.badCommands()) {
            throw new Hangup(Cause.PATIENCE, Replies.TOO_MANY_ERRORS);
        }
    }

    /// Does the reply say that the client does not speak SMTP well? What was pipelined behind a
    /// refused MAIL fails too, and is not counted.
    private boolean isBadCommand(Reply reply) {
        return switch (reply.code()) {
            case 500, 501, 502, 504, 555 -> true;
            case 503 -> !mailRefused && !reply.equals(Replies.NO_RECIPIENT);
            default -> false;
        };
    }

    private void hangUp(Hangup hangup) {
        switch (hangup.why()) {
            case QUIT, ENDING -> {}
            case BAD_INPUT -> log.badInput(hangup.reply());
            case PATIENCE -> log.failedCommand(line, hangup.reply());
        }
        sayLast(hangup.reply());
        if (hangup.why() != Cause.QUIT) {
            wire.closeGently();
        }
        log.disconnected("quit");
    }

    /// Says a last word, if the client still listens.
    private void sayLast(Reply reply) {
        try {
            wire.say(reply.wire());
            wire.flush();
        } catch (IOException e) {
            // It does not.
        }
    }
}
