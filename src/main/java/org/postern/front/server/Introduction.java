package org.postern.front.server;

import static org.postern.front.filter.Point.EHLO;
import static org.postern.front.filter.Point.HELO;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.postern.front.server.Phase.Dialect;
import org.postern.front.server.Phase.Identity;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.AddressSyntax;
import org.postern.smtp.Reply;

/// HELO and EHLO: the client says who it is, and we say what we can do. It belongs to its session.
final class Introduction {
    private final Reception reception;
    private final Peer peer;
    private final Limits limits;
    private final Progress progress;
    private final Screening screening;
    private final InstantSource clock;
    private final LoggingIn loggingIn;

    Introduction(
            Reception reception,
            Peer peer,
            Limits limits,
            Progress progress,
            Screening screening,
            InstantSource clock,
            LoggingIn loggingIn) {
        this.reception = reception;
        this.peer = peer;
        this.limits = limits;
        this.progress = progress;
        this.screening = screening;
        this.clock = clock;
        this.loggingIn = loggingIn;
    }

    /// HELO and EHLO, RFC 5321 section 4.1.1.1. Said again, they also end a mail transaction (RFC
    /// 5321 section 4.1.4).
    Reply hello(String domain, Dialect dialect) throws Hangup {
        if (domain.isEmpty()) {
            return Replies.domainWanted(dialect == Dialect.ESMTP ? "EHLO" : "HELO");
        }
        if (!AddressSyntax.isDomain(domain)) {
            return Replies.BAD_DOMAIN;
        }
        var asked = dialect == Dialect.ESMTP ? EHLO : HELO;
        return switch (screening.judge(asked, domain)) {
            case Judgement.Passed _ -> welcome(domain, dialect);
            case Judgement.Rewritten(var other) ->
                    AddressSyntax.isDomain(other) ? welcome(other, dialect) : Replies.BAD_DOMAIN;
            case Judgement.Refused(var reply) -> reply;
        };
    }

    private Reply welcome(String domain, Dialect dialect) {
        var identity = progress.known(new Identity(domain, dialect));
        progress.enters(new Phase.Identified(identity));
        screening.identified(identity);
        var address = peer.address();
        var literal = address.startsWith("[") ? address : '[' + address + ']';
        var welcome =
                reception.name() + " Hello " + domain + ' ' + literal + ", pleased to meet you";
        return dialect == Dialect.SMTP
                ? Reply.of(250, welcome)
                : new Reply(250, extensions(welcome));
    }

    /// What is offered in this state of the session: RFC 5321 section 4.1.1.1, the limits in the
    /// words of RFC 9422 section 4.
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
        lines.add("CHUNKING");
        lines.add("BINARYMIME");
        lines.add("SMTPUTF8");
        if (reception.has(Trait.SPEAKS_FOR_OTHERS)) {
            lines.add(Impersonation.OFFER);
        }
        lines.add("LIMITS MAILMAX=" + limits.mails() + " RCPTMAX=" + limits.recipients());
        if (reception.protection().offersTls() && !progress.isPrivate()) {
            lines.add("STARTTLS");
        }
        lines.addAll(new Offer(reception, progress, limits.messageSize(), clock.instant()).lines());
        lines.addAll(loggingIn.offer());
        lines.add("HELP");
        return lines;
    }
}
