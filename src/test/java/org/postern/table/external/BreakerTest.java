package org.postern.table.external;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When questions are kept away.
class BreakerTest {
    private static final long SECOND = 1_000_000_000;

    private long now = -5;
    private final List<String> said = new ArrayList<>();
    private final Breaker breaker =
            new Breaker(
                    () -> now,
                    new Breaker.Listener() {
                        @Override
                        public void opened(long seconds) {
                            said.add("opened for " + seconds);
                        }

                        @Override
                        public void closed() {
                            said.add("closed");
                        }
                    });

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed();
        }
    }

    @Test
    void fourFailuresAreLetPass() {
        fail(4);
        assertTrue(breaker.allows());
    }

    @Test
    void anAnswerInBetweenForgetsThem() {
        fail(4);
        breaker.succeeded();
        fail(4);
        assertTrue(breaker.allows());
        assertEquals(List.of(), said);
    }

    @Test
    void afterFiveNobodyAsksForASecondAndThenOne() {
        fail(5);
        assertFalse(breaker.allows());
        now += SECOND;
        assertTrue(breaker.allows());
        assertFalse(breaker.allows());
        assertEquals(List.of("opened for 1"), said);
    }

    @Test
    void failuresOfThoseWhoAskedBeforeDoNotLengthenThePause() {
        fail(500);
        now += SECOND;
        assertTrue(breaker.allows());
    }

    @Test
    void thePauseGrowsToAMinute() {
        fail(5);
        for (long pause = 1; pause <= 32; pause *= 2) {
            now += pause * SECOND;
            assertTrue(breaker.allows());
            breaker.failed();
        }
        for (int i = 0; i < 3; i++) {
            now += 60 * SECOND - 1;
            assertFalse(breaker.allows());
            now++;
            assertTrue(breaker.allows());
            breaker.failed();
        }
    }

    @Test
    void oneAnswerEndsThePause() {
        fail(5);
        now += SECOND;
        assertTrue(breaker.allows());
        breaker.succeeded();
        assertTrue(breaker.allows());
        assertEquals(List.of("opened for 1", "closed"), said);
    }
}
