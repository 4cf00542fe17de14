package org.postern.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postern.config.TableDefinition.Origin;

/// Writes a configuration as text that means the same: macros and includes are resolved, and what
/// the files leave out is there with its default.
final class Printer {

    /// Whether secrets are written.
    enum Secrets {
        /// As they are.
        CLEAR,
        /// As asterisks.
        MASKED
    }

    private final Config config;
    private final Secrets secrets;
    private final StringBuilder out = new StringBuilder();

    private Printer(Config config, Secrets secrets) {
        this.config = config;
        this.secrets = secrets;
    }

    /// The text of `config`, one character for a byte.
    static String text(Config config, Secrets secrets) {
        var printer = new Printer(config, secrets);
        printer.print();
        return printer.out.toString();
    }

    private void print() {
        var settings = config.settings();
        printServer(settings);
        printSending(settings);
        config.pki().values().forEach(this::print);
        config.authorities()
                .forEach((name, one) -> line("ca", quoted(name), "cert", quoted(one.path())));
        config.tables().values().stream()
                .filter(table -> !isReserved(table.name()))
                .forEach(this::print);
        printFilters();
        config.wrappers()
                .forEach((name, one) -> line("mda wrapper", quoted(name), quoted(one.command())));
        config.actions().values().forEach(this::print);
        config.listeners().forEach(this::print);
        if (config.listeners().stream()
                .noneMatch(listen -> listen.place() instanceof Listen.Place.Socket)) {
            line("listen on socket");
        }
        config.matches().forEach(this::print);
    }

    private void printServer(Settings settings) {
        if (!settings.administration().isEmpty()) {
            line("admd", quoted(settings.administration()));
        }
        line("smtp max-message-size", "" + settings.maxMessageSize());
        line(
                "smtp limit",
                "max-mails " + settings.maxMails(),
                "max-rcpt " + settings.maxRecipients(),
                "max-session-per-address " + settings.crowding().ofAddress(),
                "max-session-per-network " + settings.crowding().ofNetwork(),
                "max-rate-per-address " + settings.crowding().rateOfAddress(),
                "max-rate-per-network " + settings.crowding().rateOfNetwork());
        line("smtp sub-addr-delim", quoted("" + settings.subAddressDelimiter()));
        if (isNamed(Smtp.Word.CIPHERS, settings.ciphers(), Settings.DEFAULTS.ciphers())) {
            line("smtp ciphers", quoted(settings.ciphers().text()));
        }
        line("queue ttl", time(settings.queueTtl()));
        if (settings.compression() == Queue.Compression.GZIP) {
            line("queue compression");
        }
        switch (settings.encryption()) {
            case Queue.Encryption.None() -> {}
            case Queue.Encryption.Prompt() -> line("queue encryption");
            case Queue.Encryption.StandardInput() -> line("queue encryption stdin");
            case Queue.Encryption.Literal(var key) -> line("queue encryption", secret(key));
        }
        line(
                "bounce warn-interval",
                settings.warnIntervals().stream()
                        .map(Printer::time)
                        .collect(Collectors.joining(", ")));
    }

    private void printSending(Settings settings) {
        line(
                "scheduler limit",
                numbers(Scheduler.Name.values(), name -> settings.scheduler().of(name)));
        line("mda limit", numbers(Mda.Name.values(), name -> settings.mda().of(name)));
        line("mta max-deferred", "" + settings.maxDeferred());
        // A limit for one domain begins with what holds for all before its line, so it comes first.
        settings.mtaByDomain()
                .forEach(
                        (domain, limits) ->
                                line("mta limit for domain", quoted(domain), mta(limits)));
        if (isNamed(Mta.Word.LIMIT, settings.mta(), MtaLimits.STANDARD)) {
            line("mta limit", mta(settings.mta()));
        }
        var srs = settings.srs();
        if (!srs.key().isEmpty()) {
            line("srs key", secret(srs.key()));
        }
        if (!srs.backupKey().isEmpty()) {
            line("srs key backup", secret(srs.backupKey()));
        }
        if (isNamed(Directive.Word.SRS, srs.ttl(), SrsSettings.NONE.ttl())) {
            line("srs ttl", time(srs.ttl()));
        }
    }

    /// Whether a setting is written: a default is left out where the word for it is refused.
    private static boolean isNamed(Enum<?> word, Object value, Object standard) {
        return NotYet.named(word).isEmpty() || !Objects.equals(value, standard);
    }

    private static String mta(MtaLimits limits) {
        var family =
                switch (limits.family()) {
                    case ANY -> "";
                    case INET4 -> "inet4 ";
                    case INET6 -> "inet6 ";
                };
        return family + numbers(Mta.Name.values(), limits::of);
    }

    private static <N extends Enum<N> & Limits.Name> String numbers(
            N[] names, java.util.function.ToIntFunction<N> number) {
        return Stream.of(names)
                .filter(name -> isNamed(name, number.applyAsInt(name), name.standard()))
                .map(name -> Tokens.text(name) + " " + number.applyAsInt(name))
                .collect(Collectors.joining(" "));
    }

    private void print(Pki pki) {
        var words = new ArrayList<String>(List.of("pki", quoted(pki.name())));
        pki.certificate().ifPresent(path -> words.add("cert " + quoted(path)));
        pki.key().ifPresent(path -> words.add("key " + quoted(path)));
        if (isNamed(Pki.Word.DHE, pki.dhe(), Pki.Dhe.NONE)) {
            words.add("dhe " + pki.dhe().name().toLowerCase(Locale.ROOT));
        }
        line(words);
    }

    private void print(TableDefinition table) {
        line(
                "table",
                quoted(table.name()),
                switch (table.origin()) {
                    case Origin.Inline _, Origin.InlineMapping _ -> elements(table.origin());
                    case Origin.File(var path) -> quoted("file:" + path);
                    case Origin.Database(var path) -> quoted("db:" + path);
                    case Origin.External(var type, var path) ->
                            quoted(path.isEmpty() ? type : type + ":" + path);
                    case Origin.Accounts() -> "getpwnam";
                });
    }

    private static String elements(Origin origin) {
        var elements =
                switch (origin) {
                    case Origin.Inline(var entries) ->
                            entries.stream().map(entry -> quoted(entry.key()));
                    case Origin.InlineMapping(var pairs) ->
                            pairs.stream()
                                    .map(pair -> quoted(pair.key()) + " = " + quoted(pair.value()));
                    case Origin.File _, Origin.Database _, Origin.External _, Origin.Accounts _ ->
                            throw new IllegalStateException("not in place: " + origin);
                };
        return elements.collect(Collectors.joining(", ", "{ ", " }"));
    }

    private void printFilters() {
        config.processes().values().stream()
                .filter(process -> !isOfFilter(process))
                .forEach(process -> line("proc", quoted(process.name()), program(process)));
        config.filters().values().stream()
                .filter(filter -> !isReserved(filter.name()))
                .forEach(
                        filter ->
                                line(
                                        "filter",
                                        quoted(filter.name()),
                                        switch (filter.kind()) {
                                            case Filter.Kind.Asks(var process) ->
                                                    "proc " + quoted(process.name());
                                            case Filter.Kind.Program(var process) ->
                                                    "proc-exec " + program(process);
                                            case Filter.Kind.Rule(var rule) -> rule(rule);
                                            case Filter.Kind.Chain(var members) ->
                                                    "chain " + chain(members);
                                        }));
    }

    private boolean isOfFilter(FilterProcess process) {
        var filter = config.filters().get(process.name());
        return filter != null
                && filter.kind() instanceof Filter.Kind.Program(var own)
                && own.equals(process);
    }

    private static String program(FilterProcess process) {
        var words = new ArrayList<String>(List.of(quoted(process.command())));
        process.user().ifPresent(name -> words.add("user " + quoted(name)));
        process.group().ifPresent(name -> words.add("group " + quoted(name)));
        process.chroot().ifPresent(path -> words.add("chroot " + quoted(path)));
        if (process.isBypassed()) {
            words.add("bypass");
        }
        return String.join(" ", words);
    }

    private static String chain(List<NameRef> members) {
        return members.stream()
                .map(member -> quoted(member.name()))
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    private String rule(FilterRule rule) {
        var test =
                switch (rule.test()) {
                    case FilterRule.Test.ConfirmedName() -> "fcrdns";
                    case FilterRule.Test.Named() -> "rdns";
                    case FilterRule.Test.Name(var table) -> "rdns " + use(table);
                    case FilterRule.Test.Source(var table) -> "src " + use(table);
                    case FilterRule.Test.Helo(var table) -> "helo " + use(table);
                    case FilterRule.Test.Authenticated() -> "auth";
                    case FilterRule.Test.AuthenticatedAs(var table) -> "auth " + use(table);
                    case FilterRule.Test.MailFrom(var table) -> "mail-from " + use(table);
                    case FilterRule.Test.RcptTo(var table) -> "rcpt-to " + use(table);
                };
        var decision =
                switch (rule.decision()) {
                    case FilterRule.Decision.Reject(var reply) -> "reject " + quoted(reply);
                    case FilterRule.Decision.Disconnect(var reply) -> "disconnect " + quoted(reply);
                    case FilterRule.Decision.Rewrite(var text) -> "rewrite " + quoted(text);
                    case FilterRule.Decision.Report(var text) -> "report " + quoted(text);
                    case FilterRule.Decision.Junk() -> "junk";
                    case FilterRule.Decision.Bypass() -> "bypass";
                };
        return "phase "
                + Tokens.text(rule.phase())
                + " match "
                + sense(rule.sense())
                + test
                + " "
                + decision;
    }

    private void print(Action action) {
        var words = new ArrayList<String>(List.of("action", quoted(action.name())));
        switch (action) {
            case LocalAction local -> {
                words.add(method(local.method()));
                local.options().forEach(option -> words.add(option(option)));
            }
            case RelayAction relay -> {
                words.add("relay");
                relay.options().forEach(option -> words.add(option(option)));
            }
        }
        line(words);
    }

    private static String method(LocalAction.Method method) {
        return switch (method) {
            case LocalAction.Method.Mbox() -> "mbox";
            case LocalAction.Method.Maildir(var path, var junk) ->
                    "maildir " + quoted(path) + (junk == LocalAction.Junk.FOLDER ? " junk" : "");
            case LocalAction.Method.Lmtp(var destination, var recipient) ->
                    "lmtp "
                            + quoted(destination)
                            + (recipient == LocalAction.LmtpRecipient.MAILBOX ? " rcpt-to" : "");
            case LocalAction.Method.Mda(var command) -> "mda " + quoted(command);
            case LocalAction.Method.ForwardOnly() -> "forward-only";
            case LocalAction.Method.ExpandOnly() -> "expand-only";
        };
    }

    private String option(LocalAction.Option option) {
        return switch (option) {
            case LocalAction.Alias(var table) -> "alias " + use(table);
            case LocalAction.Virtual(var table) -> "virtual " + use(table);
            case LocalAction.Userbase(var table) -> "userbase " + use(table);
            case LocalAction.User(var name) -> "user " + quoted(name);
            case LocalAction.Wrapped(var wrapper) -> "wrapper " + quoted(wrapper.name());
            case Action.Ttl(var time) -> "ttl " + time(time);
        };
    }

    private String option(RelayAction.Option option) {
        return switch (option) {
            case RelayAction.Helo(var name) -> "helo " + quoted(name);
            case RelayAction.HeloNames(var table) -> "helo-src " + use(table);
            case RelayAction.Source(var table) -> "src " + use(table);
            case RelayAction.SmartHosts(var table) -> "host " + use(table);
            case RelayAction.DomainHosts(var table) -> "domain " + use(table);
            case RelayAction.Backup(var mx) -> mx.isEmpty() ? "backup" : "backup mx " + quoted(mx);
            case RelayAction.RequireTls(var verification) ->
                    verification == RelayAction.Verification.NONE ? "tls no-verify" : "tls";
            case RelayAction.Credentials(var table) -> "auth " + use(table);
            case RelayAction.Key(var pki) -> "pki " + quoted(pki.name());
            case RelayAction.Trust(var authority) -> "ca " + quoted(authority.name());
            case RelayAction.Encrypting(var ciphers) -> "ciphers " + quoted(ciphers.text());
            case RelayAction.Speaking(var protocols) -> "protocols " + quoted(protocols.text());
            case RelayAction.MailFrom(var mailbox) -> "mail-from " + quoted(mailbox);
            case RelayAction.Filtered(var filter) -> "filter " + filters(filter);
            case RelayAction.RewriteSender _ -> "srs";
            case Action.Ttl(var time) -> "ttl " + time(time);
        };
    }

    private void print(Listen listen) {
        var words = new ArrayList<String>(List.of("listen on"));
        switch (listen.place()) {
            case Listen.Place.Socket() -> words.add("socket");
            case Listen.Place.Network(var target) -> {
                words.add(quoted(target));
                words.add("port " + listen.port());
            }
        }
        listen.options().stream()
                .filter(option -> !(option instanceof Listen.Option.Port))
                .forEach(option -> words.add(option(option)));
        line(words);
    }

    private String option(Listen.Option option) {
        return switch (option) {
            case Listen.Option.Only(var family) ->
                    family == Listen.Family.INET4 ? "inet4" : "inet6";
            case Listen.Option.Port(int number) -> "port " + number;
            case Listen.Option.Hostname(var name) -> "hostname " + quoted(name);
            case Listen.Option.Hostnames(var table) -> "hostnames " + use(table);
            case Listen.Option.Secured(_, var security, var certificate) ->
                    security.name().toLowerCase(Locale.ROOT).replace('_', '-')
                            + (certificate == Listen.ClientCertificate.REQUIRED ? " verify" : "");
            case Listen.Option.Key(var pki) -> "pki " + quoted(pki.name());
            case Listen.Option.Trust(var authority) -> "ca " + quoted(authority.name());
            case Listen.Option.Encrypting(_, var ciphers) -> "ciphers " + quoted(ciphers.text());
            case Listen.Option.Speaking(_, var protocols) ->
                    "protocols " + quoted(protocols.text());
            case Listen.Option.Authenticating(_, var demand, var logins) ->
                    (demand == Listen.Demand.REQUIRED ? "auth" : "auth-optional")
                            + switch (logins) {
                                case Listen.Logins.Accounts() -> "";
                                case Listen.Logins.Listed(var table) -> " " + use(table);
                            };
            case Listen.Option.AuthenticatingWithoutTls _ -> "auth-without-tls";
            case Listen.Option.Senders(var table, var masquerade) ->
                    "senders "
                            + use(table)
                            + (masquerade == Listen.Masquerade.FROM_FIELD ? " masquerade" : "");
            case Listen.Option.ReceivedAuth() -> "received-auth";
            case Listen.Option.ProxyProtocol(var proxies) ->
                    "proxy-v2"
                            + switch (proxies) {
                                case Listen.Proxies.OfThisMachine() -> "";
                                case Listen.Proxies.Listed(var table) -> " from " + use(table);
                            };
            case Listen.Option.Speakers(var table) -> "xclient " + use(table);
            case Listen.Option.Filtered(var filter) -> "filter " + filters(filter);
            case Listen.Option.Tag(var text) -> "tag " + quoted(text);
            case Listen.Option.MaskSource() -> "mask-src";
            case Listen.Option.NoDsn() -> "no-dsn";
        };
    }

    private void print(Match match) {
        var words = new ArrayList<String>(List.of("match"));
        for (Condition condition : match.conditions()) {
            words.add(sense(condition.sense()) + criterion(condition.criterion()));
        }
        words.add(
                switch (match.outcome()) {
                    case Match.Outcome.Act(_, var action) -> "action " + quoted(action);
                    case Match.Outcome.Reject() -> "reject";
                });
        line(words);
    }

    private String criterion(Criterion criterion) {
        return switch (criterion) {
            case Criterion.Tag(var table) -> "tag " + use(table);
            case Criterion.FromAny() -> "from any";
            case Criterion.FromLocal() -> "from local";
            case Criterion.FromSocket() -> "from socket";
            case Criterion.FromSource(var table) -> "from src " + use(table);
            case Criterion.FromNamed() -> "from rdns";
            case Criterion.FromName(var table) -> "from rdns " + use(table);
            case Criterion.ForAny() -> "for any";
            case Criterion.ForLocal() -> "for local";
            case Criterion.ForDomain(var table) -> "for domain " + use(table);
            case Criterion.Helo(var table) -> "helo " + use(table);
            case Criterion.Authenticated() -> "auth";
            case Criterion.AuthenticatedAs(var table) -> "auth " + use(table);
            case Criterion.Tls() -> "tls";
            case Criterion.MailFrom(var table) -> "mail-from " + use(table);
            case Criterion.RcptTo(var table) -> "rcpt-to " + use(table);
        };
    }

    private static String sense(Condition.Sense sense) {
        return sense == Condition.Sense.FAILS ? "!" : "";
    }

    private String use(TableRef table) {
        var regex = table.service() == Service.REGEX ? "regex " : "";
        var definition = config.tables().get(table.name());
        return definition != null && table.name().startsWith(Tokens.TABLE_IN_PLACE)
                ? regex + elements(definition.origin())
                : regex + "<" + quoted(table.name()) + ">";
    }

    private String filters(NameRef use) {
        var filter = config.filters().get(use.name());
        return use.name().startsWith(Tokens.CHAIN_IN_PLACE)
                        && filter != null
                        && filter.kind() instanceof Filter.Kind.Chain(var members)
                ? chain(members)
                : quoted(use.name());
    }

    /// Whether a name is one that no directive can declare.
    private static boolean isReserved(String name) {
        return name.startsWith("<");
    }

    private String secret(String text) {
        return quoted(secrets == Secrets.CLEAR ? text : "*".repeat(Queue.KEY_LENGTH));
    }

    private static String time(Duration time) {
        long seconds = time.toSeconds();
        var units = Map.of(86400, "d", 3600, "h", 60, "m");
        for (int length : List.of(86400, 3600, 60)) {
            if (seconds % length == 0) {
                return seconds / length + units.get(length);
            }
        }
        return seconds + "s";
    }

    /// The text as a string of the language. Only a quoted string may be anything, and only a word
    /// can end in a backslash; what ends so was a word, then.
    static String quoted(String text) {
        if (text.endsWith("\\")) {
            return text.replace("\\", "\\\\");
        }
        var quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean afterBackslash = i > 0 && text.charAt(i - 1) == '\\';
            if (c == '"' || (afterBackslash && (c == ' ' || c == '\t'))) {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    private void line(String... words) {
        line(List.of(words));
    }

    private void line(List<String> words) {
        if (words.size() == 2 && words.get(1).isEmpty()) {
            return; // A directive without anything to say.
        }
        out.append(String.join(" ", words)).append('\n');
    }
}
