package org.postern.front;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.postern.config.Config;
import org.postern.control.ControlPoint.Lines;
import org.postern.control.Order;
import org.postern.front.route.Explanation;
import org.postern.front.route.Router;
import org.postern.front.route.Routing;
import org.postern.log.Log;
import org.postern.mail.AddressSyntax;
import org.postern.mail.AddressText;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.smtp.PathArgument;

/// Explains what would become of a recipient, by the router that sessions ask. Nothing is sent.
final class Explainer {
    private final Config config;
    private final Router router;
    private final Function<InetAddress, String> names;

    Explainer(Config config, Router router, Function<InetAddress, String> names) {
        this.config = config;
        this.router = router;
        this.names = names;
    }

    /// What is wrong with a question.
    private static final class Unclear extends Exception {
        private static final long serialVersionUID = 1L;

        Unclear(String why) {
            super(why);
        }
    }

    /// Tells each step, then what comes of it.
    Order.Answer explain(Order.Explain question, Lines lines) throws IOException {
        MessageFacts facts;
        Mailbox recipient;
        try {
            recipient = recipient(question.recipient());
            facts = facts(question.client());
        } catch (Unclear e) {
            return new Order.Answer.Refused(String.valueOf(e.getMessage()));
        }
        lines.line(Log.visible(heading(recipient, facts)));
        var explanation = new Explanation(config);
        var routing = router.route(facts, recipient, Set.of(), "", explanation);
        for (var line : explanation.lines()) {
            lines.line(line);
        }
        for (var line : Explanation.result(routing)) {
            lines.line(line);
        }
        return switch (routing) {
            case Routing.Accepted(var shares) -> new Order.Answer.Done(shares.size());
            case Routing.Refused(var reply, _) -> refused(reply);
            case Routing.TryLater(var reply, _) -> refused(reply);
        };
    }

    private static Order.Answer refused(Routing.Answer reply) {
        return new Order.Answer.Refused(
                reply.code() + " " + reply.status() + " " + Log.visible(reply.text()));
    }

    private static String heading(Mailbox recipient, MessageFacts facts) {
        var origin = facts.origin();
        var login =
                switch (origin.login()) {
                    case Origin.Login.Anonymous() -> "";
                    case Origin.Login.As(var user) -> " auth=\"" + user + '"';
                };
        return "mail from=<%s> to=<%s> client=%s name=%s helo=\"%s\" tag=\"%s\"%s%s"
                .formatted(
                        facts.sender(),
                        recipient,
                        origin.address(),
                        origin.hostName(),
                        origin.helo(),
                        origin.tag(),
                        login,
                        origin.security() instanceof Origin.Security.Tls ? " tls" : "");
    }

    /// As a session reads it: without a domain it is the server's, and a source route is dropped.
    private Mailbox recipient(String word) throws Unclear {
        return mailbox(word)
                .orElseThrow(() -> new Unclear("not a recipient: " + Log.visible(word)));
    }

    private Optional<Mailbox> mailbox(String word) {
        return PathArgument.parse("<" + unbracketed(word) + ">")
                .filter(path -> path.parameters().isEmpty())
                .flatMap(path -> path.mailbox(config.serverName()));
    }

    private static String unbracketed(String word) {
        return word.startsWith("<") && word.endsWith(">")
                ? word.substring(1, word.length() - 1)
                : word;
    }

    private MessageFacts facts(Order.Client client) throws Unclear {
        for (var text : List.of(client.hostName(), client.helo(), client.login())) {
            check(text, 255);
        }
        check(client.tag(), 64);
        return new MessageFacts(
                origin(client), sender(client.sender()), MessageFacts.DsnReturn.UNSAID, "");
    }

    private static void check(String text, int longest) throws Unclear {
        if (text.length() > longest || !AddressSyntax.isLine(text)) {
            throw new Unclear("over " + longest + " characters, or a control character in it");
        }
    }

    private ReversePath sender(String word) throws Unclear {
        var bare = unbracketed(word);
        if (bare.isEmpty() || bare.equals("@")) {
            return new ReversePath.Null();
        }
        return mailbox(bare)
                .map(ReversePath.Sender::new)
                .orElseThrow(() -> new Unclear("not a sender: " + Log.visible(word)));
    }

    /// A client at the local socket comes from the server itself, and counts as logged in.
    private Origin origin(Order.Client client) throws Unclear {
        var inet = address(client.address());
        boolean local = inet.isEmpty();
        var name =
                client.hostName().isEmpty()
                        ? inet.map(names).orElse(config.serverName())
                        : client.hostName();
        var login =
                local || !client.login().isEmpty()
                        ? new Origin.Login.As(client.login())
                        : new Origin.Login.Anonymous();
        return new Origin(
                config.serverName(),
                client.tag(),
                inet.map(AddressText::key).orElse(Origin.LOCAL),
                name,
                client.helo().isEmpty() && local ? config.serverName() : client.helo(),
                login,
                switch (client.channel()) {
                    case CLEAR -> new Origin.Security.Plain();
                    case TLS ->
                            new Origin.Security.Tls(
                                    "TLSv1.3",
                                    "TLS_AES_256_GCM_SHA384",
                                    256,
                                    Origin.Security.Peer.UNVERIFIED);
                });
    }

    /// The address; empty for the local socket.
    private static Optional<InetAddress> address(String word) throws Unclear {
        if (word.equals(Origin.LOCAL)) {
            return Optional.empty();
        }
        var bare =
                word.startsWith("[") && word.endsWith("]")
                        ? word.substring(1, word.length() - 1)
                        : word;
        if (bare.regionMatches(true, 0, "IPv6:", 0, 5)) {
            bare = bare.substring(5);
        }
        if (!AddressSyntax.isInet4(bare) && !AddressSyntax.isInet6(bare)) {
            throw new Unclear(
                    "not an address: "
                            + Log.visible(word)
                            + "; it is 192.0.2.1, 2001:db8::1, or local for the local socket");
        }
        return Optional.of(InetAddress.ofLiteral(bare));
    }
}
