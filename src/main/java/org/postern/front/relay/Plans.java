package org.postern.front.relay;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.config.Config;
import org.postern.config.LocalAction;
import org.postern.config.LocalAction.LmtpRecipient;
import org.postern.config.RelayAction;
import org.postern.config.TableDefinition;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef;
import org.postern.front.filter.Chain;
import org.postern.front.filter.Filters;
import org.postern.front.relay.Hop.Whereabouts;
import org.postern.front.relay.Plan.Naming;
import org.postern.front.relay.Plan.Target;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.front.srs.Senders;
import org.postern.front.srs.Srs;
import org.postern.mail.AddressSyntax;
import org.postern.mail.EnhancedStatus;
import org.postern.table.Answer;
import org.postern.table.RelayUrl;
import org.postern.table.TableSet;

/// Looks up what an action means now. An envelope only knows the action's name; the configuration
/// may have changed since it was queued.
final class Plans implements Planner {
    private static final EnhancedStatus MISCONFIGURED = new EnhancedStatus(4, 3, 5);
    private static final int MOST_HOSTS = 32;

    private record Rules(Config config, TableSet tables, Filters filters) {}

    private final InstantSource clock;
    private volatile Rules rules;
    private final ConcurrentMap<String, AtomicInteger> turns = new ConcurrentHashMap<>();

    /// What actions mean by these; `clock` dates rewritten senders.
    Plans(Config config, TableSet tables, Filters filters, InstantSource clock) {
        this.clock = clock;
        this.rules = new Rules(config, tables, filters);
    }

    @Override
    public void reload(Config config, TableSet tables, Filters filters) {
        rules = new Rules(config, tables, filters);
        turns.clear();
    }

    /// The configuration of now.
    Config config() {
        return rules.config;
    }

    @Override
    public boolean knows(String name) {
        return rules.config
                .action(name)
                .filter(
                        action ->
                                action instanceof RelayAction
                                        || (action instanceof LocalAction local
                                                && local.method()
                                                        instanceof LocalAction.Method.Lmtp))
                .isPresent();
    }

    @Override
    public Plan.Answer plan(String name) {
        var now = rules;
        var action = now.config.action(name);
        if (action.isEmpty()) {
            return unplanned("the action \"" + name + "\" is gone");
        }
        return switch (action.get()) {
            case RelayAction relay -> relay(relay, now);
            case LocalAction local ->
                    local.method() instanceof LocalAction.Method.Lmtp lmtp
                            ? neighbour(lmtp, now)
                            : unplanned("the action \"" + name + "\" does not send mail on");
        };
    }

    private static Plan.Answer unplanned(String why) {
        return new Plan.Answer.Unplanned(MISCONFIGURED, why);
    }

    /// A value, or why there is none.
    private sealed interface Lookup<T> {
        record Got<T>(T value) implements Lookup<T> {}

        record Not<T>(String why) implements Lookup<T> {}
    }

    private Plan.Answer relay(RelayAction action, Rules now) {
        return switch (target(action, now)) {
            case Lookup.Not<Target>(var why) -> unplanned(why);
            case Lookup.Got<Target>(var target) ->
                    switch (sources(action, now)) {
                        case Lookup.Not<List<InetAddress>>(var why) -> unplanned(why);
                        case Lookup.Got<List<InetAddress>>(var sources) ->
                                new Plan.Answer.Planned(
                                        new Plan(
                                                target,
                                                action.helo().orElse(now.config.serverName()),
                                                sources,
                                                Naming.RELAY,
                                                senders(action, now),
                                                watchers(action, now)));
                    };
        };
    }

    private static Chain watchers(RelayAction action, Rules now) {
        return action.filter().map(now.filters::named).orElse(Chain.EMPTY);
    }

    /// First the `mail-from` of the action, then what `srs` makes of it.
    private Senders senders(RelayAction action, Rules now) {
        var named = action.mailFrom().map(Senders::replacedBy).orElse(Senders.UNCHANGED);
        return action.rewritesSender()
                ? Srs.of(now.config.settings().srs(), clock).map(named::then).orElse(named)
                : named;
    }

    private Lookup<Target> target(RelayAction action, Rules now) {
        var hosts = action.smartHosts();
        if (hosts.isEmpty()) {
            return new Lookup.Got<>(new Target.Exchangers());
        }
        var urls = inTurn(action, hosts.get(), now);
        if (urls.isEmpty()) {
            return new Lookup.Not<>("Cannot retrieve smarthost");
        }
        var hops = new ArrayList<Hop>();
        for (var text : urls) {
            var url = RelayUrl.parse(text);
            if (url.isEmpty()) {
                return new Lookup.Not<>("Cannot parse smarthost");
            }
            if (!url.get().label().isEmpty()) {
                return new Lookup.Not<>("No auth table for relaying");
            }
            hops.add(hop(url.get()));
        }
        return new Lookup.Got<>(new Target.SmartHosts(hops));
    }

    private static Hop hop(RelayUrl url) {
        var security =
                switch (url.scheme()) {
                    case SMTP -> Security.OPPORTUNISTIC;
                    case SMTP_TLS -> Security.STARTTLS;
                    case SMTP_NOTLS, LMTP -> Security.NEVER;
                    case SMTPS -> Security.IMPLICIT;
                };
        var dialect = url.scheme() == RelayUrl.Scheme.LMTP ? Dialect.LMTP : Dialect.SMTP;
        return new Hop(url.host(), new Whereabouts.Unasked(url.port()), dialect, security);
    }

    private Lookup<List<InetAddress>> sources(RelayAction action, Rules now) {
        var table = action.source();
        if (table.isEmpty()) {
            return new Lookup.Got<>(List.of());
        }
        var sources = new ArrayList<InetAddress>();
        for (var text : inTurn(action, table.get(), now)) {
            source(text).ifPresent(sources::add);
        }
        return sources.isEmpty()
                ? new Lookup.Not<>("Could not retrieve source address")
                : new Lookup.Got<>(sources);
    }

    private static Optional<InetAddress> source(String text) {
        var bare = text;
        if (bare.startsWith("[") && bare.endsWith("]")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        if (bare.regionMatches(true, 0, "ipv6:", 0, 5)) {
            bare = bare.substring(5);
        }
        return AddressSyntax.isInet4(bare) || AddressSyntax.isInet6(bare)
                ? Optional.of(Exchangers.literalAddress("[" + bare + "]"))
                : Optional.empty();
    }

    /// All keys of a table, beginning with another one each time.
    private List<String> inTurn(RelayAction action, TableRef use, Rules now) {
        var keys = new ArrayList<>(keys(use, now));
        if (keys.size() > 1) {
            var turn = turns.computeIfAbsent(action.name() + use.name(), _ -> new AtomicInteger());
            Collections.rotate(keys, -Math.floorMod(turn.getAndIncrement(), keys.size()));
        }
        return keys;
    }

    private static List<String> keys(TableRef use, Rules now) {
        var definition = now.config.tables().get(use.name());
        if (definition != null && definition.origin() instanceof Origin.Inline(var entries)) {
            return entries.stream().map(TableDefinition.Entry::key).toList();
        }
        var table = now.tables.table(use.name());
        Set<String> keys = new LinkedHashSet<>();
        int known = 0;
        while (known < 3 && keys.size() < MOST_HOSTS) {
            if (!(table.fetch(use.service()) instanceof Answer.Found<String>(var key))) {
                break;
            }
            known = keys.add(key) ? 0 : known + 1;
        }
        return keys.stream().sorted().toList();
    }

    private static Plan.Answer neighbour(LocalAction.Method.Lmtp lmtp, Rules now) {
        var hop = neighbour(lmtp.destination());
        if (hop.isEmpty()) {
            return unplanned("cannot understand the LMTP destination");
        }
        return new Plan.Answer.Planned(
                new Plan(
                        new Target.SmartHosts(List.of(hop.get())),
                        now.config.serverName(),
                        List.of(),
                        lmtp.recipient() == LmtpRecipient.USER
                                ? Naming.NEIGHBOUR_BY_USER
                                : Naming.NEIGHBOUR_BY_MAILBOX));
    }

    /// `/path`, `host`, `host:port`, `[v6]` or `[v6]:port`.
    static Optional<Hop> neighbour(String destination) {
        if (destination.startsWith("/")) {
            List<SocketAddress> at = List.of(UnixDomainSocketAddress.of(destination));
            return Optional.of(
                    new Hop("localhost", new Whereabouts.At(at), Dialect.LMTP, Security.NEVER));
        }
        int colon = destination.lastIndexOf(':');
        boolean hasPort = colon >= 0 && colon > destination.lastIndexOf(']');
        var host = hasPort ? destination.substring(0, colon) : destination;
        var port = hasPort ? destination.substring(colon + 1) : "25";
        if (!AddressSyntax.isDomain(host) || !port.matches("[1-9][0-9]{0,4}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(port);
        return number > 65535
                ? Optional.empty()
                : Optional.of(
                        new Hop(
                                host,
                                new Whereabouts.Unasked(number),
                                Dialect.LMTP,
                                Security.NEVER));
    }
}
