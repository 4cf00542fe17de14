package org.postern;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for what another thread or process does: never does a test assume that it has been done.
public final class Eventually {
    /// How long is waited at most; much longer than it ever takes on a machine that is not stuck.
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private Eventually() {}

    /// Waits until `condition` holds, and fails if it does not.
    public static void holds(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                fail("waited in vain for " + what);
            }
            Thread.sleep(PAUSE);
        }
    }
}
