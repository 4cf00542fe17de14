package org.postern.queue.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Runs something that holds its thread for long, such as a force of a large file, on a platform
/// thread of its own, so that the carriers of the virtual threads stay free.
final class Platform {
    /// Something that does I/O.
    interface Action {
        void run() throws IOException;
    }

    private Platform() {}

    /// Runs `action` and waits for its end.
    static void run(Action action) throws IOException {
        var run = new Run(action);
        var thread = Thread.ofPlatform().daemon().name("force").start(run);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the disk cannot be interrupted, and the answer is owed
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        run.result();
    }

    private static final class Run implements Runnable {
        private final Action action;

        // What went wrong; null if nothing did.
        private volatile @Nullable IOException failure = new IOException("it did not end well");

        Run(Action action) {
            this.action = action;
        }

        @Override
        public void run() {
            try {
                action.run();
                failure = null;
            } catch (IOException e) {
                failure = e;
            }
        }

        void result() throws IOException {
            var thrown = failure;
            if (thrown != null) {
                throw thrown;
            }
        }
    }
}
