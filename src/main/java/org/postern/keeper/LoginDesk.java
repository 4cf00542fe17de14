package org.postern.keeper;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.postern.ipc.Authentication;
import org.postern.ipc.Authentication.Answer;
import org.postern.ipc.Authentication.Book;
import org.postern.ipc.Authentication.Claimant;
import org.postern.ipc.Conversation;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Frames;
import org.postern.ipc.Hearing;
import org.postern.keeper.Guesses.End;
import org.postern.keeper.Guesses.Try;
import org.postern.log.Log;
import org.postern.mail.AddressSyntax;
import org.postern.mail.Chunk;
import org.postern.os.Crypt;
import org.postern.smtp.ScramKeys;

/// Judges those who log in ([Authentication]). May be asked from any thread.
///
/// A name that nobody has costs what one costs that somebody has: the password is then compared
/// with one of the same kind, and what comes of that is not looked at.
final class LoginDesk implements Hearing.Hearer {
    private static final int PATIENCE_SECONDS = 10;
    private static final int LONGEST_NAME = 255;

    /// Nobody's: what a proof is compared with where there is nothing else.
    private static final ScramKeys NOBODYS =
            new ScramKeys(
                    ScramKeys.LEAST_ITERATIONS,
                    Chunk.of("nobody's"),
                    Chunk.handOver(new byte[ScramKeys.LENGTH]),
                    Chunk.handOver(new byte[ScramKeys.LENGTH]));

    private final Guesses guesses;
    private final Log log;
    private final Deadlines deadlines;
    private final Frames<Authentication> questions = Authentication.frames();
    private final Frames<Answer> answers = Authentication.answers();
    private final Optional<Crypt> crypt;

    /// Half of the processors hash passwords at most: the others sign.
    private final Semaphore hands =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    /// What passwords of unknown names are compared with: what was last seen in the book.
    private final Map<Book, StoredPassword> decoys = new ConcurrentHashMap<>();

    /// What the salts of unknown names are made from.
    private final Chunk secret;

    private final AtomicLong asked = new AtomicLong();
    private volatile Books books;

    /// A desk for these books.
    ///
    /// @param secret known to nobody else, and best the same after a restart: what the salts of
    ///   unknown names are made from
    LoginDesk(Books books, Guesses guesses, Chunk secret, Log log, Deadlines deadlines) {
        this.books = books;
        this.secret = secret;
        this.guesses = guesses;
        this.log = log;
        this.deadlines = deadlines;
        this.crypt = crypt(log);
    }

    private static Optional<Crypt> crypt(Log log) {
        try {
            return Optional.of(Crypt.open());
        } catch (IOException e) {
            log.debug("keeper: " + e.getMessage());
            return Optional.empty();
        }
    }

    /// The books of now.
    Books books() {
        return books;
    }

    /// Judges by these books from now on.
    void adopt(Books fresh) {
        books = fresh;
    }

    /// How many questions have come.
    long questions() {
        return asked.get();
    }

    @Override
    public void hear(SocketChannel channel, UserPrincipal peer) throws IOException {
        try (var conversation = new Conversation<>(channel, answers, questions, deadlines)) {
            while (true) {
                conversation.say(answer(conversation.hearWhenever()));
            }
        }
    }

    /// The answer to one question.
    Answer answer(Authentication question) {
        asked.incrementAndGet();
        return switch (question) {
            case Authentication.Check(var claimant, var password) ->
                    judged(claimant, () -> check(claimant, password));
            case Authentication.Prove(var claimant, var said, var proof) ->
                    judged(claimant, () -> prove(claimant, said, proof));
            case Authentication.Ways(var book) ->
                    books.has(book)
                            ? new Answer.Offered(books.ways(book, Instant.now()))
                            : noBook();
            case Authentication.Bear(var claimant, var token) ->
                    judged(claimant, () -> bear(claimant, token));
            case Authentication.Salt(var claimant) ->
                    books.has(claimant.book()) ? salt(claimant) : noBook();
        };
    }

    private static Answer noBook() {
        return new Answer.Unavailable("no listener has its passwords there");
    }

    /// Makes who guesses wait, and counts what comes of the question.
    private Answer judged(Claimant claimant, Supplier<Answer> question) {
        if (!books.has(claimant.book())) {
            return noBook();
        }
        var made =
                new Try(
                        claimant.address(),
                        claimant.book() + " " + AddressSyntax.fold(claimant.user()));
        var wait = guesses.begin(made);
        if (wait.isPresent()) {
            return new Answer.Wait(wait.get());
        }
        var end = End.UNKNOWN;
        try {
            var answer = question.get();
            end =
                    switch (answer) {
                        case Answer.Right _, Answer.Proved _, Answer.Named _ -> End.RIGHT;
                        case Answer.Wrong _ -> End.WRONG;
                        case Answer.Wait _,
                                Answer.Unavailable _,
                                Answer.Offered _,
                                Answer.Salted _ ->
                                End.UNKNOWN;
                    };
            return answer;
        } finally {
            guesses.over(made, end);
        }
    }

    private Answer withHand(Supplier<Answer> question) {
        try {
            if (!hands.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return new Answer.Unavailable("too many log in at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Unavailable("interrupted");
        }
        try {
            return question.get();
        } finally {
            hands.release();
        }
    }

    private Answer check(Claimant claimant, Chunk password) {
        return switch (books.isJudgedElsewhere(claimant.book())) {
            case org.postern.table.Answer.Failed<Boolean>(var cause) ->
                    new Answer.Unavailable(cause);
            case org.postern.table.Answer.Found<Boolean>(var elsewhere) when elsewhere ->
                    switch (books.isLogin(claimant.book(), claimant.user(), password)) {
                        case org.postern.table.Answer.Failed<String>(var cause) ->
                                new Answer.Unavailable(cause);
                        case org.postern.table.Answer.Absent<String>() -> new Answer.Wrong();
                        case org.postern.table.Answer.Found<String> _ -> new Answer.Right();
                    };
            case org.postern.table.Answer.Found<Boolean> _,
                    org.postern.table.Answer.Absent<Boolean>() ->
                    compare(claimant, password);
        };
    }

    private Answer compare(Claimant claimant, Chunk password) {
        return switch (books.password(claimant.book(), claimant.user())) {
            case org.postern.table.Answer.Failed<StoredPassword>(var cause) ->
                    new Answer.Unavailable(cause);
            case org.postern.table.Answer.Absent<StoredPassword>() -> decoyed(claimant, password);
            case org.postern.table.Answer.Found<StoredPassword>(var stored) ->
                    check(claimant, stored, password);
        };
    }

    private Answer check(Claimant claimant, StoredPassword stored, Chunk password) {
        return switch (stored) {
            case StoredPassword.Hash _, StoredPassword.Scram _ -> {
                decoys.put(claimant.book(), stored);
                yield withHand(() -> compare(stored, password));
            }
            case StoredPassword.Locked() -> decoyed(claimant, password);
            case StoredPassword.Unusable() -> {
                log.warn(
                        "keeper: what is kept as the password of %s is no hash that counts"
                                .formatted(Log.visible(claimant.user())));
                yield decoyed(claimant, password);
            }
        };
    }

    private Answer decoyed(Claimant claimant, Chunk password) {
        var answer = withHand(() -> compare(decoy(claimant.book()), password));
        return answer instanceof Answer.Right ? new Answer.Wrong() : answer;
    }

    private StoredPassword decoy(Book book) {
        return decoys.computeIfAbsent(
                book,
                _ ->
                        books.any(book)
                                .orElseGet(
                                        () ->
                                                new StoredPassword.Hash(
                                                        crypt.flatMap(one -> one.setting("$y$"))
                                                                .orElse("$6$0123456789abcdef"))));
    }

    private Answer compare(StoredPassword stored, Chunk password) {
        return switch (stored) {
            case StoredPassword.Scram(var keys) ->
                    keys.isPassword(password) ? new Answer.Right() : new Answer.Wrong();
            case StoredPassword.Hash(var hash) -> compare(hash, password);
            case StoredPassword.Locked(), StoredPassword.Unusable() -> new Answer.Wrong();
        };
    }

    private Answer compare(String hash, Chunk password) {
        if (crypt.isEmpty()) {
            return new Answer.Unavailable("the library libcrypt.so.1 is missing");
        }
        if (password.length() > Crypt.LONGEST_PASSWORD) {
            return new Answer.Wrong();
        }
        try {
            var made = crypt.get().hash(password.toArray(), hash);
            if (made.isEmpty()) {
                return new Answer.Unavailable("libcrypt does not know this kind of hash");
            }
            return MessageDigest.isEqual(bytes(made.get()), bytes(hash))
                    ? new Answer.Right()
                    : new Answer.Wrong();
        } catch (IOException e) {
            return new Answer.Unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// A program knows whose the token is; that has to be who the client says it is.
    private Answer bear(Claimant claimant, Chunk token) {
        return switch (books.owner(claimant.book(), claimant.user(), token)) {
            case org.postern.table.Answer.Failed<String>(var cause) ->
                    new Answer.Unavailable(cause);
            case org.postern.table.Answer.Absent<String>() -> new Answer.Wrong();
            case org.postern.table.Answer.Found<String>(var owner) -> {
                var name = new String(bytes(owner), StandardCharsets.UTF_8);
                var said = claimant.user().isEmpty() ? name : claimant.user();
                if (!isName(name)) {
                    yield new Answer.Unavailable("its program names nobody who can be");
                }
                yield AddressSyntax.fold(said).equals(AddressSyntax.fold(name))
                        ? new Answer.Named(said)
                        : new Answer.Wrong();
            }
        };
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.length() <= LONGEST_NAME && AddressSyntax.isLine(name);
    }

    private Answer salt(Claimant claimant) {
        var madeUp = madeUp(claimant);
        return switch (books.password(claimant.book(), claimant.user())) {
            case org.postern.table.Answer.Failed<StoredPassword>(var cause) ->
                    new Answer.Unavailable(cause);
            case org.postern.table.Answer.Found<StoredPassword>(var stored)
                    when stored instanceof StoredPassword.Scram(var keys) ->
                    new Answer.Salted(keys.salt(), keys.iterations());
            case org.postern.table.Answer.Found<StoredPassword> _,
                    org.postern.table.Answer.Absent<StoredPassword>() ->
                    madeUp;
        };
    }

    /// The same for the same name, every time, and like those that most have.
    private Answer madeUp(Claimant claimant) {
        var shape = books.shape(claimant.book(), Instant.now());
        var name = claimant.book() + " " + AddressSyntax.fold(claimant.user());
        var salt = ScramKeys.keyed(secret, Chunk.of(name, StandardCharsets.UTF_8));
        return new Answer.Salted(
                salt.slice(0, Math.min(shape.saltLength(), salt.length())), shape.iterations());
    }

    private Answer prove(Claimant claimant, Chunk said, Chunk proof) {
        return switch (books.password(claimant.book(), claimant.user())) {
            case org.postern.table.Answer.Failed<StoredPassword>(var cause) ->
                    new Answer.Unavailable(cause);
            case org.postern.table.Answer.Found<StoredPassword>(var stored)
                    when stored instanceof StoredPassword.Scram(var keys) ->
                    keys.isProof(said, proof)
                            ? new Answer.Proved(keys.signature(said))
                            : new Answer.Wrong();
            case org.postern.table.Answer.Found<StoredPassword> _,
                    org.postern.table.Answer.Absent<StoredPassword>() -> {
                var _ = NOBODYS.isProof(said, proof);
                yield new Answer.Wrong();
            }
        };
    }
}
