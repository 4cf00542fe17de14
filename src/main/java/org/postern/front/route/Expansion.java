package org.postern.front.route;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.postern.config.LocalAction;
import org.postern.config.LocalAction.Method;
import org.postern.config.RelayAction;
import org.postern.front.route.Node.Kinship;
import org.postern.front.route.Node.Value;
import org.postern.front.srs.Srs;
import org.postern.ipc.Accounts;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Chunk;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;
import org.postern.table.AliasValue;
import org.postern.table.Answer;

/// One recipient on its way to envelopes: oldest point first, until none is left. An error anywhere
/// refuses the whole recipient.
///
/// It ends: no point lies deeper than [#DEEPEST], no two are the same, and there are at most
/// [#MOST].
final class Expansion {
    /// The depth at which an expansion is given up; the recipient itself is at 0.
    static final int DEEPEST = 10;

    /// The points an expansion may have after a forward file has added its own.
    static final int MOST_AFTER_FORWARD = 100;

    /// The points an expansion may have.
    static final int MOST = 20_000;

    private final Ruleset ruleset;
    private final Aliases aliases;
    private final AccountBook accounts;
    private final ReturnPaths returnPaths;
    private final Request request;
    private final Trail trail;

    private final ArrayDeque<Node> waiting = new ArrayDeque<>();
    private final Set<Node.Key> seen = new HashSet<>();
    private final List<Share> shares = new ArrayList<>();
    private boolean undone;

    /// What is to be expanded.
    ///
    /// @param from where the recipient itself came from
    record Request(
            MessageFacts facts,
            Mailbox recipient,
            Set<Share.Notify> wish,
            String orcpt,
            Provenance from) {
        /// The request of a client.
        Request(MessageFacts facts, Mailbox recipient, Set<Share.Notify> wish, String orcpt) {
            this(facts, recipient, wish, orcpt, Provenance.CLIENT);
        }

        Request {
            wish = Set.copyOf(wish);
        }
    }

    Expansion(RulesetRouter.Parts parts, Request request, Trail trail) {
        this.ruleset = parts.ruleset();
        this.aliases = parts.aliases();
        this.accounts = parts.accounts();
        this.returnPaths = parts.returnPaths();
        this.request = request;
        this.trail = trail;
    }

    /// Expands until all is done or something fails.
    Routing run() {
        var root = Node.root(request.recipient());
        seen.add(root.key());
        waiting.add(root);
        while (!waiting.isEmpty()) {
            var node = waiting.removeFirst();
            if (node.depth() >= DEEPEST) {
                return badList(node, "the expansion is too deep");
            }
            var end =
                    switch (node.value()) {
                        case Value.Address(var mailbox) -> expand(node, mailbox);
                        case Value.Name(var action, var name) -> expand(node, action, name);
                        case Value.Program(var action, _, var destination) ->
                                accept(node, action, destination);
                        case Value.Refusal(var action, var code, var text) ->
                                Optional.of(refuse(node, action, code, text));
                    };
            if (end.isPresent()) {
                return end.get();
            }
        }
        return shares.isEmpty()
                ? badList(Node.root(request.recipient()), "it expands to nobody")
                : new Routing.Accepted(shares);
    }

    /// A notification may come back to a sender that we have rewritten: it is for that sender, and
    /// the rules see it as coming from `local`.
    private Optional<Routing> expand(Node node, Mailbox mailbox) {
        var reading =
                request.facts().sender() instanceof ReversePath.Null
                        ? returnPaths.read(mailbox)
                        : new Srs.Reading.Ordinary();
        trail.add(() -> new Trail.Step.Read(node.depth(), mailbox, reading));
        return switch (reading) {
            case Srs.Reading.Ordinary() -> decide(node, mailbox, reading);
            case Srs.Reading.Undecodable _ -> decide(node, mailbox, reading);
            case Srs.Reading.Decoded(var sender) -> {
                if (undone) {
                    yield Optional.of(invalid(node, "rewritten senders within rewritten senders"));
                }
                undone = true;
                yield decideUndone(node, sender);
            }
        };
    }

    /// What another host had rewritten before we did goes back to that host; if we were that host
    /// ourselves, to the sender.
    private Optional<Routing> decideUndone(Node node, Mailbox sender) {
        var reading = returnPaths.read(sender);
        var last = reading instanceof Srs.Reading.Decoded(var inner) ? inner : sender;
        var original = node.undone(seen.size(), last);
        seen.add(original.key());
        return decide(original, last, reading);
    }

    private Optional<Routing> decide(Node node, Mailbox mailbox, Srs.Reading reading) {
        trail.add(() -> new Trail.Step.Asked(node.depth(), mailbox, provenance(node)));
        var decision = ruleset.decide(request.facts(), mailbox, provenance(node), trail);
        trail.add(() -> new Trail.Step.Decided(node.depth(), mailbox, decision));
        return switch (decision) {
            case Decision.Unmatched() -> Optional.of(invalid(node, "no rule matches"));
            case Decision.Rejected(var match) ->
                    Optional.of(invalid(node, "rejected by the rule at " + match.at()));
            case Decision.CouldNotTell(var match, var cause) ->
                    Optional.of(later(node, "rule at " + match.at() + ": " + cause));
            case Decision.Act(_, RelayAction action) ->
                    submit(node, action.name(), new Destination.Remote());
            // Another host's rewritten sender may go there; here it is nobody, whatever catches
            // all.
            case Decision.Act(_, LocalAction _)
                    when reading instanceof Srs.Reading.Undecodable(var why) ->
                    Optional.of(invalid(node, "a rewritten sender: " + why));
            case Decision.Act(_, LocalAction action) -> expand(node, action, mailbox);
        };
    }

    private Provenance provenance(Node node) {
        return node.provenance() == Provenance.CLIENT ? request.from() : node.provenance();
    }

    private Optional<Routing> expand(Node node, LocalAction action, Mailbox mailbox) {
        if (!(action.expansion() instanceof LocalAction.Expansion.ByVirtual(var table))) {
            return add(
                    node, List.of(new Value.Name(action, AddressSyntax.fold(mailbox.localPart()))));
        }
        return switch (aliases.ofMailbox(table, mailbox, node.depth(), trail)) {
            case Answer.Found<Aliases.Entry>(var entry) -> add(node, values(action, entry));
            case Answer.Absent<Aliases.Entry>() ->
                    Optional.of(badList(node, "not in the virtual table " + table.name()));
            case Answer.Failed<Aliases.Entry>(var cause) -> Optional.of(badListNow(node, cause));
        };
    }

    private Optional<Routing> expand(Node node, LocalAction action, String name) {
        if (node.kinship() == Kinship.OTHER) {
            switch (aliases.ofName(action, name, node.depth(), trail)) {
                case Answer.Found<Aliases.Entry>(var entry) -> {
                    return add(node, values(action, entry));
                }
                case Answer.Absent<Aliases.Entry>() -> {}
                case Answer.Failed<Aliases.Entry>(var cause) -> {
                    return Optional.of(badListNow(node, cause));
                }
            }
        }
        var cut = aliases.cut(name);
        if (cut.user().isEmpty()) {
            return Optional.of(invalid(node, "no user name before the delimiter"));
        }
        var home = new Destination.Account(cut.user(), cut.tag());
        if (node.kinship() == Kinship.SAME_USER && node.forwarder().isPresent()) {
            return settle(node, action, home);
        }
        var runsAsOther = action.user().filter(user -> !user.equals(cut.user())).isPresent();
        var question =
                runsAsOther
                        ? new Accounts.Exists(action.name(), cut.user())
                        : new Accounts.Of(action.name(), cut.user());
        var answer = accounts.ask(question);
        trail.add(() -> new Trail.Step.Asking(node.depth(), cut.user(), answer));
        return switch (answer) {
            case Accounts.Answer.NoAccount() -> Optional.of(invalid(node, "no such user"));
            case Accounts.Answer.NoForward() -> settle(node, action, home);
            case Accounts.Answer.Forwards(var targets) -> follow(node, action, home, targets);
            case Accounts.Answer.Insecure(var why) ->
                    Optional.of(badList(node, "forward file: " + why));
            case Accounts.Answer.Unreadable(var why) ->
                    Optional.of(badListNow(node, "forward file: " + why));
            case Accounts.Answer.Unavailable(var why) -> Optional.of(later(node, why));
        };
    }

    private Optional<Routing> follow(
            Node node,
            LocalAction action,
            Destination.Account home,
            List<Accounts.Target> targets) {
        int before = seen.size();
        node.follow(home.user());
        var end = add(node, targets.stream().map(target -> value(action, home, target)).toList());
        if (end.isPresent()) {
            return end;
        }
        if (seen.size() > MOST_AFTER_FORWARD) {
            return Optional.of(badListNow(node, "forward file: too many recipients"));
        }
        return seen.size() > before ? Optional.empty() : settle(node, action, home);
    }

    /// A user is the end of an expansion, unless the action has no way to deliver.
    private Optional<Routing> settle(Node node, LocalAction action, Destination.Account home) {
        return switch (action.method()) {
            case Method.ForwardOnly() ->
                    Optional.of(badListNow(node, "forward-only, and it is not forwarded"));
            case Method.ExpandOnly() ->
                    Optional.of(badList(node, "expand-only, and it is a plain user"));
            case Method.Mbox _, Method.Maildir _, Method.Lmtp _, Method.Mda _ ->
                    submit(node, action.name(), home);
        };
    }

    private Optional<Routing> accept(Node node, LocalAction action, Destination destination) {
        return action.method() instanceof Method.ForwardOnly
                ? Optional.of(later(node, "forward-only, and it names a command or a file"))
                : submit(node, action.name(), destination);
    }

    private Routing refuse(Node node, LocalAction action, int code, String text) {
        if (action.method() instanceof Method.ForwardOnly) {
            return later(node, "forward-only, and it names a refusal");
        }
        var reply = Routing.Answer.refusal(code, text, request.recipient());
        var said = "error:" + code + ' ' + text;
        return code / 100 == 4
                ? new Routing.TryLater(reply, cause(node, "it says " + said))
                : new Routing.Refused(reply, cause(node, "it says " + said));
    }

    private Optional<Routing> submit(Node node, String action, Destination destination) {
        var share =
                new Share(
                        request.recipient(),
                        node.mailbox(),
                        action,
                        destination,
                        request.wish(),
                        request.orcpt());
        trail.add(() -> new Trail.Step.Became(node.depth(), share));
        shares.add(share);
        return Optional.empty();
    }

    private List<Value> values(LocalAction action, Aliases.Entry entry) {
        return entry.values().stream().map(value -> value(action, entry, value)).toList();
    }

    private static Value value(LocalAction action, Aliases.Entry entry, AliasValue value) {
        return switch (value) {
            case AliasValue.User(var name) -> new Value.Name(action, AddressSyntax.fold(name));
            case AliasValue.Address(var mailbox) -> new Value.Address(mailbox);
            case AliasValue.Command(var command) ->
                    listed(action, entry, Destination.Kind.COMMAND, command);
            case AliasValue.File(var path) -> listed(action, entry, Destination.Kind.FILE, path);
            case AliasValue.Refusal(var code, var text) -> new Value.Refusal(action, code, text);
            case AliasValue.Include _ ->
                    throw new IllegalStateException("an include that was left");
        };
    }

    private static Value listed(
            LocalAction action, Aliases.Entry entry, Destination.Kind kind, String text) {
        var digest = sha256(Chunk.of(text));
        return new Value.Program(
                action, kind, new Destination.Listed(entry.table(), entry.key(), kind, digest));
    }

    private static Chunk sha256(Chunk text) {
        try {
            return Chunk.handOver(MessageDigest.getInstance("SHA-256").digest(text.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Value value(
            LocalAction action, Destination.Account home, Accounts.Target target) {
        return switch (target) {
            case Accounts.Target.User(var name) -> new Value.Name(action, AddressSyntax.fold(name));
            case Accounts.Target.Elsewhere(var mailbox) -> new Value.Address(mailbox);
            case Accounts.Target.Command(var seal) ->
                    sealed(action, home, Destination.Kind.COMMAND, seal);
            case Accounts.Target.File(var seal) ->
                    sealed(action, home, Destination.Kind.FILE, seal);
            case Accounts.Target.Refusal(var code, var text) ->
                    new Value.Refusal(action, code, text);
        };
    }

    private static Value sealed(
            LocalAction action, Destination.Account home, Destination.Kind kind, Chunk seal) {
        return new Value.Program(action, kind, new Destination.Sealed(home.user(), kind, seal));
    }

    /// Adds what a point expands to, in the order of expansion, without what is there already.
    private Optional<Routing> add(Node parent, List<? extends Value> values) {
        var ordered =
                values.stream()
                        .sorted(Comparator.comparingInt(Value::rank).thenComparing(Value::text))
                        .toList();
        for (var value : ordered) {
            if (value instanceof Value.Name(_, var name)
                    && parent.leadsBackTo(aliases.cut(name).user())) {
                return Optional.of(badList(parent, "forward files lead back to " + name));
            }
            var node = parent.child(seen.size(), value);
            if (!seen.add(node.key())) {
                trail.add(() -> new Trail.Step.Repeated(node.depth(), value.text()));
                continue;
            }
            if (seen.size() > MOST) {
                return Optional.of(badListNow(parent, "more than " + MOST + " recipients"));
            }
            waiting.add(node);
        }
        return Optional.empty();
    }

    private Routing invalid(Node node, String why) {
        return new Routing.Refused(Routing.Answer.invalid(request.recipient()), cause(node, why));
    }

    private Routing later(Node node, String why) {
        return new Routing.TryLater(
                Routing.Answer.temporary(request.recipient()), cause(node, why));
    }

    private Routing badList(Node node, String why) {
        return new Routing.Refused(Routing.Answer.badList(request.recipient()), cause(node, why));
    }

    private Routing badListNow(Node node, String why) {
        return new Routing.TryLater(
                Routing.Answer.badListNow(request.recipient()), cause(node, why));
    }

    /// The member that failed, and why.
    private static String cause(Node node, String why) {
        return "<" + node.member() + ">: " + why;
    }
}
