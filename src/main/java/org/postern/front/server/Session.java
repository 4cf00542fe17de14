package org.postern.front.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.postern.config.FilterProcess.Side;
import org.postern.front.server.Hangup.Cause;
import org.postern.front.server.Phase.Dialect;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.Origin;
import org.postern.mail.SessionId;
import org.postern.smtp.Command;
import org.postern.smtp.ContentScanner.LineEnds;
import org.postern.smtp.Reply;

/// An SMTP session, RFC 5321 section 3.1: everything a client says, and what it is answered.
///
/// It runs on one virtual thread, which reads a command, does what it asks, and answers, in the
/// order of the commands (RFC 2920 section 3.2). A bug ends this session and nothing else.
final class Session {
    private final SessionId id;
    private final Peer peer;
    private final Reception reception;
    private final Means means;
    private final Limits limits;
    private final Link link;
    private final Wire wire;
    private final SessionLog log;
    private final Tracing tracing;
    private final Progress progress;
    private final Introduction introduction;
    private final LoggingIn loggingIn;
    private final Mailing mailing;
    private final Chunks chunks;
    private final Brakes brakes;
    private final Handshake handshake;
    private final Screening screening;

    private String line = "";
    private volatile boolean waits;
    private volatile boolean ending;

    /// The session that goes on when this client speaks for another one; at most one.
    private List<Session> successor = List.of();

    /// The one of them that goes on now.
    private volatile Session current = this;

    Session(SessionId id, Link link, Reception reception, Peer peer, Means means) {
        this(
                id,
                link,
                new Wire(link, reception.has(Trait.LOCAL) ? LineEnds.LF_TOO : LineEnds.CRLF),
                reception,
                peer,
                new Progress(
                        reception.has(Trait.LOCAL)
                                ? new Origin.Login.As("")
                                : new Origin.Login.Anonymous()),
                means);
    }

    private Session(
            SessionId id,
            Link link,
            Wire wire,
            Reception reception,
            Peer peer,
            Progress progress,
            Means means) {
        this.id = id;
        this.peer = peer;
        this.reception = reception;
        this.means = means;
        this.limits = means.limits();
        this.log = new SessionLog(means.log(), id, peer);
        this.tracing = new Tracing(means.log(), id);
        wire.follow(tracing);
        this.link = link;
        this.wire = wire;
        this.progress = progress;
        var screen =
                means.filters()
                        .named(reception.filter())
                        .open(id, Side.SMTP_IN, log, means.clock());
        this.screening = new Screening(screen, peer, progress);
        this.loggingIn = new LoggingIn(reception, peer, means, wire, log, progress, screening);
        this.introduction =
                new Introduction(
                        reception, peer, limits, progress, screening, means.clock(), loggingIn);
        this.mailing = new Mailing(reception, peer, means, wire, log, progress, screening);
        this.chunks = new Chunks(means, wire, progress, mailing, screening);
        this.brakes = new Brakes(limits, means.clock());
        this.handshake = new Handshake(reception, link, wire, log, progress, means.traffic());
    }

    /// Holds the session, from the greeting until one side ends it, and those that it becomes when
    /// the client speaks for others.
    void run() {
        var next = List.of(this);
        try {
            while (!next.isEmpty()) {
                current = next.getFirst();
                if (ending) {
                    current.endItself();
                }
                current.hold();
                next = current.successor;
                current.successor = List.of();
            }
        } finally {
            if (current.progress.isPrivate()) {
                means.traffic().endsPrivate(reception.protection());
            }
        }
    }

    private void hold() {
        log.connected();
        try {
            if (!progress.isPrivate()) {
                handshake.beforeTheGreeting();
            }
            screening.connected();
            tellOfTls();
            var greeting = Replies.greeting(reception.name());
            wire.say(greeting.wire());
            screening.greeted(greeting, reception.name());
            while (successor.isEmpty()) {
                line = nextLine();
                tracing.heard(line);
                screening.hears(line);
                carryOut(Command.parse(line));
            }
        } catch (Hangup e) {
            hangUp(e);
        } catch (SocketTimeoutException e) {
            screening.timedOut();
            sayLast(Replies.TIMEOUT);
            log.disconnected("timeout");
        } catch (EOFException e) {
            log.disconnected("disconnect");
        } catch (IOException e) {
            log.broke(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.bug(e);
            sayLast(Replies.BUG);
            log.disconnected("bug");
        } finally {
            var unfinished = progress.transaction();
            progress.enters(new Phase.Unidentified());
            unfinished.ifPresent(screening::over);
            screening.disconnected();
        }
    }

    /// Ends the session, but not in the middle of a mail transaction. Another thread calls this.
    void end() {
        ending = true;
        current.endItself();
    }

    private void endItself() {
        ending = true;
        if (waits) {
            link.stopHearing();
        }
    }

    private String nextLine() throws IOException, Hangup {
        waits =
                !(progress.phase() instanceof Phase.MailTransaction
                        || progress.phase() instanceof Phase.Chunking);
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

    /// How long the next command may take: a mail transaction as a whole has an end, too, and so
    /// has the time between two.
    private Duration patience() {
        return switch (progress.phase()) {
            case Phase.MailTransaction(_, var transaction) ->
                    patience(transaction, limits.transaction());
            case Phase.Chunking(_, var transaction, _) -> patience(transaction, limits.content());
            case Phase.Unidentified(), Phase.Identified _, Phase.Spoiled _ -> brakes.patience();
        };
    }

    private Duration patience(Transaction transaction, Duration most) {
        var left = Duration.between(means.clock().instant(), transaction.begun().plus(most));
        return left.compareTo(limits.idle()) < 0 ? left : limits.idle();
    }

    private void carryOut(Command command) throws IOException, Hangup {
        var before = progress.transaction();
        try {
            var reply = replyTo(command);
            answer(reply);
            before.or(() -> progress.transaction())
                    .ifPresentOrElse(
                            concerned -> screening.answered(command, reply, concerned),
                            () -> screening.answered(command, reply));
            follow(command, reply);
        } finally {
            if (progress.transaction().isEmpty()) {
                before.ifPresent(screening::over);
            }
        }
    }

    private Reply replyTo(Command command) throws IOException, Hangup {
        return switch (command) {
            case Command.Helo(var domain) -> introduction.hello(domain, Dialect.SMTP);
            case Command.Ehlo(var domain) -> introduction.hello(domain, Dialect.ESMTP);
            case Command.MailFrom(var argument) -> mailing.mailFrom(argument);
            case Command.RcptTo(var argument) -> mailing.rcptTo(argument);
            case Command.Data(var argument) -> mailing.data(argument);
            case Command.Bdat(var argument) -> chunks.bdat(argument);
            case Command.Rset(var argument) -> mailing.rset(argument);
            case Command.Vrfy(_) -> Replies.NOT_VERIFIED;
            case Command.Expn(_) -> Replies.NO_EXPN;
            case Command.Help(var argument) -> help(argument);
            case Command.Noop() -> noop();
            case Command.Quit(var argument) -> quit(argument);
            case Command.StartTls(var argument) -> startTls(argument);
            case Command.Auth(var argument) -> loggingIn.authenticate(argument);
            case Command.Xclient(var argument) -> speakFor(argument);
            case Command.Http(_) -> throw new Hangup(Cause.BAD_INPUT, Replies.NOT_HTTP);
            case Command.Unknown(_) -> Replies.UNKNOWN_COMMAND;
        };
    }

    private void tellOfTls() {
        if (progress.security() instanceof Origin.Security.Tls tls) {
            screening.secured(tls);
        }
    }

    private Reply startTls(String argument) throws IOException, Hangup {
        var reply = handshake.startTls(argument);
        if (!reply.isPositive()) {
            return reply;
        }
        var objections = screening.objections(org.postern.front.filter.Point.STARTTLS);
        return objections.isEmpty() ? reply : objections.getFirst();
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

    /// NOOP, RFC 5321 section 4.1.1.9.
    private Reply noop() throws Hangup {
        var objections = screening.objections(org.postern.front.filter.Point.NOOP);
        return objections.isEmpty() ? Replies.OK : objections.getFirst();
    }

    /// XCLIENT: a client that may do so says for whom it speaks. The session begins anew, with the
    /// greeting; only TLS stays.
    private Reply speakFor(String argument) {
        if (!reception.has(Trait.SPEAKS_FOR_OTHERS)
                || !(peer.ends() instanceof Peer.Ends.Network ends)) {
            return Replies.UNKNOWN_COMMAND;
        }
        if (!(progress.phase() instanceof Phase.Unidentified
                || progress.phase() instanceof Phase.Identified)) {
            return Replies.NOT_NOW;
        }
        var claim = Impersonation.parse(argument, ends);
        if (claim.isEmpty()) {
            return Replies.BAD_CLAIM;
        }
        log.speaksFor(claim.get().peer());
        successor =
                List.of(
                        new Session(
                                id,
                                link,
                                wire,
                                reception,
                                claim.get().peer(),
                                new Progress(claim.get(), progress.security()),
                                means));
        return Replies.greeting(reception.name());
    }

    /// QUIT, RFC 5321 section 4.1.1.10.
    private Reply quit(String argument) throws Hangup {
        if (!argument.isEmpty()) {
            return Replies.NO_ARGUMENT_WANTED;
        }
        var objections = screening.objections(org.postern.front.filter.Point.QUIT);
        if (!objections.isEmpty()) {
            return objections.getFirst();
        }
        throw new Hangup(Cause.QUIT, Replies.BYE);
    }

    private void answer(Reply reply) throws IOException {
        if (!reply.isPositive()) {
            log.failedCommand(line, reply);
        }
        if (successor.isEmpty()) {
            wire.say(reply.wire()); // else the greeting that follows is the answer
            screening.said(reply);
        }
    }

    /// Does what follows from the reply.
    private void follow(Command command, Reply reply) throws IOException, Hangup {
        if (command instanceof Command.StartTls && reply.isPositive()) {
            handshake.begin();
            tellOfTls();
        }
        var enough = brakes.after(command, reply);
        if (enough.isPresent()) {
            throw new Hangup(Cause.PATIENCE, enough.get());
        }
    }

    private void hangUp(Hangup hangup) {
        switch (hangup.why()) {
            case QUIT, ENDING -> {}
            case BAD_INPUT -> log.badInput(hangup.reply());
            case PATIENCE, FILTER -> log.failedCommand(line, hangup.reply());
        }
        sayLast(hangup.reply());
        if (hangup.why() != Cause.QUIT) {
            wire.closeGently();
        } else if (progress.isPrivate()) {
            wire.close(); // so that the client is told that nothing was cut off
        }
        log.disconnected("quit");
    }

    /// Says a last word, if the client still listens.
    private void sayLast(Reply reply) {
        try {
            wire.say(reply.wire());
            screening.said(reply);
            wire.flush();
        } catch (IOException e) {
            // It does not.
        }
    }
}
