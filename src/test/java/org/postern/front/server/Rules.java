package org.postern.front.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postern.front.route.Router;
import org.postern.front.route.Routing;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;

/// A ruleset for dialogues: mail for `example.org` is delivered, mail of authenticated clients is
/// relayed, some recipients are special, and all else is refused.
final class Rules implements Router {
    @Override
    public Routing route(
            MessageFacts facts, Mailbox recipient, Set<Share.Notify> notify, String orcpt) {
        if (recipient.localPart().equals("broken")) {
            throw new IllegalStateException("a planted bug");
        }
        if (recipient.localPart().equals("later")) {
            return new Routing.TryLater(
                    answer(451, "4.3.0", "Temporary failure: <" + recipient + ">"), "a test");
        }
        boolean home =
                recipient.domain().equals("example.org")
                        || recipient.domain().equals("mx.example.org");
        if ((!home && !facts.origin().isAuthenticated())
                || recipient.localPart().equals("nobody")) {
            return new Routing.Refused(
                    answer(550, "5.1.1", "Invalid recipient: <" + recipient + ">"), "no rule");
        }
        var shares = new ArrayList<Share>();
        int count = recipient.localPart().equals("three") ? 3 : 1;
        for (int i = 1; i <= count; i++) {
            var mailbox = count == 1 ? recipient : new Mailbox("member" + i, recipient.domain());
            shares.add(
                    new Share(
                            recipient,
                            mailbox,
                            home ? "inbox" : "out",
                            home
                                    ? new Share.Destination.Account(mailbox.localPart(), "")
                                    : new Share.Destination.Remote(),
                            notify,
                            orcpt));
        }
        return new Routing.Accepted(List.copyOf(shares));
    }

    private static Routing.Answer answer(int code, String status, String text) {
        return new Routing.Answer(code, EnhancedStatus.parse(status).orElseThrow(), text);
    }
}
