package org.postern.front.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postern.front.server.Logins.Claimant;
import org.postern.front.server.Logins.Finding;
import org.postern.front.server.Reception.Trait;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Chunk;
import org.postern.mail.Origin;
import org.postern.smtp.Reply;

/// AUTH, RFC 4954: a client logs in, once in a session and not in a mail transaction. It belongs to
/// its session.
///
/// It is only offered where nobody can listen in: inside TLS, or to a client on this machine at a
/// listener that says so.
final class LoggingIn {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PASSWORD = 1024;

    /// The mechanisms by their names, in the order in which they are offered.
    private enum Mechanism {
        /// RFC 4616.
        PLAIN,
        /// Never standardised; what many clients speak.
        LOGIN;

        String word() {
            return name().replace('_', '-');
        }
    }

    /// What the client answered when it was asked.
    private sealed interface Response {
        record Given(Chunk bytes) implements Response {}

        /// Nothing that leads on: the exchange is over.
        record Ended(Reply reply) implements Response {}
    }

    private final Reception reception;
    private final Peer peer;
    private final Means means;
    private final Wire wire;
    private final SessionLog log;
    private final Progress progress;
    private final Screening screening;

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
        this.wire = wire;
        this.log = log;
        this.progress = progress;
        this.screening = screening;
    }

    /// What EHLO says of AUTH: nothing, or one line.
    List<String> offer() {
        if (book().isEmpty()) {
            return List.of();
        }
        var words = new ArrayList<String>(List.of("AUTH"));
        for (var mechanism : Mechanism.values()) {
            words.add(mechanism.word());
        }
        return List.of(String.join(" ", words));
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
        if (screening.judge(org.postern.front.filter.Phase.AUTH, words[0])
                instanceof Judgement.Refused(var reply)) {
            return reply;
        }
        return switch (mechanism(words[0])) {
            case null -> Replies.unknownMechanism(words[0]);
            case PLAIN -> plain(book.get(), initial);
            case LOGIN -> login(book.get(), initial);
        };
    }

    private static @org.jspecify.annotations.Nullable Mechanism mechanism(String word) {
        for (var mechanism : Mechanism.values()) {
            if (mechanism.word().equals(word.toUpperCase(Locale.ROOT))) {
                return mechanism;
            }
        }
        return null;
    }

    /// PLAIN, RFC 4616 section 2: who to act as, the login and the password, parted by NULs. Nobody
    /// acts as somebody else.
    private Reply plain(Admission.Open book, List<String> initial) throws IOException, Hangup {
        var response = initial.isEmpty() ? ask(Chunk.EMPTY) : initial(initial.getFirst());
        return switch (response) {
            case Response.Ended(var reply) -> reply;
            case Response.Given(var bytes) -> {
                var parts = bytes.text().split("\0", -1);
                if (parts.length != 3) {
                    yield Replies.MALFORMED_RESPONSE;
                }
                if (!parts[0].isEmpty() && !parts[0].equals(parts[1])) {
                    yield denied(parts[1]);
                }
                yield judge(book, parts[1], parts[2]);
            }
        };
    }

    /// LOGIN: the login, then the password, each asked for in words that clients know.
    private Reply login(Admission.Open book, List<String> initial) throws IOException, Hangup {
        var first = initial.isEmpty() ? ask(Chunk.of("Username:")) : initial(initial.getFirst());
        if (first instanceof Response.Ended(var reply)) {
            return reply;
        }
        return switch (ask(Chunk.of("Password:"))) {
            case Response.Ended(var reply) -> reply;
            case Response.Given(var password) when first instanceof Response.Given(var user) ->
                    judge(book, user.text(), password.text());
            case Response.Given _ -> throw new IllegalStateException("a login that is neither");
        };
    }

    private Reply judge(Admission.Open book, String user, String password) {
        if (!isName(user) || !isPassword(password)) {
            return Replies.MALFORMED_RESPONSE;
        }
        var claimant = new Claimant(book.book(), peer.address(), user);
        return switch (means.logins().check(claimant, Chunk.of(password))) {
            case Finding.Right() -> admitted(user);
            case Finding.Wrong() -> denied(user);
            case Finding.Unknown(var why) -> unknown(user, why);
        };
    }

    private static boolean isName(String user) {
        return !user.isEmpty() && user.length() <= LONGEST_NAME && AddressSyntax.isLine(user);
    }

    private static boolean isPassword(String password) {
        return !password.isEmpty()
                && password.length() <= LONGEST_PASSWORD
                && password.chars().noneMatch(c -> c == 0 || c == '\r' || c == '\n');
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

    /// What came with the command itself; `=` stands for an empty response.
    private static Response initial(String text) {
        return text.equals("=") ? new Response.Given(Chunk.EMPTY) : decoded(text);
    }

    /// Asks `question`, and gives what the client answers; `*` ends the exchange.
    private Response ask(Chunk question) throws IOException, Hangup {
        var encoded = Base64.getEncoder().encodeToString(question.toArray());
        var challenge = Reply.of(334, encoded);
        wire.say(challenge.wire());
        screening.said(challenge);
        var line = wire.response(means.limits().idle());
        screening.hears("********");
        return line.equals("*") ? new Response.Ended(Replies.LOGIN_CANCELLED) : decoded(line);
    }

    /// Base64 as it has to be written (RFC 4648 section 3.5), and nothing else.
    private static Response decoded(String text) {
        try {
            var bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return new Response.Given(Chunk.handOver(bytes));
            }
        } catch (IllegalArgumentException _) {
            // It is none at all.
        }
        return new Response.Ended(Replies.MALFORMED_RESPONSE);
    }
}
