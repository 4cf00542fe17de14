package org.postern.front;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;
import org.postern.config.Listen;
import org.postern.front.server.Logins;
import org.postern.ipc.Authentication;
import org.postern.ipc.Authentication.Answer;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;
import org.postern.mail.Chunk;

/// Has the room `keeper` judge those who log in. May be asked from any thread; one whom the keeper
/// makes wait is waited for here, by the thread of its session.
public final class KeeperLogins implements Logins, Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// How long a client is made to wait at most, in all.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final String STRANGE = "keeper answers what was not asked";
    private static final int NONCE_BYTES = 24;

    private final SecureRandom random = new SecureRandom();
    private final Inquiry<Authentication, Answer> inquiry;

    /// Judgements of the room that hears at `socket`, at most `conversations` at a time.
    public KeeperLogins(Path socket, Deadlines deadlines, int conversations) {
        this.inquiry =
                new Inquiry<>(
                        socket,
                        Authentication.frames(),
                        Authentication.answers(),
                        deadlines,
                        conversations);
    }

    /// There is another configuration: from now on whoever hears at the socket now judges.
    public void renew() {
        inquiry.renew();
    }

    @Override
    public Finding check(Claimant claimant, Chunk password) {
        return switch (ask(new Authentication.Check(spoken(claimant), password))) {
            case Answer.Right() -> new Finding.Right();
            case Answer.Wrong() -> new Finding.Wrong();
            case Answer.Unavailable(var why) -> new Finding.Unknown(why);
            case Answer.Wait _,
                    Answer.Offered _,
                    Answer.Salted _,
                    Answer.Proved _,
                    Answer.Named _ ->
                    new Finding.Unknown(STRANGE);
        };
    }

    @Override
    public Set<Way> ways(Listen.Logins book) {
        return ask(new Authentication.Ways(spoken(book))) instanceof Answer.Offered(var ways)
                ? ways.stream().map(KeeperLogins::way).collect(Collectors.toSet())
                : Set.of(Way.PASSWORD);
    }

    private static Way way(Authentication.Way way) {
        return switch (way) {
            case PASSWORD -> Way.PASSWORD;
            case SCRAM -> Way.SCRAM;
            case TOKEN -> Way.TOKEN;
        };
    }

    @Override
    public String nonce() {
        var bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public Salting salt(Claimant claimant) {
        return switch (ask(new Authentication.Salt(spoken(claimant)))) {
            case Answer.Salted(var salt, int iterations) -> new Salting.Salted(salt, iterations);
            case Answer.Unavailable(var why) -> new Salting.Unknown(why);
            case Answer.Wait _,
                    Answer.Right _,
                    Answer.Wrong _,
                    Answer.Offered _,
                    Answer.Proved _,
                    Answer.Named _ ->
                    new Salting.Unknown(STRANGE);
        };
    }

    @Override
    public Proving prove(Claimant claimant, Chunk said, Chunk proof) {
        return switch (ask(new Authentication.Prove(spoken(claimant), said, proof))) {
            case Answer.Proved(var signature) -> new Proving.Proved(signature);
            case Answer.Wrong() -> new Proving.Wrong();
            case Answer.Unavailable(var why) -> new Proving.Unknown(why);
            case Answer.Wait _, Answer.Right _, Answer.Offered _, Answer.Salted _, Answer.Named _ ->
                    new Proving.Unknown(STRANGE);
        };
    }

    @Override
    public Bearing bear(Claimant claimant, Chunk token) {
        return switch (ask(new Authentication.Bear(spoken(claimant), token))) {
            case Answer.Named(var user) -> new Bearing.Named(user);
            case Answer.Wrong() -> new Bearing.Wrong();
            case Answer.Unavailable(var why) -> new Bearing.Unknown(why);
            case Answer.Wait _,
                    Answer.Right _,
                    Answer.Offered _,
                    Answer.Salted _,
                    Answer.Proved _ ->
                    new Bearing.Unknown(STRANGE);
        };
    }

    private static Authentication.Claimant spoken(Claimant claimant) {
        return new Authentication.Claimant(
                spoken(claimant.book()), claimant.address(), claimant.user());
    }

    private static Authentication.Book spoken(Listen.Logins book) {
        return switch (book) {
            case Listen.Logins.Accounts() -> new Authentication.Book.Accounts();
            case Listen.Logins.Listed(var table) -> new Authentication.Book.Table(table.name());
        };
    }

    /// Asks, as often as the keeper wants it, and waits in between.
    private Answer ask(Authentication question) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        try {
            while (true) {
                var answer = inquiry.ask(question, PATIENCE);
                if (!(answer instanceof Answer.Wait(var howLong))) {
                    return answer;
                }
                if (System.nanoTime() + howLong.toNanos() - end > 0) {
                    return new Answer.Unavailable("too many wrong passwords");
                }
                Thread.sleep(howLong);
            }
        } catch (IOException e) {
            return new Answer.Unavailable("keeper away: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Unavailable("interrupted");
        }
    }

    /// Hangs up.
    @Override
    public void close() {
        inquiry.close();
    }
}
