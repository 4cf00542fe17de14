package org.postern.front.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postern.config.Condition;
import org.postern.config.Config;
import org.postern.config.Match;
import org.postern.front.srs.Srs;
import org.postern.ipc.Accounts;
import org.postern.log.Log;
import org.postern.mail.Share;
import org.postern.mail.Share.Destination;
import org.postern.table.AliasValue;
import org.postern.table.Answer;

/// Writes down, in lines for a person, what a router did with a recipient. One thread, one
/// recipient.
public final class Explanation implements Trail {
    private final Wording wording;
    private final List<String> lines = new ArrayList<>();

    /// The match whose conditions are being tested, so that its line stands before them once; null
    /// before the first.
    private @Nullable Match match;

    /// An explanation in the words of `config`.
    public Explanation(Config config) {
        this.wording = new Wording(config);
    }

    /// The lines so far.
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void add(Supplier<Step> step) {
        switch (step.get()) {
            case Step.Read(var depth, var mailbox, var reading) ->
                    read(reading).ifPresent(text -> line(depth, mailbox + ": " + text));
            case Step.Asked(var depth, var mailbox, var provenance) -> {
                match = null;
                line(
                        depth,
                        mailbox
                                + (provenance == Provenance.CLIENT
                                        ? ": the rules are asked"
                                        : ": the rules are asked, as from local"));
            }
            case Step.Tested tested -> tested(tested);
            case Step.Decided(var depth, var mailbox, var decision) ->
                    line(depth, mailbox + ": " + decided(decision));
            case Step.LookedUp(var depth, var table, var key, var values) ->
                    line(depth, Wording.named(table) + " " + key + ": " + values(values));
            case Step.Asking(var depth, var user, var answer) ->
                    line(depth, user + ": " + account(answer));
            case Step.Repeated(var depth, var what) ->
                    line(depth, what + ": is there already, left out");
            case Step.Became(var depth, var share) -> line(depth, became(share));
        }
    }

    private void line(int depth, String text) {
        lines.add("  ".repeat(depth) + Log.visible(text));
    }

    private static Optional<String> read(Srs.Reading reading) {
        return switch (reading) {
            case Srs.Reading.Ordinary() -> Optional.empty();
            case Srs.Reading.Decoded(var sender) ->
                    Optional.of("a sender that we rewrote, and means " + sender);
            case Srs.Reading.Undecodable(var why) ->
                    Optional.of("looks like a rewritten sender, but " + why);
        };
    }

    private void tested(Step.Tested tested) {
        if (!tested.match().equals(match)) {
            match = tested.match();
            lines.add("    " + Log.visible(wording.match(tested.match())));
        }
        var condition = tested.condition();
        var key = tested.key().isEmpty() ? "" : " (" + tested.key() + ')';
        lines.add(
                "      "
                        + Log.visible(
                                wording.condition(condition)
                                        + ": "
                                        + finding(condition, tested.finding())
                                        + key));
    }

    private static String finding(Condition condition, Finding finding) {
        boolean meantToHold = condition.sense() == Condition.Sense.HOLDS;
        return switch (finding) {
            case Finding.Yes() -> meantToHold ? "holds" : "fails";
            case Finding.No() -> meantToHold ? "fails" : "holds";
            case Finding.Never() -> "fails, with or without !";
            case Finding.CouldNotTell(var cause) -> "cannot be told: " + cause;
        };
    }

    private String decided(Decision decision) {
        return switch (decision) {
            case Decision.Act(var by, var action) ->
                    Wording.place(by) + " matches: action " + wording.action(action.name());
            case Decision.Rejected(var by) -> Wording.place(by) + " matches: reject";
            case Decision.Unmatched() -> "no rule matches";
            case Decision.CouldNotTell(var by, _) ->
                    Wording.place(by) + " cannot be told, and no rule after it is asked";
        };
    }

    private static String values(Answer<List<AliasValue>> values) {
        return switch (values) {
            case Answer.Found<List<AliasValue>>(var found) ->
                    found.isEmpty()
                            ? "an included file without recipients"
                            : found.stream()
                                    .map(Explanation::value)
                                    .collect(Collectors.joining(", "));
            case Answer.Absent<List<AliasValue>>() -> "nothing";
            case Answer.Failed<List<AliasValue>>(var cause) -> "cannot be told: " + cause;
        };
    }

    private static String value(AliasValue value) {
        return switch (value) {
            case AliasValue.User(var name) -> name;
            case AliasValue.Address(var mailbox) -> mailbox.toString();
            case AliasValue.Command(var command) -> '|' + command;
            case AliasValue.File(var path) -> path;
            case AliasValue.Include(var path) -> ":include:" + path;
            case AliasValue.Refusal(var code, var text) -> "error:" + code + ' ' + text;
        };
    }

    private static String account(Accounts.Answer answer) {
        return switch (answer) {
            case Accounts.Answer.NoAccount() -> "no such user";
            case Accounts.Answer.NoForward() -> "a user, whose mail is not forwarded";
            case Accounts.Answer.Forwards(var targets) ->
                    "a user, whose .forward says: "
                            + targets.stream()
                                    .map(Explanation::target)
                                    .collect(Collectors.joining(", "));
            case Accounts.Answer.Insecure(var why) -> "the .forward is not safe: " + why;
            case Accounts.Answer.Unreadable(var why) -> "the .forward cannot be used now: " + why;
            case Accounts.Answer.Unavailable(var why) -> "cannot be told: " + why;
        };
    }

    /// Commands and files stay sealed: only the room `delivery` reads them.
    private static String target(Accounts.Target target) {
        return switch (target) {
            case Accounts.Target.User(var name) -> name;
            case Accounts.Target.Elsewhere(var mailbox) -> mailbox.toString();
            case Accounts.Target.Command _ -> "a command";
            case Accounts.Target.File _ -> "a file";
            case Accounts.Target.Refusal(var code, var text) -> "error:" + code + ' ' + text;
        };
    }

    private String became(Share share) {
        var where =
                switch (share.destination()) {
                    case Destination.Remote() -> share.recipient() + ": is sent on";
                    case Destination.Account(var user, var tag) ->
                            user
                                    + ": is delivered"
                                    + (tag.isEmpty() ? "" : ", with sub-address " + tag);
                    case Destination.Sealed(var user, var kind, _) ->
                            (kind == Destination.Kind.COMMAND ? "a command" : "a file")
                                    + ": is delivered, as "
                                    + user;
                    case Destination.Listed(var table, var key, var kind, _) ->
                            (kind == Destination.Kind.COMMAND ? "a command" : "a file")
                                    + " of "
                                    + key
                                    + " in "
                                    + Wording.named(table)
                                    + ": is delivered";
                    case Destination.Unrouted() -> "is not routed";
                };
        return where + ", by action " + wording.action(share.action());
    }

    /// What came of it, in one line for each envelope, or the reply to the client and, for the log,
    /// its cause.
    public static List<String> result(Routing routing) {
        return switch (routing) {
            case Routing.Accepted(var shares) ->
                    shares.stream().map(Explanation::envelope).toList();
            case Routing.Refused(_, var cause) -> List.of("because " + Log.visible(cause));
            case Routing.TryLater(_, var cause) -> List.of("because " + Log.visible(cause));
        };
    }

    private static String envelope(Share share) {
        var to =
                switch (share.destination()) {
                    case Destination.Remote() -> "relay";
                    case Destination.Account(var user, _) -> "user " + user;
                    case Destination.Sealed(var user, var kind, _) ->
                            kind.name().toLowerCase(java.util.Locale.ROOT) + " of user " + user;
                    case Destination.Listed(var table, var key, var kind, _) ->
                            kind.name().toLowerCase(java.util.Locale.ROOT)
                                    + " of "
                                    + key
                                    + " in "
                                    + Wording.named(table);
                    case Destination.Unrouted() -> "unrouted";
                };
        return Log.visible(
                "envelope: to=<"
                        + share.recipient()
                        + "> action=\""
                        + share.action()
                        + "\" by "
                        + to);
    }
}
