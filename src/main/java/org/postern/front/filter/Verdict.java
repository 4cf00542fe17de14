package org.postern.front.filter;

import java.util.Optional;
import org.postern.smtp.Reply;

/// What a chain of filters says at one point of a session.
public sealed interface Verdict {
    /// The command is carried out.
    record Proceed() implements Verdict {}

    /// It is carried out, and what comes of it is marked as spam.
    record Junk() implements Verdict {}

    /// It is carried out with another argument.
    record Rewrite(String argument) implements Verdict {}

    /// It is refused.
    record Reject(Reply reply) implements Verdict {}

    /// It is refused, and the session is ended.
    record Disconnect(Reply reply) implements Verdict {}

    /// Nothing has anything against it.
    Verdict PROCEED = new Proceed();

    /// A filter that was asked is away, or did not do as it should: the client may try again.
    Verdict AWAY = new Reject(Reply.of(451, "4.3.0", "Temporary failure"));

    /// The same, for a session that has not begun.
    Verdict CLOSED = new Disconnect(Reply.of(421, "4.3.0", "Temporary failure"));

    /// What a filter said is no reply, or makes no sense here.
    Verdict BROKEN = new Disconnect(Reply.of(421, "4.3.0", "Internal server error"));

    /// The refusal that a filter words as `text`. Whoever is told 421 is hung up on (RFC 5321
    /// section 3.8); what is no refusal ends the session.
    static Verdict reject(String text) {
        return reply(text)
                .<Verdict>map(
                        reply -> reply.code() == 421 ? new Disconnect(reply) : new Reject(reply))
                .orElse(BROKEN);
    }

    /// The same, and the session is ended.
    static Verdict disconnect(String text) {
        return reply(text).<Verdict>map(Disconnect::new).orElse(BROKEN);
    }

    private static Optional<Reply> reply(String text) {
        return text.length() < 5
                ? Optional.empty()
                : Reply.parse(ascii(text)).filter(r -> !r.isPositive());
    }

    /// What a client is told is ASCII (RFC 5321 section 4.2), whatever a program said.
    private static String ascii(String text) {
        return text.replaceAll("[^\t -~]", "?");
    }
}
