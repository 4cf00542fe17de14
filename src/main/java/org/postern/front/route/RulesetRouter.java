package org.postern.front.route;

import java.util.Set;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;
import org.postern.table.TableSet;

/// Routes by one configuration. A reload makes another router; who is under way keeps this one.
public final class RulesetRouter implements Router {
    private final Ruleset ruleset;
    private final Aliases aliases;
    private final AccountBook accounts;

    /// A router for the configuration that these are the tables of.
    public RulesetRouter(TableSet tables, AccountBook accounts) {
        this(new Ruleset(tables), new Aliases(tables), accounts);
    }

    RulesetRouter(Ruleset ruleset, Aliases aliases, AccountBook accounts) {
        this.ruleset = ruleset;
        this.aliases = aliases;
        this.accounts = accounts;
    }

    @Override
    public Routing route(
            MessageFacts facts, Mailbox recipient, Set<Share.Notify> notify, String orcpt) {
        return route(facts, recipient, notify, orcpt, Trail.NOBODY);
    }

    /// The same, with each step told to `trail`.
    public Routing route(
            MessageFacts facts,
            Mailbox recipient,
            Set<Share.Notify> notify,
            String orcpt,
            Trail trail) {
        var request = new Expansion.Request(facts, recipient, notify, orcpt);
        return new Expansion(ruleset, aliases, accounts, request, trail).run();
    }
}
