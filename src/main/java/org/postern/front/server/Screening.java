package org.postern.front.server;

import java.net.InetSocketAddress;
import java.util.List;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.filter.Client;
import org.postern.front.filter.Client.Confirmation;
import org.postern.front.filter.Event;
import org.postern.front.filter.Passage;
import org.postern.front.filter.Point;
import org.postern.front.filter.Screen;
import org.postern.front.filter.Subject;
import org.postern.front.filter.Verdict;
import org.postern.front.server.Hangup.Cause;
import org.postern.mail.AddressText;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Origin;
import org.postern.smtp.Command;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;

/// A session and its filters: where they are asked, what they are told, and what their verdicts
/// mean for it. It belongs to its session.
final class Screening {
    private static final String NO_MESSAGE = "00000000";
    private static final Judgement PASSED = new Judgement.Passed(Transaction.Mark.NONE);
    private static final String UNKNOWN = Origin.UNKNOWN_HOST;

    private final Screen screen;
    private final Client client;
    private final Progress progress;

    /// Whether filters said before any transaction that all that comes is spam.
    private boolean isJunk;

    /// What filters were asked about at the last command, as they left it.
    private String address = "";

    Screening(Screen screen, Peer peer, Progress progress) {
        this.screen = screen;
        this.client = client(peer);
        this.progress = progress;
    }

    /// The client has connected, and was not greeted yet.
    ///
    /// @throws Hangup if a filter does not want it: without a greeting it could do nothing
    void connected() throws Hangup {
        if (screen.tells()) {
            screen.tell(Event.LINK_CONNECT, client.introduction());
        }
        switch (judge(Point.CONNECT, client.question())) {
            case Judgement.Refused(var reply) -> throw new Hangup(Cause.FILTER, reply);
            case Judgement.Passed _, Judgement.Rewritten _ -> {}
        }
    }

    private static Client client(Peer peer) {
        var address = peer.address();
        var ends =
                switch (peer.ends()) {
                    case Peer.Ends.Socket(var path) -> List.of("unix:" + path, "unix:" + path);
                    case Peer.Ends.Network(var client, var server) ->
                            List.of(end(client), end(server));
                };
        return switch (peer.name()) {
            case ClientName.Confirmed(var name) ->
                    new Client(address, name, Confirmation.PASS, ends.get(0), ends.get(1));
            case ClientName.Unconfirmed(var name) ->
                    new Client(address, name, Confirmation.FAIL, ends.get(0), ends.get(1));
            case ClientName.Nameless() ->
                    new Client(address, UNKNOWN, Confirmation.FAIL, ends.get(0), ends.get(1));
            case ClientName.CouldNotLook _ ->
                    new Client(address, UNKNOWN, Confirmation.ERROR, ends.get(0), ends.get(1));
        };
    }

    private static String end(InetSocketAddress of) {
        return AddressText.key(of.getAddress()) + ':' + of.getPort();
    }

    /// The client was greeted under `name`.
    void greeted(Reply greeting, String name) {
        said(greeting);
        screen.tell(Event.LINK_GREETING, name);
    }

    /// The client has said this line.
    void hears(String line) {
        address = "";
        if (screen.tells()) {
            screen.tell(Event.PROTOCOL_CLIENT, Command.masked(line));
        }
    }

    /// The client was told this, and it means nothing for a transaction.
    void said(Reply reply) {
        if (screen.tells()) {
            int last = reply.lines().size() - 1;
            for (int i = 0; i <= last; i++) {
                char mark = i == last ? ' ' : '-';
                var line = reply.code() + String.valueOf(mark) + reply.lines().get(i);
                screen.tell(Event.PROTOCOL_SERVER, line);
            }
        }
    }

    /// The client has said who it is.
    void identified(Phase.Identity identity) {
        var verb =
                switch (identity.dialect()) {
                    case SMTP -> "HELO|";
                    case ESMTP -> "EHLO|";
                };
        screen.tell(Event.LINK_IDENTIFY, verb + identity.helo());
    }

    /// The connection is secured by TLS from now on.
    void secured(Origin.Security.Tls tls) {
        screen.tell(Event.LINK_TLS, tls.version() + ':' + tls.cipher() + ':' + tls.bits());
    }

    /// The client has tried to log in; `result` is pass, fail or error.
    void authenticated(String result, String user) {
        screen.tell(Event.LINK_AUTH, result + '|' + org.postern.log.Log.visible(user));
    }

    /// Asks about a command that has no argument, or whose argument is nobody's business.
    ///
    /// @return the reply that refuses it, or nothing
    /// @throws Hangup if a filter wants the session ended
    List<Reply> objections(Point point) throws Hangup {
        return switch (judge(point, "")) {
            case Judgement.Refused(var reply) -> List.of(reply);
            case Judgement.Passed _, Judgement.Rewritten _ -> List.of();
        };
    }

    /// Asks about a command, whose argument a filter may replace.
    ///
    /// @throws Hangup if a filter wants the session ended
    Judgement judge(Point point, String argument) throws Hangup {
        if (!screen.judges(point) && !screen.tells()) {
            return PASSED;
        }
        address = argument;
        return switch (screen.ask(point, argument, () -> subject(point, argument))) {
            case Verdict.Proceed() -> PASSED;
            case Verdict.Junk() -> marked(point);
            case Verdict.Rewrite(var other) -> {
                address = PathArgument.parse(other).map(PathArgument::path).orElse(other);
                yield new Judgement.Rewritten(other);
            }
            case Verdict.Reject(var reply) -> new Judgement.Refused(reply);
            case Verdict.Disconnect(var reply) -> throw new Hangup(Cause.FILTER, reply);
        };
    }

    private Subject subject(Point point, String argument) {
        var helo = progress.identity().map(Phase.Identity::helo).orElse("");
        var sender =
                progress.transaction()
                        .map(transaction -> transaction.facts().sender().key())
                        .orElse("");
        return new Subject(
                client,
                point == Point.HELO || point == Point.EHLO ? argument : helo,
                progress.login(),
                point == Point.MAIL_FROM ? (argument.isEmpty() ? "@" : argument) : sender,
                point == Point.RCPT_TO ? argument : "");
    }

    /// What is marked before MAIL is the session; from MAIL on, the transaction.
    private Judgement marked(Point point) {
        switch (point) {
            case MAIL_FROM -> {
                return new Judgement.Passed(Transaction.Mark.JUNK);
            }
            case RCPT_TO, DATA, DATA_LINE, COMMIT ->
                    progress.transaction().ifPresent(Transaction::markAsJunk);
            case CONNECT, HELO, EHLO, STARTTLS, AUTH -> isJunk = true;
            case RSET, QUIT, NOOP, HELP, WIZ -> {}
        }
        return PASSED;
    }

    /// Is what `transaction` brings marked as spam?
    boolean isJunk(Transaction transaction) {
        return isJunk || transaction.isJunk();
    }

    /// Must a message have its id when its transaction begins, so that programs can be told?
    boolean names() {
        return screen.tells();
    }

    /// The content of `transaction` is about to come.
    void contentBegins(Transaction transaction) {
        tell(transaction, Event.TX_DATA, "|ok");
    }

    /// Do programs want to see the lines of contents?
    boolean readsContent() {
        return screen.readsContent();
    }

    /// Begins to send a content through the programs ([Screen#begin]).
    Passage begin(long most, Passage.Sink sink) {
        return screen.begin(most, sink);
    }

    /// The message of `transaction` is in the queue.
    void queued(Transaction transaction, List<EnvelopeId> envelopes) {
        for (var envelope : envelopes) {
            tell(transaction, Event.TX_ENVELOPE, "|" + envelope);
        }
    }

    private void tell(Transaction transaction, Event event, String more) {
        for (var name : transaction.name()) {
            screen.tell(event, name.id() + more);
        }
    }

    /// The client was answered outside of any transaction.
    void answered(Command command, Reply reply) {
        if (command instanceof Command.MailFrom(var argument)) {
            screen.tell(Event.TX_MAIL, NO_MESSAGE + result(reply) + '|' + address(argument));
        }
    }

    /// The client was answered, in `transaction` or at its beginning or end.
    void answered(Command command, Reply reply, Transaction transaction) {
        switch (command) {
            case Command.MailFrom(var argument) -> {
                if (reply.isPositive()) {
                    tell(transaction, Event.TX_BEGIN, "");
                }
                tell(transaction, Event.TX_MAIL, result(reply) + '|' + address(argument));
            }
            case Command.RcptTo(var argument) ->
                    tell(transaction, Event.TX_RCPT, result(reply) + '|' + address(argument));
            case Command.Data _, Command.Bdat _ -> {
                if (!reply.isPositive()) {
                    tell(transaction, Event.TX_DATA, result(reply));
                }
            }
            default -> {}
        }
    }

    private static String result(Reply reply) {
        return reply.isPositive() ? "|ok" : reply.isPermanent() ? "|permfail" : "|tempfail";
    }

    /// What filters were asked about; what was never asked about is told as it came.
    private String address(String argument) {
        return address.isEmpty()
                ? PathArgument.parse(argument).map(PathArgument::path).orElse("")
                : address;
    }

    /// `transaction` is over.
    void over(Transaction transaction) {
        switch (transaction.result()) {
            case Transaction.Result.Nothing() -> tell(transaction, Event.TX_ROLLBACK, "");
            case Transaction.Result.Queued(_, var size) ->
                    tell(transaction, Event.TX_COMMIT, "|" + size);
        }
        tell(transaction, Event.TX_RESET, "");
    }

    /// The client has said nothing for too long.
    void timedOut() {
        screen.tell(Event.TIMEOUT, "");
    }

    /// The session is over.
    void disconnected() {
        screen.tell(Event.LINK_DISCONNECT, "");
        screen.close();
    }
}
