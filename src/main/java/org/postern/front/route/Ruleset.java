package org.postern.front.route;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import org.postern.config.Condition;
import org.postern.config.Config;
import org.postern.config.Criterion;
import org.postern.config.Match;
import org.postern.config.Service;
import org.postern.config.TableRef;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// The matches of a configuration, tried in the order of the file; the first whose conditions all
/// hold decides.
public final class Ruleset {
    private final Config config;
    private final Lists lists;
    private final Set<InetAddress> ownAddresses = new HashSet<>();

    /// Asks tables whether a key is in them.
    @FunctionalInterface
    interface Lists {
        Answer<String> contains(String table, Service service, String key);
    }

    /// The ruleset of the configuration that these are the tables of.
    public Ruleset(TableSet tables) {
        this(tables.config(), (table, service, key) -> tables.table(table).contains(service, key));
    }

    /// The ruleset of `config`, which asks `lists`.
    Ruleset(Config config, Lists lists) {
        this.config = config;
        this.lists = lists;
        for (var text : config.sources().host().localAddresses()) {
            var address = withoutZone(text);
            if (isAddress(address)) {
                ownAddresses.add(address(address));
            }
        }
    }

    /// What the ruleset decides about mail with these facts for `destination`.
    public Decision decide(
            MessageFacts facts, Mailbox destination, Provenance provenance, Trail trail) {
        var question = new Question(facts, destination, provenance);
        for (var match : config.matches()) {
            switch (test(match, question, trail)) {
                case Finding.Yes() -> {
                    return outcome(match);
                }
                case Finding.No(), Finding.Never() -> {}
                case Finding.CouldNotTell(var cause) -> {
                    return new Decision.CouldNotTell(match, cause);
                }
            }
        }
        return new Decision.Unmatched();
    }

    /// What the conditions are tested on.
    private record Question(MessageFacts facts, Mailbox destination, Provenance provenance) {
        Origin origin() {
            return facts.origin();
        }

        boolean isInternal() {
            return provenance == Provenance.EXPANSION;
        }

        /// The client as tables of addresses know it.
        String source() {
            return isInternal() ? Origin.LOCAL : origin().address();
        }
    }

    private Decision outcome(Match match) {
        return switch (match.outcome()) {
            case Match.Outcome.Act(_, var name) ->
                    new Decision.Act(
                            match,
                            config.action(name)
                                    .orElseThrow(
                                            () -> new IllegalStateException("no action " + name)));
            case Match.Outcome.Reject() -> new Decision.Rejected(match);
        };
    }

    private Finding test(Match match, Question question, Trail trail) {
        for (var condition : match.conditions()) {
            var finding = test(condition.criterion(), question);
            trail.add(
                    () ->
                            new Trail.Step.Tested(
                                    match,
                                    condition,
                                    key(condition.criterion(), question),
                                    finding));
            switch (finding) {
                case Finding.Yes() when condition.sense() == Condition.Sense.HOLDS -> {}
                case Finding.No() when condition.sense() == Condition.Sense.FAILS -> {}
                case Finding.CouldNotTell _ -> {
                    return finding;
                }
                case Finding.Yes(), Finding.No(), Finding.Never() -> {
                    return new Finding.No();
                }
            }
        }
        return new Finding.Yes();
    }

    private Finding test(Criterion criterion, Question question) {
        var origin = question.origin();
        return switch (criterion) {
            case Criterion.Tag(var table) -> contains(table, origin.tag());
            case Criterion.FromAny(), Criterion.ForAny() -> new Finding.Yes();
            case Criterion.FromLocal() -> fromLocal(question);
            case Criterion.FromSocket() ->
                    question.isInternal() ? new Finding.Never() : Finding.of(origin.isLocal());
            case Criterion.FromSource(var table) -> contains(table, question.source());
            case Criterion.FromNamed() ->
                    question.isInternal() ? new Finding.Never() : Finding.of(isNamed(origin));
            case Criterion.FromName(var table) -> fromName(table, question);
            case Criterion.ForLocal() -> forLocal(question.destination().domain());
            case Criterion.ForDomain(var table) -> contains(table, question.destination().domain());
            case Criterion.Helo(var table) -> contains(table, origin.helo());
            case Criterion.Authenticated() -> Finding.of(origin.isAuthenticated());
            case Criterion.AuthenticatedAs(var table) -> authenticatedAs(table, origin.login());
            case Criterion.Tls() -> Finding.of(origin.security() instanceof Origin.Security.Tls);
            case Criterion.MailFrom(var table) -> contains(table, question.facts().sender().key());
            case Criterion.RcptTo(var table) -> contains(table, question.destination().toString());
        };
    }

    /// What a criterion looks at.
    private static String key(Criterion criterion, Question question) {
        var origin = question.origin();
        return switch (criterion) {
            case Criterion.FromAny(), Criterion.ForAny() -> "";
            case Criterion.Tag _ -> origin.tag();
            case Criterion.FromLocal(), Criterion.FromSocket(), Criterion.FromSource _ ->
                    question.source();
            case Criterion.FromNamed(), Criterion.FromName _ ->
                    question.isInternal() ? Origin.LOCAL : origin.hostName();
            case Criterion.ForLocal(), Criterion.ForDomain _ -> question.destination().domain();
            case Criterion.Helo _ -> origin.helo();
            case Criterion.Authenticated(), Criterion.AuthenticatedAs _ ->
                    switch (origin.login()) {
                        case Origin.Login.Anonymous() -> "no login";
                        case Origin.Login.As(var user) -> user;
                    };
            case Criterion.Tls() ->
                    origin.security() instanceof Origin.Security.Tls ? "TLS" : "no TLS";
            case Criterion.MailFrom _ -> question.facts().sender().key();
            case Criterion.RcptTo _ -> question.destination().toString();
        };
    }

    private Finding contains(TableRef use, String key) {
        return Finding.of(lists.contains(use.name(), use.service(), key));
    }

    private Finding fromLocal(Question question) {
        var source = question.source();
        return source.equals(Origin.LOCAL)
                ? new Finding.Yes()
                : Finding.of(lists.contains(Config.LOCALHOST, Service.NETADDR, source));
    }

    private static boolean isNamed(Origin origin) {
        return !origin.hostName().equals(Origin.UNKNOWN_HOST);
    }

    /// A client without a name is never meant. The name is as good as the session's check of it:
    /// the owner of an address can claim any name, and only one that points back is to be believed.
    private Finding fromName(TableRef table, Question question) {
        if (question.isInternal()) {
            return contains(table, Origin.LOCAL);
        }
        return isNamed(question.origin())
                ? contains(table, question.origin().hostName())
                : new Finding.Never();
    }

    /// Names are compared as text, and so is an address without brackets; address literals are
    /// compared as addresses.
    private Finding forLocal(String domain) {
        var answer = lists.contains(Config.LOCALNAMES, Service.DOMAIN, domain);
        if (!(answer instanceof Answer.Absent<String>) || !domain.startsWith("[")) {
            return Finding.of(answer);
        }
        var inner = domain.substring(1, domain.length() - 1);
        var text = inner.regionMatches(true, 0, "IPv6:", 0, 5) ? inner.substring(5) : inner;
        return Finding.of(isAddress(text) && ownAddresses.contains(address(text)));
    }

    private Finding authenticatedAs(TableRef table, Origin.Login login) {
        return switch (login) {
            case Origin.Login.Anonymous() -> new Finding.No();
            case Origin.Login.As(var user) when isAddressLike(user, table) ->
                    authenticatedAsMailbox(table, user);
            case Origin.Login.As(var user) -> contains(table, user);
        };
    }

    private static boolean isAddressLike(String user, TableRef table) {
        return table.service() != Service.REGEX && user.indexOf('@') >= 0;
    }

    /// A login with `@` is compared as a mailbox, but an entry without `@` does not stand for it:
    /// `joe` is not `joe@elsewhere.example`.
    private Finding authenticatedAsMailbox(TableRef use, String user) {
        var table = use.name();
        var answer = lists.contains(table, Service.MAILADDR, user);
        if (!(answer instanceof Answer.Found<String>)) {
            return Finding.of(answer);
        }
        return switch (bareEntry(table, user)) {
            case Answer.Absent<String>() -> new Finding.Yes();
            case Answer.Failed<String> failed -> Finding.of(failed);
            case Answer.Found<String> _ ->
                    switch (lists.contains(table, Service.STRING, user)) {
                        case Answer.Found<String> _ -> new Finding.Yes();
                        case Answer.Failed<String> failed -> Finding.of(failed);
                        case Answer.Absent<String>() ->
                                Finding.of(
                                        lists.contains(
                                                table,
                                                Service.MAILADDR,
                                                user.substring(user.lastIndexOf('@'))));
                    };
        };
    }

    /// The entry without `@` that stands for the login, if there is one.
    private Answer<String> bareEntry(String table, String user) {
        var localPart = user.substring(0, user.lastIndexOf('@'));
        int cut = localPart.indexOf(config.settings().subAddressDelimiter());
        var whole = lists.contains(table, Service.STRING, localPart);
        return whole instanceof Answer.Absent<String> && cut >= 0
                ? lists.contains(table, Service.STRING, localPart.substring(0, cut))
                : whole;
    }

    /// The address without the brackets and the zone of a key.
    private static String withoutZone(String key) {
        var inner = key.startsWith("[") ? key.substring(1, key.length() - 1) : key;
        int zone = inner.indexOf('%');
        return zone < 0 ? inner : inner.substring(0, zone);
    }

    private static boolean isAddress(String text) {
        return AddressSyntax.isInet4(text) || AddressSyntax.isInet6(text);
    }

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }
}
