package org.postern.front.route;

import java.util.List;
import java.util.stream.Collectors;
import org.postern.config.Action;
import org.postern.config.Condition;
import org.postern.config.Config;
import org.postern.config.Criterion;
import org.postern.config.LocalAction;
import org.postern.config.Match;
import org.postern.config.Service;
import org.postern.config.TableDefinition.Entry;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef;

/// Matches, criteria and actions in the words of the configuration, with `from local` and `for
/// local` where the file leaves them out.
final class Wording {
    private static final int SHOWN = 4;

    private final Config config;

    Wording(Config config) {
        this.config = config;
    }

    /// `smtpd.conf:7: match from any for local action "home"`.
    String match(Match match) {
        var outcome =
                switch (match.outcome()) {
                    case Match.Outcome.Act(_, var name) -> "action \"" + name + '"';
                    case Match.Outcome.Reject() -> "reject";
                };
        var conditions =
                match.conditions().stream().map(this::condition).collect(Collectors.joining(" "));
        return place(match) + ": match " + conditions + ' ' + outcome;
    }

    /// Where it stands: file and line.
    static String place(Match match) {
        return match.at().file() + ':' + match.at().line();
    }

    /// A criterion and its `!`.
    String condition(Condition condition) {
        return (condition.sense() == Condition.Sense.FAILS ? "!" : "")
                + criterion(condition.criterion());
    }

    private String criterion(Criterion criterion) {
        return switch (criterion) {
            case Criterion.Tag(var table) -> "tag " + table(table);
            case Criterion.FromAny() -> "from any";
            case Criterion.FromLocal() -> "from local";
            case Criterion.FromSocket() -> "from socket";
            case Criterion.FromSource(var table) -> "from src " + table(table);
            case Criterion.FromNamed() -> "from rdns";
            case Criterion.FromName(var table) -> "from rdns " + table(table);
            case Criterion.ForAny() -> "for any";
            case Criterion.ForLocal() -> "for local";
            case Criterion.ForDomain(var table) -> "for domain " + table(table);
            case Criterion.Helo(var table) -> "helo " + table(table);
            case Criterion.Authenticated() -> "auth";
            case Criterion.AuthenticatedAs(var table) -> "auth " + table(table);
            case Criterion.Tls() -> "tls";
            case Criterion.MailFrom(var table) -> "mail-from " + table(table);
            case Criterion.RcptTo(var table) -> "rcpt-to " + table(table);
        };
    }

    /// A table's name in angle brackets; what stands in its place in the file, if it has none.
    String table(TableRef use) {
        var regex = use.service() == Service.REGEX ? "regex " : "";
        var definition = config.tables().get(use.name());
        if (definition != null
                && use.name().startsWith("<")
                && definition.origin() instanceof Origin.Inline(var entries)) {
            return regex + inline(entries);
        }
        return regex + named(use.name());
    }

    static String named(String table) {
        return table.startsWith("<") ? table : '<' + table + '>';
    }

    private static String inline(List<Entry> entries) {
        var shown =
                entries.stream()
                        .limit(SHOWN)
                        .map(entry -> '"' + entry.key() + '"')
                        .collect(Collectors.joining(", "));
        if (entries.size() == 1) {
            return shown;
        }
        return "{ " + shown + (entries.size() > SHOWN ? ", ... }" : " }");
    }

    /// An action by name, and how it delivers.
    String action(String name) {
        var action = config.action(name);
        return '"' + name + '"' + action.map(one -> " (" + method(one) + ')').orElse("");
    }

    private static String method(Action action) {
        return switch (action) {
            case org.postern.config.RelayAction _ -> "relay";
            case LocalAction local ->
                    switch (local.method()) {
                        case LocalAction.Method.Mbox() -> "mbox";
                        case LocalAction.Method.Maildir(var path, _) -> "maildir \"" + path + '"';
                        case LocalAction.Method.Lmtp(var to, _) -> "lmtp \"" + to + '"';
                        case LocalAction.Method.Mda(var command) -> "mda \"" + command + '"';
                        case LocalAction.Method.ForwardOnly() -> "forward-only";
                        case LocalAction.Method.ExpandOnly() -> "expand-only";
                    };
        };
    }
}
