package org.postern.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// How often a refusal is told.
class RefusalsTest {
    private long now = Long.MAX_VALUE - 5;
    private final Refusals refusals = new Refusals(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void theFirstIsTold() {
        assertEquals(OptionalLong.of(0), refusals.next());
    }

    @Test
    void withinASecondOfOneThatWasToldTheyAreOnlyCounted() {
        refusals.next();
        pass(Duration.ofMillis(999));
        assertEquals(OptionalLong.empty(), refusals.next());
    }

    @Test
    void theNextThatIsToldComesWithTheNumberOfTheOthers() {
        refusals.next();
        refusals.next();
        refusals.next();
        pass(Duration.ofSeconds(1));
        assertEquals(OptionalLong.of(2), refusals.next());
    }

    @Test
    void whatWasToldIsNotToldAgain() {
        refusals.next();
        refusals.next();
        pass(Duration.ofSeconds(1));
        refusals.next();
        pass(Duration.ofSeconds(1));
        assertEquals(OptionalLong.of(0), refusals.next());
    }
}
