package org.postern.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.postern.config.Names.Kind;
import org.postern.config.TableDefinition.Origin;
import org.postern.config.TableRef.Shape;
import org.postern.mail.AddressSyntax;

/// The second pass over the tree: what a single directive cannot know. Names exist before they are
/// used, and once; tables have the shape their use needs; options that need one another are there.
final class Check {
    private static final Set<String> LOOPBACK = Set.of("lo", "lo0", "localhost", "::1");

    private final Sources sources;
    private final Parser.Parsed parsed;
    private final List<Problem> problems;
    private final List<Problem> warnings = new ArrayList<>();
    private final List<TableRef> references = new ArrayList<>();
    private final Names names = new Names();
    private final Map<String, Pki> pki = new LinkedHashMap<>();
    private final Map<String, Authority> authorities = new LinkedHashMap<>();
    private final Set<String> usedActions = new HashSet<>();
    private Optional<Listen> socket = Optional.empty();
    private boolean keyed;

    private Check(Sources sources, Parser.Parsed parsed, Config.Scope scope) {
        this.sources = sources;
        this.parsed = parsed;
        this.problems = new ArrayList<>(parsed.problems());
        if (scope == Config.Scope.SUPPORTED) {
            problems.addAll(parsed.notYet());
        }
    }

    /// Checks what was parsed; the problems of the parser come with those of the check.
    static Check of(Sources sources, Parser.Parsed parsed, Config.Scope scope) {
        var check = new Check(sources, parsed, scope);
        check.run();
        return check;
    }

    /// What is wrong, in the order of the files.
    List<Problem> problems() {
        return inOrder(problems);
    }

    /// What is doubtful, in the order of the files.
    List<Problem> warnings() {
        return inOrder(warnings);
    }

    List<TableRef> references() {
        return references;
    }

    Map<String, Pki> pki() {
        return pki;
    }

    private List<Problem> inOrder(List<Problem> unordered) {
        var files = new HashMap<String, Integer>();
        for (SourceFile file : sources.files()) {
            files.putIfAbsent(file.name(), files.size());
        }
        return unordered.stream()
                .sorted(
                        Comparator.comparing(
                                        (Problem one) -> files.getOrDefault(one.at().file(), -1))
                                .thenComparingInt(one -> one.at().line())
                                .thenComparingInt(one -> one.at().column()))
                .toList();
    }

    private void run() {
        parsed.inPlace().forEach(table -> names.declare(Kind.TABLE, table.name(), table));
        parsed.chains().forEach(chain -> names.declare(Kind.FILTER, chain.name(), chain));
        Config.builtIn(sources.host())
                .forEach((name, table) -> names.declare(Kind.TABLE, name, table));
        parsed.directives().forEach(this::check);
        pki.values().forEach(this::checkPki);
        parsed.directives().forEach(this::checkLate);
        if (problems.isEmpty() && parsed.directives().stream().noneMatch(Match.class::isInstance)) {
            var at = new Position(sources.main(), 1, 1);
            problems.add(new Problem(at, "no match: there is nothing to do", "", 1, List.of()));
        }
        checkReach();
        names.all(Kind.ACTION)
                .forEach(
                        (name, action) -> {
                            if (!usedActions.contains(name)) {
                                warn(action.at(), "no match uses action \"" + name + "\"");
                            }
                        });
    }

    private void checkReach() {
        var reach =
                new Reach(
                        names.all(Kind.TABLE).values().stream()
                                .map(TableDefinition.class::cast)
                                .toList());
        for (Directive directive : parsed.directives()) {
            if (directive instanceof Match match) {
                reach.complaint(match).ifPresent(complaint -> warn(match.at(), complaint));
            }
        }
    }

    private void check(Directive directive) {
        switch (directive) {
            case LocalAction action -> {
                action.references().forEach(this::check);
                action.options().forEach(this::check);
            }
            case RelayAction action -> {
                action.references().forEach(this::check);
                action.options().forEach(this::check);
                checkLabels(action);
            }
            case Filter filter -> check(filter);
            case Listen listen -> check(listen);
            case Match match -> check(match);
            case Pki line -> pki.merge(line.name(), line, Pki::and);
            case Authority line -> authorities.put(line.name(), line);
            case Bounce(var at, var intervals) -> {
                if (intervals.size() > Bounce.MAX_WARNINGS) {
                    warn(at, "only the first " + Bounce.MAX_WARNINGS + " intervals count");
                }
            }
            case Srs(_, var option) -> keyed |= option instanceof Srs.Option.Key;
            case Administration _,
                    FilterProcess _,
                    Mda _,
                    Mta _,
                    Queue _,
                    Scheduler _,
                    Smtp _,
                    TableDefinition _,
                    Wrapper _ -> {}
        }
        Kind.of(directive).ifPresent(name -> declare(name.kind(), name.name(), directive));
    }

    private void check(LocalAction.Option option) {
        if (option instanceof LocalAction.Wrapped(var wrapper)) {
            require(Kind.WRAPPER, wrapper);
        }
    }

    private void check(RelayAction.Option option) {
        switch (option) {
            case RelayAction.Filtered(var filter) -> checkUse(filter);
            case RelayAction.RewriteSender(var at) -> {
                if (!keyed) {
                    problem(at, "srs needs a key: no \"srs key\" stands before this line");
                }
            }
            case RelayAction.Helo _,
                    RelayAction.HeloNames _,
                    RelayAction.Source _,
                    RelayAction.SmartHosts _,
                    RelayAction.DomainHosts _,
                    RelayAction.Backup _,
                    RelayAction.RequireTls _,
                    RelayAction.Credentials _,
                    RelayAction.Key _,
                    RelayAction.Trust _,
                    RelayAction.Encrypting _,
                    RelayAction.Speaking _,
                    RelayAction.MailFrom _,
                    Action.Ttl _ -> {}
        }
    }

    /// A label is looked up in the table of `auth`; without one, nothing is ever sent.
    private void checkLabels(RelayAction action) {
        if (action.credentials().isPresent()) {
            return;
        }
        Stream.of(action.smartHosts(), action.domainHosts())
                .flatMap(Optional::stream)
                .flatMap(use -> names.find(Kind.TABLE, use.name()).stream())
                .forEach(
                        table -> {
                            switch (((TableDefinition) table).origin()) {
                                case Origin.Inline(var entries) ->
                                        entries.forEach(e -> checkLabel(action, e.at(), e.key()));
                                case Origin.InlineMapping(var pairs) ->
                                        pairs.forEach(p -> checkLabel(action, p.at(), p.value()));
                                case Origin.File _,
                                        Origin.Database _,
                                        Origin.External _,
                                        Origin.Accounts _ -> {}
                            }
                        });
    }

    private void checkLabel(RelayAction action, Position at, String url) {
        int label = url.indexOf("://") + "://".length();
        int end = url.indexOf('@', label);
        if (label >= "://".length() && end > label) {
            warn(
                    at,
                    "action \"%s\" has no auth, so the label \"%s\" finds no login: mail waits"
                            .formatted(action.name(), url.substring(label, end)));
        }
    }

    /// What an action may name before it is declared.
    private void checkLate(Directive directive) {
        if (directive instanceof RelayAction action) {
            for (var option : action.options()) {
                if (option instanceof RelayAction.Key(var name)) {
                    require(Kind.PKI, name);
                } else if (option instanceof RelayAction.Trust(var name)) {
                    require(Kind.AUTHORITY, name);
                }
            }
        }
    }

    private void check(Filter filter) {
        switch (filter.kind()) {
            case Filter.Kind.Asks(var process) -> require(Kind.PROCESS, process);
            case Filter.Kind.Program(var process) -> declare(Kind.PROCESS, process.name(), process);
            case Filter.Kind.Rule(var rule) -> rule.table().ifPresent(this::check);
            case Filter.Kind.Chain _ -> checkMembers(filter);
        }
    }

    private void checkMembers(Directive filter) {
        if (filter instanceof Filter(_, _, Filter.Kind.Chain(var members))) {
            members.forEach(this::checkMember);
        }
    }

    private void checkMember(NameRef member) {
        require(Kind.FILTER, member);
        names.find(Kind.FILTER, member.name())
                .filter(filter -> ((Filter) filter).kind() instanceof Filter.Kind.Chain)
                .ifPresent(
                        chain ->
                                problem(
                                        member.at(),
                                        "a chain cannot be in another chain",
                                        declaredAt(Kind.FILTER, chain)));
    }

    /// A chain that is written where it is used is checked there; others are declared before.
    private void checkUse(NameRef filter) {
        require(Kind.FILTER, filter);
        if (filter.name().startsWith(Tokens.CHAIN_IN_PLACE)) {
            names.find(Kind.FILTER, filter.name()).ifPresent(this::checkMembers);
        }
    }

    private void check(Listen listen) {
        listen.references().forEach(this::check);
        for (var option : listen.options()) {
            switch (option) {
                case Listen.Option.Key(var name) -> {
                    require(Kind.PKI, name);
                    needsTls(listen, name.at(), "pki");
                }
                case Listen.Option.Trust(var name) -> {
                    require(Kind.AUTHORITY, name);
                    needsTls(listen, name.at(), "ca");
                }
                case Listen.Option.Secured(var at, _, var certificate) -> {
                    if (listen.keys().isEmpty()) {
                        problem(at, "TLS needs a certificate: this line has no pki");
                    }
                    if (certificate == Listen.ClientCertificate.REQUIRED
                            && listen.authority().isEmpty()) {
                        problem(at, "verify needs a ca, or anybody's certificate would do");
                    }
                }
                case Listen.Option.Encrypting(var at, _) -> needsTls(listen, at, "ciphers");
                case Listen.Option.Speaking(var at, _) -> needsTls(listen, at, "protocols");
                case Listen.Option.Authenticating(var at, _, _) -> {
                    if (!listen.authenticatesWithoutTls()) {
                        needsTls(listen, at, "auth");
                    }
                }
                case Listen.Option.AuthenticatingWithoutTls(var at) -> checkWithoutTls(listen, at);
                case Listen.Option.Filtered(var filter) -> checkUse(filter);
                case Listen.Option.Only _,
                        Listen.Option.Port _,
                        Listen.Option.Hostname _,
                        Listen.Option.Hostnames _,
                        Listen.Option.Senders _,
                        Listen.Option.ReceivedAuth _,
                        Listen.Option.ProxyProtocol _,
                        Listen.Option.Speakers _,
                        Listen.Option.Tag _,
                        Listen.Option.MaskSource _,
                        Listen.Option.NoDsn _ -> {}
            }
        }
        if (listen.keys().size() > Listen.MAX_KEYS) {
            problem(listen.at(), "a listener has at most " + Listen.MAX_KEYS + " pki");
        }
        if (listen.place() instanceof Listen.Place.Socket) {
            socket.ifPresent(
                    first ->
                            problem(
                                    listen.at(),
                                    "listen on socket is already specified",
                                    List.of("at " + first.at())));
            socket = socket.or(() -> Optional.of(listen));
        }
    }

    /// Nobody listens in on the loopback interface; everywhere else somebody may.
    private void checkWithoutTls(Listen listen, Position at) {
        if (listen.authentication().isEmpty()) {
            problem(at, "auth-without-tls needs auth or auth-optional on this line");
        }
        if (listen.place() instanceof Listen.Place.Network(var target)
                && !LOOPBACK.contains(target.toLowerCase(Locale.ROOT))
                && !(AddressSyntax.isInet4(target) && target.startsWith("127."))) {
            problem(
                    at,
                    "auth-without-tls is for the loopback interface: lo, lo0, localhost, 127.0.0.1"
                            + " or ::1");
        }
    }

    private void needsTls(Listen listen, Position at, String word) {
        if (listen.security().isEmpty()) {
            problem(at, word + " needs TLS: this line has none of tls, tls-require and smtps");
        }
    }

    private void check(Match match) {
        for (Condition condition : match.conditions()) {
            Criterion.table(condition.criterion()).ifPresent(this::check);
        }
        switch (match.outcome()) {
            case Match.Outcome.Act(var at, var name) -> {
                usedActions.add(name);
                require(Kind.ACTION, new NameRef(at, name));
            }
            case Match.Outcome.Reject() -> {}
        }
    }

    private void check(TableRef use) {
        var found = names.find(Kind.TABLE, use.name());
        if (found.isEmpty()) {
            require(Kind.TABLE, new NameRef(use.at(), use.name()));
            return;
        }
        var table = (TableDefinition) found.get();
        var actual =
                switch (table.origin()) {
                    case Origin.Inline _ -> Shape.LIST;
                    case Origin.InlineMapping _ -> Shape.MAPPING;
                    case Origin.File _, Origin.Database _, Origin.External _, Origin.Accounts _ ->
                            Shape.EITHER;
                };
        if (use.shape().allows(actual)) {
            references.add(use);
        } else {
            problem(use.at(), use.mismatch(actual), declaredAt(Kind.TABLE, table));
        }
        if (table.origin() instanceof Origin.Accounts && use.service() != Service.USERINFO) {
            problem(
                    use.at(),
                    "getpwnam knows accounts, and nothing else",
                    declaredAt(Kind.TABLE, table));
        }
    }

    private void checkPki(Pki entry) {
        if (entry.certificate().isEmpty()) {
            problem(entry.at(), "pki \"" + entry.name() + "\" has no cert");
        }
        if (entry.key().isEmpty()) {
            problem(entry.at(), "pki \"" + entry.name() + "\" has no key");
        }
        if (entry.dhe() == Pki.Dhe.LEGACY) {
            warn(entry.at(), "nobody makes keys of 1024 bits any more: dhe legacy is as auto");
        }
    }

    private void declare(Kind kind, String name, Directive directive) {
        var first = names.declare(kind, name, directive);
        if (first.isPresent() && kind != Kind.PKI && kind != Kind.AUTHORITY) {
            problem(
                    directive.at(),
                    kind.text() + " \"" + name + "\" is declared already",
                    declaredAt(kind, first.get()));
        }
    }

    private void require(Kind kind, NameRef use) {
        var name = use.name();
        if (names.find(kind, name).isPresent() || parsed.broken().contains(name)) {
            return; // What a failed directive would have declared is not missed a second time.
        }
        var later = Names.declaredAt(parsed.directives(), kind, name);
        var hint =
                later.isEmpty()
                        ? names.near(kind, name)
                                .map(near -> "; did you mean \"" + near + "\"?")
                                .orElse("")
                        : "";
        problem(
                use.at(),
                "no " + kind.text() + " \"" + name + "\" is declared before this line" + hint,
                later);
    }

    private static List<String> declaredAt(Kind kind, Directive directive) {
        return directive.at().equals(Position.BUILT_IN)
                ? List.of()
                : List.of("the " + kind.text() + " is declared at " + directive.at());
    }

    private void problem(Position at, String message) {
        problem(at, message, List.of());
    }

    private void problem(Position at, String message, List<String> notes) {
        problems.add(sources.problem(at, message, notes));
    }

    private void warn(Position at, String message) {
        warnings.add(sources.problem(at, "warning: " + message));
    }

    /// The authorities by name.
    Map<String, Authority> authorities() {
        return authorities;
    }
}
