package org.postern.keeper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Listen;
import org.postern.config.Service;
import org.postern.config.TableRef;
import org.postern.ipc.Authentication.Book;
import org.postern.ipc.Authentication.Way;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.os.Account;
import org.postern.os.Accounts;
import org.postern.os.Lookup;
import org.postern.os.Shadow;
import org.postern.smtp.ScramKeys;
import org.postern.table.Answer;
import org.postern.table.Backend;
import org.postern.table.Login;
import org.postern.table.TableSet;

/// Where the passwords of a configuration's listeners are kept: only those books are opened, and
/// nobody is told of another. May be asked from any thread.
final class Books {
    /// For how long what a book can do is not looked at again.
    private static final Duration FRESH = Duration.ofSeconds(5);

    /// How long a program that has just been started is waited for.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TableSet tables;
    private final Supplier<Optional<Backend>> accountsProgram;
    private final Map<Book, TableRef> listed;
    private final boolean hasAccounts;

    /// What asks PAM for accounts, if anything does.
    private final Optional<Backend> pam;

    private final Accounts accounts = new Accounts();
    private final Map<Book, Seen> seen = new ConcurrentHashMap<>();

    private record Seen(Instant when, Set<Way> ways, Shape shape) {}

    /// How keys for SCRAM look from outside.
    record Shape(int iterations, int saltLength) {
        private static final Shape USUAL = new Shape(ScramKeys.LEAST_ITERATIONS, 16);
    }

    private Books(Config config, TableSet tables, Supplier<Optional<Backend>> accountsProgram) {
        this.tables = tables;
        this.accountsProgram = accountsProgram;
        var listed = new HashMap<Book, TableRef>();
        boolean hasAccounts = false;
        for (var listen : config.listeners()) {
            switch (listen.authentication()
                    .map(Listen.Option.Authenticating::logins)
                    .orElse(null)) {
                case null -> {}
                case Listen.Logins.Accounts() -> hasAccounts = true;
                case Listen.Logins.Listed(var table) ->
                        listed.put(new Book.Table(table.name()), table);
            }
        }
        this.listed = Map.copyOf(listed);
        this.hasAccounts = hasAccounts;
        this.pam = hasAccounts ? accountsProgram.get() : Optional.empty();
    }

    /// Opens the books of `config`.
    ///
    /// @param backends how programs are asked that answer for tables
    /// @param accountsProgram what asks PAM, the same each time; none where it is not configured
    /// @throws IOException if one of the tables cannot be used
    static Books open(
            Config config,
            Backend.Source backends,
            Supplier<Optional<Backend>> accountsProgram,
            Log log)
            throws IOException {
        try {
            return new Books(
                    config,
                    TableSet.openFor(
                            Set.of(Service.CREDENTIALS),
                            config,
                            complaint -> log.warn("table: " + complaint),
                            backends),
                    accountsProgram);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Opens the books of another configuration.
    ///
    /// @throws IOException if one of the tables cannot be used
    Books reopened(Config config) throws IOException {
        try {
            return new Books(config, tables.reopened(config), accountsProgram);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// The configuration that names them.
    Config config() {
        return tables.config();
    }

    /// Is this book one that a listener names?
    boolean has(Book book) {
        return switch (book) {
            case Book.Accounts() -> hasAccounts;
            case Book.Table _ -> listed.containsKey(book);
        };
    }

    /// The password of a login in a book that is there.
    Answer<StoredPassword> password(Book book, String user) {
        return switch (book) {
            case Book.Accounts() -> ofAccount(user);
            case Book.Table _ ->
                    tables.login(use(book), user)
                            .then(login -> new Answer.Found<>(password(login)));
        };
    }

    private static StoredPassword password(Login login) {
        return StoredPassword.parse(login.password());
    }

    private TableRef use(Book book) {
        return Optional.ofNullable(listed.get(book)).orElseThrow();
    }

    /// An account without a password does not log in, and neither does root: whoever could guess
    /// that password here would have the machine.
    private Answer<StoredPassword> ofAccount(String user) {
        return switch (accounts.byName(user)) {
            case Lookup.Absent<Account>() -> new Answer.Absent<>();
            case Lookup.Failed<Account>(var cause) -> new Answer.Failed<>(cause);
            case Lookup.Found<Account>(var account) ->
                    account.uid() == 0
                            ? new Answer.Found<>(new StoredPassword.Locked())
                            : ofShadow(account.name());
        };
    }

    private static Answer<StoredPassword> ofShadow(String name) {
        return switch (Shadow.byName(name)) {
            case Lookup.Absent<Shadow.Entry>() -> new Answer.Absent<>();
            case Lookup.Failed<Shadow.Entry>(var cause) -> new Answer.Failed<>(cause);
            case Lookup.Found<Shadow.Entry>(var entry) -> {
                long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
                boolean over = entry.expires().isPresent() && entry.expires().getAsLong() <= today;
                yield new Answer.Found<>(
                        over || entry.hash().isEmpty()
                                ? new StoredPassword.Locked()
                                : StoredPassword.parse(entry.hash()));
            }
        };
    }

    /// Some password of a book that is there, to see of what kind they are.
    Optional<StoredPassword> any(Book book) {
        if (book instanceof Book.Accounts) {
            return Optional.empty();
        }
        var found = new AtomicReference<Optional<StoredPassword>>(Optional.empty());
        var _ =
                tables.forEachLogin(
                        use(book),
                        login -> {
                            var password = password(login);
                            if (password instanceof StoredPassword.Hash
                                    || password instanceof StoredPassword.Scram) {
                                found.set(Optional.of(password));
                            }
                        });
        return found.get();
    }

    /// What the program can be asked for that answers for a book; nothing, where there is none.
    private Answer<Set<Service>> served(Book book, Duration patience) {
        return switch (book) {
            case Book.Accounts() -> new Answer.Found<>(Set.of());
            case Book.Table _ -> tables.services(use(book), patience);
        };
    }

    /// Does a program judge the passwords of a book?
    Answer<Boolean> isJudgedElsewhere(Book book) {
        if (book instanceof Book.Accounts) {
            return new Answer.Found<>(pam.isPresent());
        }
        return served(book, PATIENCE)
                .then(services -> new Answer.Found<>(services.contains(Service.AUTH)));
    }

    /// Whether a login and a password belong together, as a program says.
    Answer<String> isLogin(Book book, String user, Chunk password) {
        // It could not tell where the one ends and the other begins.
        if (user.contains(":")) {
            return new Answer.Absent<>();
        }
        return switch (book) {
            case Book.Accounts() -> isAccount(user, password);
            case Book.Table _ -> tables.isLogin(use(book), pair(user, password));
        };
    }

    /// Root is not asked about, whatever PAM would say.
    private Answer<String> isAccount(String user, Chunk password) {
        return switch (accounts.byName(user)) {
            case Lookup.Failed<Account>(var cause) -> new Answer.Failed<>(cause);
            case Lookup.Found<Account>(var account) when account.uid() == 0 ->
                    new Answer.Absent<>();
            case Lookup.Found<Account> _, Lookup.Absent<Account>() ->
                    pam.orElseThrow().contains(Service.AUTH, pair(user, password));
        };
    }

    /// Whose a token is, as a program says.
    Answer<String> owner(Book book, String user, Chunk token) {
        return served(book, PATIENCE)
                .then(
                        services ->
                                services.contains(Service.TOKEN) && !user.contains(":")
                                        ? tables.owner(use(book), pair(user, token))
                                        : new Answer.Absent<>());
    }

    private static String pair(String user, Chunk secret) {
        return Chunk.of(user, StandardCharsets.UTF_8).text() + ':' + secret.text();
    }

    /// What every login of a book that is there can do.
    Set<Way> ways(Book book, Instant now) {
        return switch (served(book, Duration.ZERO)) {
            case Answer.Found<Set<Service>>(var services) when !services.isEmpty() ->
                    ways(services);
            case Answer.Found<Set<Service>> _ -> seen(book, now).ways();
            // Its program has not started yet.
            case Answer.Failed<Set<Service>> _, Answer.Absent<Set<Service>>() ->
                    Set.of(Way.PASSWORD);
        };
    }

    private static Set<Way> ways(Set<Service> services) {
        var ways = EnumSet.noneOf(Way.class);
        if (services.contains(Service.AUTH) || services.contains(Service.CREDENTIALS)) {
            ways.add(Way.PASSWORD);
        }
        if (services.contains(Service.TOKEN)) {
            ways.add(Way.TOKEN);
        }
        return ways;
    }

    /// How the keys of most logins of a book look that is there.
    Shape shape(Book book, Instant now) {
        return seen(book, now).shape();
    }

    private Seen seen(Book book, Instant now) {
        if (book instanceof Book.Accounts) {
            return new Seen(now, Set.of(Way.PASSWORD), Shape.USUAL);
        }
        var last = seen.get(book);
        if (last != null && Duration.between(last.when(), now).compareTo(FRESH) < 0) {
            return last;
        }
        var fresh = look(use(book), now);
        seen.put(book, fresh);
        return fresh;
    }

    private Seen look(TableRef use, Instant now) {
        var shapes = new HashMap<Shape, Integer>();
        var others = new AtomicBoolean();
        var count =
                tables.forEachLogin(
                        use,
                        login -> {
                            if (password(login) instanceof StoredPassword.Scram(var keys)) {
                                var shape = new Shape(keys.iterations(), keys.salt().length());
                                shapes.merge(shape, 1, Integer::sum);
                            } else {
                                others.set(true);
                            }
                        });
        boolean all =
                count instanceof Answer.Found<Integer>(var logins) && logins > 0 && !others.get();
        var ways = EnumSet.of(Way.PASSWORD);
        if (all) {
            ways.add(Way.SCRAM);
        }
        return new Seen(now, Set.copyOf(ways), usual(shapes));
    }

    /// Of several that are as frequent, always the same one.
    private static Shape usual(Map<Shape, Integer> shapes) {
        return shapes.entrySet().stream()
                .max(
                        Map.Entry.<Shape, Integer>comparingByValue()
                                .thenComparingInt(one -> one.getKey().iterations())
                                .thenComparingInt(one -> one.getKey().saltLength()))
                .map(Map.Entry::getKey)
                .orElse(Shape.USUAL);
    }
}
