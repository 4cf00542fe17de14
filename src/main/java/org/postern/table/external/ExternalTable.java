package org.postern.table.external;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postern.config.Service;
import org.postern.table.Answer;
import org.postern.table.Backend;

/// A table that another program answers. Keeps a connection to it, and makes a new one when it
/// ends; meanwhile, and whenever the program does not do as it should, questions fail.
///
/// Many ask at the same time over the one connection. A thread of its own keeps it.
public final class ExternalTable implements Backend, Closeable {
    /// How long one question may take, from asking to the answer.
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration GREETING = Duration.ofSeconds(45);
    private static final Duration LAST_REPLIES = Duration.ofSeconds(2);
    private static final Duration LAST_SESSIONS = Duration.ofMinutes(1);
    private static final long FIRST_DELAY = 100;
    private static final long LONGEST_DELAY = 30_000;
    private static final long RECOVERED = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_AT_ONCE = 64;

    /// A program that could not be reached this often is not waited for.
    private static final int HOPELESS = 3;

    /// Makes a connection to the program; whoever hears it starts the program.
    @FunctionalInterface
    public interface Connector {
        /// A new connection.
        SocketChannel connect() throws IOException;
    }

    /// How the program comes to read again what it reads.
    public enum Renewal {
        /// It is told to.
        UPDATE,
        /// It is started anew.
        RESTART
    }

    private final String name;
    private final Connector connector;
    private final Renewal renewal;
    private final Duration patience;
    private final Complaints complaints;
    private final Breaker breaker;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock. Null between connections.
    private @Nullable Link link;

    // Guarded by lock. What the last program registered; empty before the first.
    private Set<Service> registered = Set.of();
    private String trouble = "it has not started yet";
    private int vain;
    private boolean closed;
    private final CountDownLatch leaving = new CountDownLatch(1);

    private ExternalTable(
            String name,
            Connector connector,
            Renewal renewal,
            Duration patience,
            Consumer<String> log) {
        this.name = name;
        this.connector = connector;
        this.renewal = renewal;
        this.patience = patience;
        this.complaints = new Complaints(name, log, System::nanoTime);
        this.breaker = new Breaker(System::nanoTime, new Told());
    }

    /// A table with this name; its program is connected to at once.
    ///
    /// @param log is told, one line each, what an administrator should look at; called on any
    ///   thread
    public static ExternalTable open(
            String name, Connector connector, Renewal renewal, Consumer<String> log) {
        return open(name, connector, renewal, PATIENCE, log);
    }

    static ExternalTable open(
            String name,
            Connector connector,
            Renewal renewal,
            Duration patience,
            Consumer<String> log) {
        var table = new ExternalTable(name, connector, renewal, patience, log);
        Thread.ofVirtual().name("table " + name).start(table::keepConnected);
        return table;
    }

    private final class Told implements Breaker.Listener {
        @Override
        public void opened(long seconds) {
            complaints.tell("not asked for a while, because its program does not answer");
        }

        @Override
        public void closed() {
            complaints.tell("its program answers again");
        }
    }

    @Override
    public Answer<String> contains(Service service, String key) {
        return ask(service, new Request.Check(service, key), key);
    }

    @Override
    public Answer<String> lookup(Service service, String key) {
        return ask(service, new Request.Lookup(service, key), key);
    }

    @Override
    public Answer<String> fetch(Service service) {
        return ask(service, new Request.Fetch(service), "");
    }

    @Override
    public Answer<Set<Service>> services(Duration atMost) {
        try {
            if (registered().isEmpty()) {
                var _ = connected(System.nanoTime() + atMost.toNanos());
            }
            var known = registered();
            return known.isEmpty() ? failed(trouble()) : new Answer.Found<>(known);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("interrupted");
        }
    }

    private Set<Service> registered() {
        lock.lock();
        try {
            return registered;
        } finally {
            lock.unlock();
        }
    }

    private Answer<String> ask(Service service, Request request, String key) {
        if (!request.isSpeakable()) {
            return failed("a key that cannot be asked for");
        }
        if (!breaker.allows()) {
            return failed("its program does not answer");
        }
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            if (!places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                breaker.failed();
                return failed("too many questions at once");
            }
            try {
                return ask(service, request, key, deadline);
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("interrupted");
        }
    }

    private Answer<String> ask(Service service, Request request, String key, long deadline)
            throws InterruptedException {
        var connected = connected(deadline);
        if (connected.isEmpty()) {
            breaker.failed();
            return failed(trouble());
        }
        if (!connected.get().serves(service)) {
            var what = "its program does not serve " + Services.word(service);
            complaints.complain(what);
            return failed(what);
        }
        return switch (connected.get().ask(request, deadline - System.nanoTime())) {
            case Link.Outcome.Answered(var result) -> {
                breaker.succeeded();
                yield answer(result, key);
            }
            case Link.Outcome.Unanswered(var why) -> {
                breaker.failed();
                complaints.complain("a lookup failed: " + why);
                yield failed(why);
            }
        };
    }

    private Answer<String> answer(Reply.Result result, String key) {
        return switch (result) {
            case Reply.Result.Present(), Reply.Result.Done() -> new Answer.Found<>(key);
            case Reply.Result.Value(var text) when text.isEmpty() -> {
                complaints.complain("its program gave an empty value");
                yield failed("an empty value");
            }
            case Reply.Result.Value(var text) -> new Answer.Found<>(text);
            case Reply.Result.Missing() -> new Answer.Absent<>();
            case Reply.Result.Failure(var text) -> {
                var what = text.isEmpty() ? "its program could not look" : text;
                complaints.complain("a lookup failed: " + Link.shown(what));
                yield failed(what);
            }
        };
    }

    private static <T> Answer<T> failed(String cause) {
        return new Answer.Failed<>(cause);
    }

    /// The connection as soon as there is one; empty when there is none in time, or none to be
    /// hoped for.
    private Optional<Link> connected(long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (link == null) {
                long left = deadline - System.nanoTime();
                if (closed || vain >= HOPELESS || left <= 0) {
                    return Optional.empty();
                }
                var _ = changed.awaitNanos(left);
            }
            return Optional.of(link);
        } finally {
            lock.unlock();
        }
    }

    private String trouble() {
        lock.lock();
        try {
            return trouble;
        } finally {
            lock.unlock();
        }
    }

    private void keepConnected() {
        long delay = FIRST_DELAY;
        try {
            while (!leaving.await(0, TimeUnit.MILLISECONDS)) {
                long start = System.nanoTime();
                boolean wanted = live();
                if (wanted || System.nanoTime() - start > RECOVERED) {
                    delay = FIRST_DELAY;
                }
                if (!wanted && leaving.await(delay, TimeUnit.MILLISECONDS)) {
                    return;
                }
                delay = wanted ? delay : Math.min(LONGEST_DELAY, 2 * delay);
            }
        } catch (InterruptedException e) {
            // Interrupted means leave.
        }
    }

    /// Holds one connection, to its end. Says whether that was wanted.
    private boolean live() throws InterruptedException {
        String why;
        boolean greeted = false;
        try (var channel = connector.connect()) {
            var fresh = new Link(name, channel);
            var greeting = Thread.ofVirtual().start(() -> limit(fresh));
            try {
                fresh.greet();
                greeted = true;
            } catch (ClosedChannelException e) {
                throw new IOException(fresh.end(), e);
            } finally {
                greeting.interrupt();
            }
            publish(fresh);
            why = fresh.live();
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        withdraw(why, greeted);
        if (why.equals(RENEWED)) {
            return true;
        }
        if (leaving.getCount() > 0) {
            complaints.complain("lost its program: " + why);
        }
        return false;
    }

    private static final String RENEWED = "it was started anew";

    private static void limit(Link fresh) {
        try {
            Thread.sleep(GREETING);
            fresh.close("it did not greet in " + GREETING.toSeconds() + " seconds");
        } catch (InterruptedException e) {
            // It did.
        }
    }

    private void publish(Link fresh) {
        lock.lock();
        try {
            if (closed) {
                fresh.close("closed");
                return;
            }
            link = fresh;
            registered = fresh.services();
            vain = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        breaker.succeeded();
    }

    private void withdraw(String why, boolean greeted) {
        lock.lock();
        try {
            link = null;
            trouble = "its program is away: " + why;
            vain = greeted ? 0 : vain + 1;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Makes the program read again what it reads.
    @Override
    public Answer<Integer> reload() {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            var now = connected(deadline);
            if (now.isEmpty()) {
                return failed(trouble());
            }
            return switch (renewal) {
                case UPDATE -> updated(now.get().ask(new Request.Update(), patience.toNanos()));
                case RESTART -> restarted(now.get(), deadline);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed("interrupted");
        }
    }

    private Answer<Integer> updated(Link.Outcome outcome) {
        return switch (outcome) {
            case Link.Outcome.Answered(var result) ->
                    result instanceof Reply.Result.Failure(var text)
                            ? failed("not updated: " + text)
                            : new Answer.Found<>(0);
            case Link.Outcome.Unanswered(var why) -> failed("not updated: " + why);
        };
    }

    /// New questions wait for the new program, while the old one answers those it was asked.
    private Answer<Integer> restarted(Link old, long deadline) throws InterruptedException {
        lock.lock();
        try {
            if (link == old) {
                link = null;
                trouble = "its program is being started anew";
            }
        } finally {
            lock.unlock();
        }
        old.finish(LAST_REPLIES.toNanos(), RENEWED);
        return connected(deadline).isPresent() ? new Answer.Found<>(0) : failed(trouble());
    }

    /// Ends the connection a minute from now: for a table that only sessions of an old
    /// configuration ask.
    public void retire() {
        Thread.ofVirtual().name("end of table " + name).start(this::linger);
    }

    private void linger() {
        try {
            var _ = leaving.await(LAST_SESSIONS.toSeconds(), TimeUnit.SECONDS);
            close();
        } catch (InterruptedException e) {
            close();
        }
    }

    /// Ends the connection, and with it the program.
    @Override
    public void close() {
        Link last;
        lock.lock();
        try {
            closed = true;
            last = link;
            trouble = "the table is closed";
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        leaving.countDown();
        if (last != null) {
            last.close("closed");
        }
    }
}
