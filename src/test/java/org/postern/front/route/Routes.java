package org.postern.front.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Service;
import org.postern.config.Sources;
import org.postern.ipc.Accounts;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.table.AliasValue;
import org.postern.table.AliasValues;
import org.postern.table.Answer;
import org.postern.table.TableSet;

/// A router over a configuration in memory and accounts that a test makes up. Its host is
/// `mx.example.org` with the addresses 127.0.0.1, 192.0.2.1, ::1 and 2001:db8::1. Whether a key is
/// in the table `lost` cannot be told, and of the table `unsure` only what its patterns cover.
final class Routes {
    private static final Host HOST =
            new Host("mx.example.org", List.of("127.0.0.1", "192.0.2.1", "[::1]", "[2001:db8::1]"));

    private final Config config;
    private final RulesetRouter router;
    private final Map<String, Accounts.Answer> accounts = new HashMap<>();
    private final List<Accounts> asked = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private ReturnPaths returnPaths = ReturnPaths.NONE;
    private Origin origin = from("198.51.100.7");
    private ReversePath sender = new ReversePath.Sender(new Mailbox("alice", "example.net"));

    private Routes(String config) throws ConfigException {
        var parsed = Config.parse(Sources.of("smtpd.conf", config, HOST));
        this.config = parsed;
        var tables = TableSet.open(parsed, complaints::add);
        var ruleset =
                new Ruleset(
                        parsed,
                        (table, service, key) ->
                                table.equals("lost")
                                                || (table.equals("unsure")
                                                        && service == Service.STRING)
                                        ? new Answer.Failed<>("lost")
                                        : tables.table(table).contains(service, key));
        this.router =
                new RulesetRouter(
                        new RulesetRouter.Parts(
                                ruleset,
                                new Aliases(tables),
                                this::answer,
                                mailbox -> returnPaths.read(mailbox)));
    }

    /// The router of a configuration that may be refused.
    static Routes read(String config) throws ConfigException {
        return new Routes(config);
    }

    static Routes by(String config) {
        try {
            return read(config);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private Accounts.Answer answer(Accounts question) {
        asked.add(question);
        return switch (question) {
            case Accounts.Of(_, var user) -> account(user);
            case Accounts.Exists(_, var user) ->
                    account(user) instanceof Accounts.Answer.Forwards
                            ? new Accounts.Answer.NoForward()
                            : account(user);
        };
    }

    private Accounts.Answer account(String user) {
        return accounts.getOrDefault(user, new Accounts.Answer.NoAccount());
    }

    /// These users exist and have no forward file.
    Routes users(String... names) {
        for (var name : names) {
            accounts.put(name, new Accounts.Answer.NoForward());
        }
        return this;
    }

    /// This user exists and has this forward file.
    Routes forward(String user, String text) {
        if (!(AliasValues.parseForward(text)
                instanceof Answer.Found<List<AliasValue>>(var values))) {
            throw new AssertionError(text);
        }
        var targets = values.stream().map(Routes::target).toList();
        return account(user, new Accounts.Answer.Forwards(targets));
    }

    private static Accounts.Target target(AliasValue value) {
        return switch (value) {
            case AliasValue.User(var name) -> new Accounts.Target.User(name);
            case AliasValue.Address(var mailbox) -> new Accounts.Target.Elsewhere(mailbox);
            case AliasValue.Command(var command) ->
                    new Accounts.Target.Command(Chunk.of("sealed " + command));
            case AliasValue.File(var path) -> new Accounts.Target.File(Chunk.of("sealed " + path));
            case AliasValue.Refusal(var code, var text) -> new Accounts.Target.Refusal(code, text);
            case AliasValue.Include _ -> throw new AssertionError("an include in a forward file");
        };
    }

    Routes account(String user, Accounts.Answer answer) {
        accounts.put(user, answer);
        return this;
    }

    /// From now on these senders are ours.
    Routes returnPaths(ReturnPaths paths) {
        returnPaths = paths;
        return this;
    }

    /// From now on mail comes from here.
    Routes origin(Origin from) {
        origin = from;
        return this;
    }

    Routes sender(ReversePath from) {
        sender = from;
        return this;
    }

    static Origin from(String address) {
        return new Origin(
                "mx.example.org",
                "",
                address,
                Origin.UNKNOWN_HOST,
                "client.example.net",
                new Origin.Login.Anonymous(),
                new Origin.Security.Plain());
    }

    Config config() {
        return config;
    }

    /// What the tables had to complain of.
    List<String> complaints() {
        return complaints;
    }

    List<Accounts> asked() {
        return asked;
    }

    Routing routing(String recipient) {
        return routing(recipient, Trail.NOBODY);
    }

    Routing routing(String recipient, Trail trail) {
        var facts = new MessageFacts(origin, sender, MessageFacts.DsnReturn.UNSAID, "");
        return router.route(facts, Mailbox.parse(recipient).orElseThrow(), Set.of(), "", trail);
    }

    /// What becomes of a recipient, in a few words: the reply, or `user+tag by action` and so on,
    /// joined by commas.
    String of(String recipient) {
        return words(routing(recipient));
    }

    /// What becomes of a share that is routed again, likewise.
    String again(Share share) {
        return words(router.again(facts(), share));
    }

    /// The one share that it becomes.
    Share shareAgain(Share share) {
        if (router.again(facts(), share) instanceof Routing.Accepted(var shares)) {
            return shares.getFirst();
        }
        throw new AssertionError("not accepted");
    }

    private MessageFacts facts() {
        return new MessageFacts(origin, sender, MessageFacts.DsnReturn.UNSAID, "");
    }

    private static String words(Routing routing) {
        return switch (routing) {
            case Routing.Accepted(var shares) ->
                    String.join(", ", shares.stream().map(Routes::words).toList());
            case Routing.Refused(var reply, _) -> words(reply);
            case Routing.TryLater(var reply, _) -> words(reply);
        };
    }

    private static String words(Routing.Answer reply) {
        return reply.code() + " " + reply.status() + " " + reply.text();
    }

    private static String words(Share share) {
        var what =
                switch (share.destination()) {
                    case Share.Destination.Remote() -> share.recipient().toString();
                    case Share.Destination.Account(var user, var tag) ->
                            tag.isEmpty() ? user : user + "+" + tag;
                    case Share.Destination.Sealed(var user, var kind, var seal) ->
                            user + "'s " + kind + " '" + seal.text() + "'";
                    case Share.Destination.Listed(var table, var key, var kind, _) ->
                            kind + " of " + key + " in " + table;
                    case Share.Destination.Unrouted() -> "unrouted";
                };
        return what + " by " + share.action();
    }
}
