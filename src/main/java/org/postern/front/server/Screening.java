package org.postern.front.server;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.postern.dns.ClientNames.ClientName;
import org.postern.front.filter.Client;
import org.postern.front.filter.Client.Confirmation;
import org.postern.front.filter.Event;
import org.postern.front.filter.Passage;
import org.postern.front.filter.Phase;
import org.postern.front.filter.Screen;
import org.postern.front.filter.Subject;
import org.postern.front.filter.Verdict;
import org.postern.front.server.Hangup.Cause;
import org.postern.mail.AddressText;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.smtp.Command;
import org.postern.smtp.PathArgument;
import org.postern.smtp.Reply;

/// A session and its filters: where they are asked, what they are told, and what their verdicts
/// mean for it. It belongs to its session.
final class Screening {
    private static final String NO_MESSAGE = "00000000";
    private static final String SOCKET = "unix:/run/smtpd.sock";
    private static final String UNKNOWN = Origin.UNKNOWN_HOST;

    private final Screen screen;
    private final Peer peer;
    private final Progress progress;

    // What filters have marked as spam: the session, or what the open transaction brings.
    private boolean sessionIsJunk;
    private boolean transactionIsJunk;

    // As tables know it; of the transaction that was opened last.
    private String sender = "";

    // What programs are told of the transaction; the message is empty while there is none.
    private String message = "";
    private String address = "";
    private String committed = "";
    private final List<Submissions.Lease> leases = new ArrayList<>(1);

    Screening(Screen screen, Peer peer, Progress progress) {
        this.screen = screen;
        this.peer = peer;
        this.progress = progress;
    }

    /// The client has connected, and was not greeted yet.
    ///
    /// @throws Hangup if a filter does not want it: without a greeting it could do nothing
    void connected() throws Hangup {
        var client = client();
        if (screen.tells()) {
            screen.tell(Event.LINK_CONNECT, client.introduction());
        }
        switch (judge(Phase.CONNECT, client.question())) {
            case Judgement.Refused(var reply) -> throw new Hangup(Cause.FILTER, reply);
            case Judgement.Passed(), Judgement.Rewritten _ -> {}
        }
    }

    private Client client() {
        var address = peer.address();
        var ends =
                switch (peer.ends()) {
                    case Peer.Ends.Socket() -> List.of(SOCKET, SOCKET);
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
    void identified(org.postern.front.server.Phase.Identity identity) {
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
    List<Reply> objections(Phase phase) throws Hangup {
        return switch (judge(phase, "")) {
            case Judgement.Refused(var reply) -> List.of(reply);
            case Judgement.Passed(), Judgement.Rewritten _ -> List.of();
        };
    }

    /// Asks about a command, whose argument a filter may replace.
    ///
    /// @throws Hangup if a filter wants the session ended
    Judgement judge(Phase phase, String argument) throws Hangup {
        if (!screen.judges(phase) && !screen.tells()) {
            return new Judgement.Passed();
        }
        address = argument;
        if (phase == Phase.MAIL_FROM) {
            transactionIsJunk = false;
        }
        return switch (screen.ask(phase, argument, () -> subject(phase, argument))) {
            case Verdict.Proceed() -> new Judgement.Passed();
            case Verdict.Junk() -> {
                mark(phase);
                yield new Judgement.Passed();
            }
            case Verdict.Rewrite(var other) -> {
                address = PathArgument.parse(other).map(PathArgument::path).orElse(other);
                yield new Judgement.Rewritten(other);
            }
            case Verdict.Reject(var reply) -> new Judgement.Refused(reply);
            case Verdict.Disconnect(var reply) -> throw new Hangup(Cause.FILTER, reply);
        };
    }

    private Subject subject(Phase phase, String argument) {
        var helo = "";
        switch (progress.phase()) {
            case org.postern.front.server.Phase.Unidentified() -> {}
            case org.postern.front.server.Phase.Identified(var identity) -> helo = identity.helo();
            case org.postern.front.server.Phase.MailTransaction(var identity, _) ->
                    helo = identity.helo();
            case org.postern.front.server.Phase.Chunking(var identity, _, _) ->
                    helo = identity.helo();
            case org.postern.front.server.Phase.Spoiled(var identity) -> helo = identity.helo();
        }
        return new Subject(
                client(),
                phase == Phase.HELO || phase == Phase.EHLO ? argument : helo,
                progress.login(),
                phase == Phase.MAIL_FROM ? (argument.isEmpty() ? "@" : argument) : sender,
                phase == Phase.RCPT_TO ? argument : "");
    }

    /// What is marked before MAIL is the session; from MAIL on, the transaction.
    private void mark(Phase phase) {
        switch (phase) {
            case MAIL_FROM, RCPT_TO, DATA, DATA_LINE, COMMIT -> transactionIsJunk = true;
            case CONNECT, HELO, EHLO, STARTTLS, AUTH -> sessionIsJunk = true;
            case RSET, QUIT, NOOP, HELP, WIZ -> {}
        }
    }

    /// Is what the open transaction brings marked as spam?
    boolean isJunk() {
        return sessionIsJunk || transactionIsJunk;
    }

    /// Must a message have its id when its transaction begins?
    boolean needsMessageId() {
        return screen.tells();
    }

    /// MAIL was accepted.
    void opened(ReversePath from) {
        sender = from.key();
    }

    /// A transaction has begun, whose message will go by `way` and have the id that this knows.
    void begun(Submissions.Lease way) {
        message = way.next().toString();
        leases.add(way);
    }

    /// Gives the way of the message away, if it has one; it is the caller's then.
    List<Submissions.Lease> handOver() {
        var given = List.copyOf(leases);
        leases.clear();
        return given;
    }

    /// The client was told to send the content.
    void invited(Reply reply) {
        said(reply);
        contentBegins();
    }

    /// The content is about to come.
    void contentBegins() {
        tellOfTransaction(Event.TX_DATA, "|ok");
    }

    /// Do programs want to see the lines of contents?
    boolean readsContent() {
        return screen.readsContent();
    }

    /// Begins to send a content through the programs ([Screen#begin]).
    Passage begin(long most, Passage.Sink sink) {
        return screen.begin(most, sink);
    }

    /// The message is in the queue; its size is in bytes.
    void committed(List<EnvelopeId> envelopes, long size) {
        for (var envelope : envelopes) {
            tellOfTransaction(Event.TX_ENVELOPE, "|" + envelope);
        }
        committed = Long.toString(size);
    }

    private void tellOfTransaction(Event event, String more) {
        if (!message.isEmpty()) {
            screen.tell(event, message + more);
        }
    }

    /// The client was answered.
    void answered(Command command, Reply reply) {
        if (!screen.tells()) {
            return;
        }
        said(reply);
        var result =
                reply.isPositive() ? "|ok|" : reply.isPermanent() ? "|permfail|" : "|tempfail|";
        switch (command) {
            case Command.MailFrom(var argument) -> {
                if (reply.isPositive()) {
                    tellOfTransaction(Event.TX_BEGIN, "");
                }
                var id = message.isEmpty() ? NO_MESSAGE : message;
                screen.tell(Event.TX_MAIL, id + result + address(argument));
            }
            case Command.RcptTo(var argument) ->
                    tellOfTransaction(Event.TX_RCPT, result + address(argument));
            case Command.Data _, Command.Bdat _ -> {
                if (!reply.isPositive()) {
                    tellOfTransaction(Event.TX_DATA, result.substring(0, result.length() - 1));
                }
            }
            default -> {}
        }
        switch (progress.phase()) {
            case org.postern.front.server.Phase.Unidentified(),
                    org.postern.front.server.Phase.Identified _ ->
                    over();
            case org.postern.front.server.Phase.MailTransaction _,
                    org.postern.front.server.Phase.Chunking _,
                    org.postern.front.server.Phase.Spoiled _ -> {}
        }
    }

    /// What filters were asked about; what was never asked about is told as it came.
    private String address(String argument) {
        return address.isEmpty()
                ? PathArgument.parse(argument).map(PathArgument::path).orElse("")
                : address;
    }

    /// There is no transaction any more.
    private void over() {
        leases.forEach(Submissions.Lease::close);
        leases.clear();
        if (committed.isEmpty()) {
            tellOfTransaction(Event.TX_ROLLBACK, "");
        } else {
            tellOfTransaction(Event.TX_COMMIT, "|" + committed);
        }
        tellOfTransaction(Event.TX_RESET, "");
        message = "";
        committed = "";
    }

    /// The client has said nothing for too long.
    void timedOut() {
        screen.tell(Event.TIMEOUT, "");
    }

    /// The session is over.
    void disconnected() {
        over();
        screen.tell(Event.LINK_DISCONNECT, "");
        screen.close();
    }
}
