package org.postern.front.server;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.front.login.LoginName;
import org.postern.front.login.PlainResponse;
import org.postern.front.server.Exchange.Response;
import org.postern.front.server.Logins.Claimant;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.Chunk;
import org.postern.mail.Origin;
import org.postern.smtp.Reply;

/// AUTH, RFC 4954: a client logs in, once in a session and not in a mail transaction. It belongs to
/// its session.
///
/// It is only offered where nobody can listen in: inside TLS, or to a client on this machine at a
/// listener that says so.
final class LoggingIn {
    private final Reception reception;
    private final Peer peer;
    private final Means means;
    private final Exchange exchange;
    private final SessionLog log;
    private final Progress progress;
    private final Screening screening;

    /// What the last EHLO was answered.
    private Set<Mechanism> offered = Set.of();

    LoggingIn(
            Reception reception,
            Peer peer,
            Means means,
            Wire wire,
            SessionLog log,
            Progress progress,
            Screening screening) {
        this.reception = reception;
        this.peer = peer;
        this.means = means;
        this.exchange = new Exchange(wire, screening, means.limits().idle());
        this.log = log;
        this.progress = progress;
        this.screening = screening;
    }

    /// What EHLO says of AUTH: nothing, or one line.
    List<String> offer() {
        var book = book();
        offered = book.isEmpty() ? Set.of() : possible(book.get());
        return offered.isEmpty()
                ? List.of()
                : List.of(
                        "AUTH "
                                + offered.stream()
                                        .sorted()
                                        .map(Mechanism::word)
                                        .collect(Collectors.joining(" ")));
    }

    private Set<Mechanism> possible(Admission.Open open) {
        return Mechanism.possible(means.logins().ways(open.book()), progress.bindings());
    }

    /// Where the passwords are kept, if AUTH may be used now.
    private Optional<Admission.Open> book() {
        boolean isPrivate =
                progress.isPrivate()
                        || (reception.has(Trait.AUTH_WITHOUT_TLS) && peer.isOnThisMachine());
        return isPrivate
                        && progress.login() instanceof Origin.Login.Anonymous
                        && reception.admission() instanceof Admission.Open open
                ? Optional.of(open)
                : Optional.empty();
    }

    /// Carries out AUTH with what follows the verb.
    Reply authenticate(String argument) throws IOException, Hangup {
        if (!(progress.phase() instanceof Phase.Identified)) {
            return Replies.NOT_NOW;
        }
        if (progress.login() instanceof Origin.Login.As) {
            return Replies.LOGGED_IN_ALREADY;
        }
        var book = book();
        if (book.isEmpty()) {
            return Replies.NOT_SUPPORTED;
        }
        if (argument.isEmpty()) {
            return Replies.NO_MECHANISM;
        }
        var words = argument.split("[ \t]+", 2);
        var initial = words.length < 2 ? List.<String>of() : List.of(words[1]);
        if (screening.judge(org.postern.front.filter.Point.AUTH, words[0])
                instanceof Judgement.Refused(var reply)) {
            return reply;
        }
        var mechanism = Mechanism.of(words[0]).filter(possible(book.get())::contains);
        return mechanism.isEmpty()
                ? Replies.unknownMechanism(words[0])
                : reply(run(mechanism.get(), book.get(), initial));
    }

    private Ending run(Mechanism mechanism, Admission.Open book, List<String> initial)
            throws IOException, Hangup {
        var logins = means.logins();
        return switch (mechanism) {
            case PLAIN -> plain(book, initial);
            case LOGIN -> login(book, initial);
            case SCRAM_SHA_256, SCRAM_SHA_256_PLUS ->
                    new ScramLogin(logins, exchange, progress.bindings(), offered)
                            .run(mechanism, initial, user -> claimant(book, user));
            case OAUTHBEARER, XOAUTH2 ->
                    new BearerLogin(logins, exchange)
                            .run(mechanism, initial, user -> claimant(book, user));
        };
    }

    private Claimant claimant(Admission.Open book, String user) {
        return new Claimant(book.book(), peer.address(), user);
    }

    /// PLAIN, RFC 4616 section 2. Nobody acts as somebody else.
    private Ending plain(Admission.Open book, List<String> initial) throws IOException, Hangup {
        return switch (exchange.first(initial, Chunk.EMPTY)) {
            case Response.Ended(var reply) -> new Ending.Broken(reply);
            case Response.Given(var bytes) -> {
                var said = PlainResponse.parse(bytes);
                if (said.isEmpty()) {
                    yield Ending.malformed();
                }
                yield said.get().isForItself()
                        ? judge(book, said.get().user(), said.get().password())
                        : new Ending.Denied(said.get().user());
            }
        };
    }

    /// LOGIN: the login, then the password, each asked for in words that clients know.
    private Ending login(Admission.Open book, List<String> initial) throws IOException, Hangup {
        var first = exchange.first(initial, Chunk.of("Username:"));
        if (first instanceof Response.Ended(var reply)) {
            return new Ending.Broken(reply);
        }
        return switch (exchange.ask(Chunk.of("Password:"))) {
            case Response.Ended(var reply) -> new Ending.Broken(reply);
            case Response.Given(var password) when first instanceof Response.Given(var bytes) -> {
                var user = LoginName.read(bytes);
                yield user.isPresent() && PlainResponse.isPassword(password)
                        ? judge(book, user.get(), password)
                        : Ending.malformed();
            }
            case Response.Given _ -> throw new IllegalStateException("a login that is neither");
        };
    }

    private Ending judge(Admission.Open book, String user, Chunk password) {
        return Ending.of(user, means.logins().check(claimant(book, user), password));
    }

    private Reply reply(Ending ending) {
        return switch (ending) {
            case Ending.Admitted(var user) -> admitted(user);
            case Ending.Denied(var user) -> denied(user);
            case Ending.Deceived(var user) -> {
                log.trouble(
                        "authentication: the client did not see SCRAM-SHA-256-PLUS, which it was"
                                + " offered: somebody may be in between");
                yield denied(user);
            }
            case Ending.Unknown(var user, var why) -> unknown(user, why);
            case Ending.Broken(var reply) -> reply;
        };
    }

    private Reply admitted(String user) {
        progress.logsIn(new Origin.Login.As(user));
        log.authentication(user, "ok");
        screening.authenticated("pass", user);
        return Replies.LOGGED_IN;
    }

    private Reply denied(String user) {
        log.authentication(user, "permfail");
        screening.authenticated("fail", user);
        return Replies.WRONG_PASSWORD;
    }

    private Reply unknown(String user, String why) {
        log.authentication(user, "tempfail");
        screening.authenticated("error", user);
        log.trouble("authentication: " + why);
        return Replies.LOGIN_LATER;
    }
}
