package org.postern.front;

import java.util.Set;
import org.postern.config.Config;
import org.postern.front.route.Explanation;
import org.postern.front.route.Router;
import org.postern.front.route.Routing;
import org.postern.front.route.Trail;
import org.postern.log.Log;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;

/// A router whose steps can be traced: the conditions that are tested and what is decided
/// (`rules`), and what aliases and accounts make of a recipient (`expand`).
final class TracedRouter implements Router {
    private final Router router;
    private final Config config;
    private final Log log;

    TracedRouter(Router router, Config config, Log log) {
        this.router = router;
        this.config = config;
        this.log = log;
    }

    @Override
    public Routing route(
            MessageFacts facts, Mailbox recipient, Set<Share.Notify> notify, String orcpt) {
        if (!log.traces("rules") && !log.traces("expand")) {
            return router.route(facts, recipient, notify, orcpt);
        }
        var rules = new Explanation(config);
        var expansion = new Explanation(config);
        Trail trail =
                made -> {
                    var step = made.get();
                    switch (step) {
                        case Trail.Step.Asked _, Trail.Step.Tested _, Trail.Step.Decided _ ->
                                rules.add(() -> step);
                        case Trail.Step.Read _,
                                Trail.Step.LookedUp _,
                                Trail.Step.Asking _,
                                Trail.Step.Repeated _,
                                Trail.Step.Became _ ->
                                expansion.add(() -> step);
                    }
                };
        var routing = router.route(facts, recipient, notify, orcpt, trail);
        rules.lines().forEach(line -> log.trace("rules", Log.visible(line)));
        expansion.lines().forEach(line -> log.trace("expand", Log.visible(line)));
        return routing;
    }

    @Override
    public Routing again(MessageFacts facts, Share share) {
        return router.again(facts, share);
    }

    @Override
    public Routing route(
            MessageFacts facts,
            Mailbox recipient,
            Set<Share.Notify> notify,
            String orcpt,
            Trail trail) {
        return router.route(facts, recipient, notify, orcpt, trail);
    }
}
