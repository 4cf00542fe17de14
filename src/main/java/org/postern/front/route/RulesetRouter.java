package org.postern.front.route;

import java.time.InstantSource;
import java.util.Set;
import org.postern.front.srs.Srs;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;
import org.postern.table.TableSet;

/// Routes by one configuration. A reload makes another router; who is under way keeps this one.
public final class RulesetRouter implements Router {
    private final Parts parts;

    /// What it routes with.
    record Parts(Ruleset ruleset, Aliases aliases, AccountBook accounts, ReturnPaths returnPaths) {}

    /// A router for the configuration that these are the tables of.
    public RulesetRouter(TableSet tables, AccountBook accounts, InstantSource clock) {
        this(
                new Parts(
                        new Ruleset(tables),
                        new Aliases(tables),
                        accounts,
                        Srs.of(tables.config().settings().srs(), clock)
                                .<ReturnPaths>map(srs -> srs::read)
                                .orElse(ReturnPaths.NONE)));
    }

    RulesetRouter(Parts parts) {
        this.parts = parts;
    }

    @Override
    public Routing route(
            MessageFacts facts, Mailbox recipient, Set<Share.Notify> notify, String orcpt) {
        return route(facts, recipient, notify, orcpt, Trail.NOBODY);
    }

    @Override
    public Routing again(MessageFacts facts, Share share) {
        var from =
                share.recipient().equals(share.originalRecipient())
                        ? Provenance.CLIENT
                        : Provenance.EXPANSION;
        var request =
                new Expansion.Request(
                        facts,
                        share.recipient(),
                        share.dsnNotify(),
                        share.dsnOriginalRecipient(),
                        from);
        var routing = new Expansion(parts, request, Trail.NOBODY).run();
        return routing instanceof Routing.Accepted(var shares) ? Again.of(share, shares) : routing;
    }

    @Override
    public Routing route(
            MessageFacts facts,
            Mailbox recipient,
            Set<Share.Notify> notify,
            String orcpt,
            Trail trail) {
        var request = new Expansion.Request(facts, recipient, notify, orcpt);
        return new Expansion(parts, request, trail).run();
    }
}
