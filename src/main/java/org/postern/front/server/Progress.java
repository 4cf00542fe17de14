package org.postern.front.server;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.postern.front.server.Phase.Identity;
import org.postern.mail.Origin;
import org.postern.tls.ChannelBindings;

/// How far a session has come: what the client has shown of itself by now. It belongs to the
/// session's thread.
final class Progress {
    private final Origin.Login beginning;
    private Origin.Login login;
    private Origin.Security security = new Origin.Security.Plain();
    private ChannelBindings bindings = ChannelBindings.none();
    private Phase phase = new Phase.Unidentified();
    private UnaryOperator<Identity> known = said -> said;

    /// A session that begins, with a client that is logged in so.
    Progress(Origin.Login login) {
        this.beginning = login;
        this.login = login;
    }

    /// A session that begins anew on a connection that is protected so: the client speaks for
    /// another one.
    Progress(Claim claim, Origin.Security security) {
        this.beginning = claim.login();
        this.login = beginning;
        this.security = security;
        this.known = claim::known;
    }

    /// What is to be believed of a client that says it is `said`.
    Identity known(Identity said) {
        return known.apply(said);
    }

    Phase phase() {
        return phase;
    }

    /// The session goes on in `next`; what was only of the phase before is over, such as the chunks
    /// of a content, or a mail transaction.
    void enters(Phase next) {
        if (phase instanceof Phase.Chunking(_, _, var content)) {
            content.close();
        }
        var before = transaction();
        phase = next;
        if (transaction().isEmpty()) {
            before.ifPresent(Transaction::end);
        }
    }

    /// The mail transaction that is under way, if there is one.
    Optional<Transaction> transaction() {
        return switch (phase) {
            case Phase.Unidentified(), Phase.Identified _ -> Optional.empty();
            case Phase.MailTransaction(_, var transaction) -> Optional.of(transaction);
            case Phase.Chunking(_, var transaction, _) -> Optional.of(transaction);
            case Phase.Spoiled(_, var transaction) -> Optional.of(transaction);
        };
    }

    /// Who the client says it is, once it has.
    Optional<Identity> identity() {
        return switch (phase) {
            case Phase.Unidentified() -> Optional.empty();
            case Phase.Identified(var identity) -> Optional.of(identity);
            case Phase.MailTransaction(var identity, _) -> Optional.of(identity);
            case Phase.Chunking(var identity, _, _) -> Optional.of(identity);
            case Phase.Spoiled(var identity, _) -> Optional.of(identity);
        };
    }

    /// Whether, and as whom, the client is logged in.
    Origin.Login login() {
        return login;
    }

    /// The client has logged in.
    void logsIn(Origin.Login.As as) {
        login = as;
    }

    /// The connection is protected by `tls` from now on. Nothing that was said before counts (RFC
    /// 3207 section 4.2).
    void becomesPrivate(Origin.Security.Tls tls, ChannelBindings channel) {
        security = tls;
        bindings = channel;
        phase = new Phase.Unidentified();
        login = beginning;
    }

    /// Is the connection protected by TLS?
    boolean isPrivate() {
        return security instanceof Origin.Security.Tls;
    }

    /// What the client can be bound to: nothing, where it speaks through another one.
    ChannelBindings bindings() {
        return bindings;
    }

    /// How the connection is protected.
    Origin.Security security() {
        return security;
    }
}
