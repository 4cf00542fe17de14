package org.postern.front.server;

import java.util.List;
import org.postern.front.filter.Notes;
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
        var user = peer.user().isEmpty() ? "" : " user=" + Log.visible(peer.user());
        log.info(
                "%s smtp connected address=%s host=%s%s"
                        .formatted(session, peer.address(), Log.visible(peer.hostName()), user));
    }

    /// From now on the session is that of `other`.
    void speaksFor(Peer other) {
        event("xclient client=" + other.address());
    }

    /// A handshake is over. A certificate was shown only if it was asked for, and then verified.
    void secured(Agreement tls) {
        event("tls ciphers=%s:%s:%d".formatted(tls.version(), tls.cipher(), tls.bits()));
        if (!tls.fingerprint().isEmpty()) {
            event(
                    "cert-check result=\"verified\" fingerprint=\"SHA256:%s\""
                            .formatted(tls.fingerprint()));
        }
    }

    /// The client sent what is no command line.
    void badInput(Reply reply) {
        event("bad-input result=\"" + Log.quoted(reply.toString()) + '"');
    }

    /// A command was answered with 4yz or 5yz.
    void failedCommand(String line, Reply reply) {
        var command = Log.quoted(Command.withoutSecrets(line));
        event(
                "failed-command command=\"%s\" result=\"%s\""
                        .formatted(command, Log.quoted(reply.toString())));
    }

    /// A client tried to log in: `result` is `ok`, `permfail` or `tempfail`.
    void authentication(String user, String result) {
        event("authentication user=" + word(user) + " result=" + result);
    }

    /// A value without blanks, for the log.
    private static String word(String text) {
        return Log.visible(text).replace(" ", "\\040");
    }

    /// A message is in the queue.
    void message(
            MessageId id, long size, Phase.Dialect dialect, Transaction of, List<EnvelopeId> ids) {
        event(
                "message msgid=%s size=%d nrcpt=%d proto=%s"
                        .formatted(id, size, of.recipients().size(), dialect));
        var sender = Log.visible(of.facts().sender().toString());
        for (var recipient : of.recipients()) {
            event(
                    "envelope evpid=%s from=<%s> to=<%s>"
                            .formatted(
                                    ids.get(recipient.lastShare()), sender, recipient.mailbox()));
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
        event(
                "filter-report %s=%s text=\"%s\""
                        .formatted(kind, Log.visible(filter), Log.quoted(text)));
    }

    /// Something outside the session kept it from doing its work.
    @Override
    public void trouble(String what) {
        log.warn("%s smtp %s".formatted(session, Log.visible(what)) + address());
    }

    void bug(Throwable cause) {
        log.bug(session + " smtp session", cause);
    }

    /// `reason` is one word, or quoted.
    void disconnected(String reason) {
        event("disconnected reason=" + reason);
    }

    private void event(String text) {
        log.info(session + " smtp " + text + address());
    }

    private String address() {
        return " address=" + peer.address();
    }
}
