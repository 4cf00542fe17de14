package org.postern.queue.schedule;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.config.Action;
import org.postern.config.Config;
import org.postern.config.LocalAction;
import org.postern.config.RelayAction;
import org.postern.ipc.Work.Lane;
import org.postern.queue.store.Key;

/// What the configuration says about queued mail: an immutable snapshot. Envelopes know their
/// action by name only, so that a new policy applies to mail already queued.
///
/// @param actions by name
/// @param ttl how long an envelope waits where its action does not say
/// @param warnings after which times the sender is told of a delay, rising
/// @param maxDeferred how many envelopes of a destination that is down are remembered
public record Policy(
        Map<String, Rule> actions, Duration ttl, List<Duration> warnings, int maxDeferred) {

    public Policy {
        actions = Map.copyOf(actions);
        warnings = warnings.stream().sorted().toList();
    }

    /// How the envelopes of an action are tried, and how long.
    public record Rule(Manner manner, Duration ttl) {}

    /// The ways to try.
    public enum Manner {
        /// By the delivery room, as the user.
        LOCAL,
        /// By the delivery room, into a Maildir: many at a time.
        MAILDIR,
        /// By the relay, over LMTP to a near neighbour.
        LMTP,
        /// By the relay, to the mail exchangers of the domain.
        RELAY,
        /// By the relay, to the host that the action names.
        SMART_HOST
    }

    /// Where the envelopes of a key go.
    sealed interface Course {
        /// To a worker of this lane, by turns with the other groups.
        record Goes(Lane lane, String group, Group.Limits limits) implements Course {}

        /// Nowhere, because.
        record Stranded(String why) implements Course {}
    }

    /// The policy of `config`.
    public static Policy of(Config config) {
        var settings = config.settings();
        var actions = new HashMap<String, Rule>();
        for (var action : config.actions().values()) {
            actions.put(
                    action.name(),
                    new Rule(manner(action), action.ttl().orElse(settings.queueTtl())));
        }
        return new Policy(
                actions, settings.queueTtl(), settings.warnIntervals(), settings.maxDeferred());
    }

    private static Manner manner(Action action) {
        return switch (action) {
            case RelayAction relay ->
                    relay.smartHosts().isPresent() ? Manner.SMART_HOST : Manner.RELAY;
            case LocalAction local ->
                    switch (local.method()) {
                        case LocalAction.Method.Lmtp _ -> Manner.LMTP;
                        case LocalAction.Method.Maildir _ -> Manner.MAILDIR;
                        case LocalAction.Method.Mbox _,
                                LocalAction.Method.Mda _,
                                LocalAction.Method.ForwardOnly _,
                                LocalAction.Method.ExpandOnly _ ->
                                Manner.LOCAL;
                    };
        };
    }

    /// Do envelopes wait, and are their senders warned, as long as under `other`?
    boolean hasTimesOf(Policy other) {
        var names = new HashSet<>(actions.keySet());
        names.addAll(other.actions.keySet());
        return ttl.equals(other.ttl)
                && warnings.equals(other.warnings)
                && names.stream().allMatch(name -> ttl(name).equals(other.ttl(name)));
    }

    /// How long the envelopes of this action may wait.
    Duration ttl(String action) {
        return Optional.ofNullable(actions.get(action)).map(Rule::ttl).orElse(ttl);
    }

    /// Where the envelopes of `key` go now.
    Course course(Key key) {
        if (key.kind() == Key.Kind.UNROUTED) {
            return new Course.Goes(Lane.ROUTE, "", Group.Limits.OF_ROUTING);
        }
        var rule = actions.get(key.action());
        if (rule == null) {
            return new Course.Stranded("there is no action \"" + key.action() + "\" any more");
        }
        return switch (rule.manner()) {
            case LOCAL, MAILDIR ->
                    switch (key.kind()) {
                        case REMOTE ->
                                new Course.Stranded(
                                        "action \"" + key.action() + "\" is a local one now");
                        case ACCOUNT ->
                                rule.manner() == Manner.MAILDIR
                                        ? new Course.Goes(
                                                Lane.LOCAL,
                                                "maildir " + key.name(),
                                                Group.Limits.OF_MAILDIR)
                                        : asUser(key);
                        case COMMAND_OR_FILE, UNROUTED -> asUser(key);
                    };
            case LMTP ->
                    key.kind() == Key.Kind.COMMAND_OR_FILE
                            ? asUser(key)
                            : out("lmtp " + key.action());
            case RELAY ->
                    switch (key.kind()) {
                        case REMOTE -> out(key.name() + " " + key.action());
                        case ACCOUNT, COMMAND_OR_FILE, UNROUTED -> noLonger(key);
                    };
            case SMART_HOST ->
                    switch (key.kind()) {
                        case REMOTE -> out("host " + key.action());
                        case ACCOUNT, COMMAND_OR_FILE, UNROUTED -> noLonger(key);
                    };
        };
    }

    /// The delivery room runs seven commands for a user at most.
    private static Course asUser(Key key) {
        return new Course.Goes(Lane.LOCAL, key.name(), Group.Limits.OF_USER);
    }

    private static Course out(String group) {
        return new Course.Goes(Lane.RELAY, group, Group.Limits.OF_HOST);
    }

    private static Course noLonger(Key key) {
        return new Course.Stranded("action \"" + key.action() + "\" relays now");
    }
}
