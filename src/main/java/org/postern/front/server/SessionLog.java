package org.postern.front.server;

import java.util.List;
import org.postern.front.filter.Notes;
import org.postern.log.Entry;
import org.postern.log.Log;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageId;
import org.postern.mail.SessionId;
import org.postern.smtp.Command;
import org.postern.smtp.Reply;
import org.postern.tls.Agreement;

/// What a session writes into the log. Each line begins with the session and names the client.
final class SessionLog implements Notes {
    private final Log log;
    private final SessionId session;
    private final Peer peer;

    SessionLog(Log log, SessionId session, Peer peer) {
        this.log = log;
        this.session = session;
        this.peer = peer;
    }

    void connected() {
        var entry =
                event("connected").word("address", peer.address()).word("host", peer.hostName());
        (peer.user().isEmpty() ? entry : entry.word("user", peer.user())).write();
    }

    /// From now on the session is that of `other`.
    void speaksFor(Peer other) {
        write(event("xclient").word("client", other.address()));
    }

    /// A handshake is over. A certificate was shown only if it was asked for, and then verified.
    void secured(Agreement tls) {
        write(event("tls").word("ciphers", tls.ciphers()));
        if (!tls.fingerprint().isEmpty()) {
            write(
                    event("cert-check")
                            .quoted("result", "verified")
                            .quoted("fingerprint", "SHA256:" + tls.fingerprint()));
        }
    }

    /// The client sent what is no command line.
    void badInput(Reply reply) {
        write(event("bad-input").quoted("result", reply));
    }

    /// A command was answered with 4yz or 5yz.
    void failedCommand(String line, Reply reply) {
        write(
                event("failed-command")
                        .quoted("command", Command.withoutSecrets(line))
                        .quoted("result", reply));
    }

    /// A client tried to log in: `result` is `ok`, `permfail` or `tempfail`.
    void authentication(String user, String result) {
        write(event("authentication").word("user", user).word("result", result));
    }

    /// A message is in the queue.
    void message(
            MessageId id, long size, Phase.Dialect dialect, Transaction of, List<EnvelopeId> ids) {
        write(
                event("message")
                        .word("msgid", id)
                        .number("size", size)
                        .number("nrcpt", of.recipients().size())
                        .word("proto", dialect));
        for (var recipient : of.recipients()) {
            write(
                    event("envelope")
                            .word("evpid", ids.get(recipient.lastShare()))
                            .mailbox("from", of.facts().sender())
                            .mailbox("to", recipient.mailbox()));
        }
        if (log.logs(Log.Level.DEBUG)) {
            for (int i = 0; i < ids.size(); i++) {
                var share = of.shares().get(i);
                log.debug(
                        "%s smtp expansion evpid=%s to=<%s> action=%s"
                                .formatted(session, ids.get(i), share.recipient(), share.action()));
            }
        }
    }

    /// The ruleset refused a recipient, because of `cause`, which the client is not told.
    void refused(Mailbox recipient, String cause) {
        if (log.logs(Log.Level.DEBUG)) {
            log.debug(session + " smtp refused to=<" + recipient + "> cause=" + Log.visible(cause));
        }
    }

    @Override
    public void report(String kind, String filter, String text) {
        write(event("filter-report").word(kind, filter).quoted("text", text));
    }

    @Override
    public boolean wantsSteps() {
        return log.traces("filters");
    }

    @Override
    public void step(String point, String argument, String filter, String outcome) {
        log.trace(
                "filters",
                "%s %s \"%s\" %s: %s"
                        .formatted(
                                session,
                                point,
                                Log.quoted(argument),
                                Log.visible(filter),
                                Log.visible(outcome)));
    }

    /// Something outside the session kept it from doing its work.
    @Override
    public void trouble(String what) {
        log.warn("%s smtp %s address=%s".formatted(session, Log.visible(what), peer.address()));
    }

    void bug(Throwable cause) {
        log.bug(session + " smtp session", cause);
    }

    /// The session ends; `reason` is one word.
    void disconnected(String reason) {
        write(event("disconnected").word("reason", reason));
    }

    /// The session ends, as the connection failed.
    void broke(String why) {
        write(event("disconnected").quoted("reason", "io-error: " + why));
    }

    private Entry event(String name) {
        return log.entry().id(session).subsystem("smtp").event(name);
    }

    private void write(Entry entry) {
        entry.word("address", peer.address()).write();
    }
}
