package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Hears of threads that died, as the process of a room would, until it is closed.
public final class Deaths implements AutoCloseable {
    private final Thread.UncaughtExceptionHandler before =
            Thread.getDefaultUncaughtExceptionHandler();
    private final LinkedBlockingQueue<Throwable> heard = new LinkedBlockingQueue<>();

    /// Begins to hear.
    public Deaths() {
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> heard.add(e));
    }

    /// The next death, which ends a room, and what it was of.
    public Throwable next() throws InterruptedException {
        var death = heard.poll(60, TimeUnit.SECONDS);
        return assertInstanceOf(Vital.Death.class, death).getCause();
    }

    @Override
    public void close() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
