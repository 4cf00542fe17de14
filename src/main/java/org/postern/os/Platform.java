package org.postern.os;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One piece of work on a platform thread made for it, for calls that would hold the carrier of a
/// virtual thread.
///
/// The caller waits for the thread itself to end. That matters where the work changes the identity
/// of its thread: nothing on that thread wakes a virtual thread, and so the scheduler never makes a
/// carrier that inherits it.
final class Platform<T> {
    private final Callable<T> work;
    private final Thread thread;

    // Written by the thread, read once it has ended; one of the two is set then.
    private Optional<T> answer = Optional.empty();
    private @Nullable Throwable trouble;

    private Platform(String name, Callable<T> work) {
        this.work = work;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /// Does the work on a thread of its own and gives what it gave.
    ///
    /// @throws IOException what the work threw
    /// @throws InterruptedIOException when the deadline passed or the caller was interrupted; the
    ///   work is then interrupted, and goes on alone until it notices
    static <T> T call(String name, Duration patience, IOCallable<T> work) throws IOException {
        return new Platform<>(name, work::call).await(patience);
    }

    private void run() {
        try {
            answer = Optional.of(work.call());
        } catch (Throwable problem) {
            trouble = problem;
        }
    }

    private T await(Duration patience) throws IOException {
        thread.start();
        try {
            if (!thread.join(patience)) {
                thread.interrupt();
                throw new InterruptedIOException(thread.getName() + ": no answer in " + patience);
            }
        } catch (InterruptedException left) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            var leaving = new InterruptedIOException(thread.getName() + ": interrupted");
            leaving.initCause(left);
            throw leaving;
        }
        return outcome();
    }

    private T outcome() throws IOException {
        return switch (trouble) {
            case null -> {
                if (answer.isEmpty()) {
                    throw new IllegalStateException(thread.getName() + " ended without an answer");
                }
                yield answer.orElseThrow();
            }
            case IOException problem -> throw problem;
            case RuntimeException bug -> throw bug;
            case Error bug -> throw bug;
            default -> throw new IllegalStateException(thread.getName(), trouble);
        };
    }
}
