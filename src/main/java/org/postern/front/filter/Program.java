package org.postern.front.filter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postern.config.FilterProcess.Side;
import org.postern.mail.SessionId;

/// A filter program. Keeps a connection to it, and makes a new one when it ends; a session has its
/// seat at the connection that there was when it began, for another does not know it.
///
/// A thread of its own keeps the connection; what is shared is guarded by the lock.
final class Program implements Closeable {
    private static final Duration GREETING = Duration.ofSeconds(45);

    /// How long the beginning of a session waits for a program that is starting.
    private static final Duration START = Duration.ofSeconds(10);

    private static final Duration LONGEST_SESSION = Duration.ofMinutes(30);
    private static final long FIRST_DELAY = 100;
    private static final long LONGEST_DELAY = 30_000;
    private static final long RECOVERED = TimeUnit.MINUTES.toNanos(1);

    /// A program that could not be reached this often is not waited for.
    private static final int HOPELESS = 2;

    /// Makes a connection to the program; whoever hears it starts the program.
    @FunctionalInterface
    interface Connector {
        SocketChannel connect() throws IOException;
    }

    /// What becomes of what the program would be asked while it is away.
    enum Absence {
        /// It is refused for now.
        REFUSE,
        /// It passes.
        PASS
    }

    private final String name;
    private final String greeting;
    private final Absence absence;
    private final Connector connector;
    private final Consumer<String> log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final CountDownLatch leaving = new CountDownLatch(1);

    // Guarded by lock. Null between connections.
    private @Nullable Link link;
    private int vain;

    Program(
            String name,
            String greeting,
            Absence absence,
            Connector connector,
            Consumer<String> log) {
        this.name = name;
        this.greeting = greeting;
        this.absence = absence;
        this.connector = connector;
        this.log = log;
    }

    /// Begins to connect.
    void start() {
        Thread.ofVirtual().name("filter " + name).start(this::keepConnected);
    }

    String name() {
        return name;
    }

    Absence absence() {
        return absence;
    }

    /// A seat for a session; empty while the program is away.
    Optional<Seat> enter(SessionId session, Side direction, Consumer<String> reports) {
        try {
            return connected()
                    .map(
                            now -> {
                                var seat = new Seat(now, session, direction, reports);
                                seat.take();
                                return seat;
                            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<Link> connected() throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        lock.lock();
        try {
            while (link == null) {
                long left = end - System.nanoTime();
                if (leaving.getCount() == 0 || vain >= HOPELESS || left <= 0) {
                    return Optional.empty();
                }
                var _ = changed.awaitNanos(left);
            }
            return Optional.of(link);
        } finally {
            lock.unlock();
        }
    }

    private void keepConnected() {
        long delay = FIRST_DELAY;
        try {
            while (leaving.getCount() > 0) {
                long start = System.nanoTime();
                live();
                if (System.nanoTime() - start > RECOVERED) {
                    delay = FIRST_DELAY;
                }
                if (leaving.await(delay, TimeUnit.MILLISECONDS)) {
                    return;
                }
                delay = Math.min(LONGEST_DELAY, 2 * delay);
            }
        } catch (InterruptedException e) {
            // Interrupted means leave.
        }
    }

    /// Holds one connection, to its end.
    private void live() throws InterruptedException {
        String why;
        boolean greeted = false;
        try (var channel = connector.connect()) {
            var fresh = new Link(channel, this::complain);
            var watch = Thread.ofVirtual().start(() -> limit(fresh));
            try {
                fresh.greet(greeting);
                greeted = true;
            } finally {
                watch.interrupt();
            }
            publish(fresh);
            why = fresh.live();
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        }
        withdraw(greeted);
        if (leaving.getCount() > 0) {
            complain("lost its program: " + why);
        }
    }

    private static void limit(Link fresh) {
        try {
            Thread.sleep(GREETING);
            fresh.close("it did not register in " + GREETING.toSeconds() + " seconds");
        } catch (InterruptedException e) {
            // It did.
        }
    }

    private void publish(Link fresh) {
        lock.lock();
        try {
            if (leaving.getCount() == 0) {
                fresh.close("closed");
                return;
            }
            link = fresh;
            vain = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void withdraw(boolean greeted) {
        lock.lock();
        try {
            link = null;
            vain = greeted ? 0 : vain + 1;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void complain(String what) {
        log.accept(name + ": " + what);
    }

    /// Ends the connection when the sessions are over that have a seat at it.
    void retire() {
        Thread.ofVirtual().name("end of filter " + name).start(this::linger);
    }

    private void linger() {
        long end = System.nanoTime() + LONGEST_SESSION.toNanos();
        try {
            // Sessions that have just begun by the old configuration may not be seated yet.
            do {
                if (leaving.await(1, TimeUnit.SECONDS)) {
                    return;
                }
            } while (isBusy() && System.nanoTime() - end < 0);
        } catch (InterruptedException e) {
            // Interrupted means leave.
        }
        close();
    }

    private boolean isBusy() {
        lock.lock();
        try {
            return link != null && link.sessions() > 0;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the connection, and with it the program.
    @Override
    public void close() {
        leaving.countDown();
        lock.lock();
        try {
            if (link != null) {
                link.close("closed");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
