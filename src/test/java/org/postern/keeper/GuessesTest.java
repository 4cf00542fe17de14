package org.postern.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postern.keeper.Guesses.End;
import org.postern.keeper.Guesses.Try;
import org.postern.mail.AddressText;

/// Who guesses passwords waits, and nobody else for long.
class GuessesTest {
    private Instant now = Instant.parse("2025-03-04T10:11:12Z");
    private final Guesses guesses = new Guesses(() -> now);

    private static Try made(String address, String login) {
        return new Try(address, login);
    }

    /// Tries until it need not wait; how long it waited.
    private Duration tries(Try made, End end) {
        var waited = Duration.ZERO;
        for (var wait = guesses.begin(made); wait.isPresent(); wait = guesses.begin(made)) {
            waited = waited.plus(wait.get());
            now = now.plus(wait.get());
        }
        guesses.over(made, end);
        return waited;
    }

    @Test
    void theFirstFourCostNothingAndThenEachCostsMore() {
        var waits = new java.util.ArrayList<Long>();
        for (int i = 0; i < 12; i++) {
            waits.add(tries(made("192.0.2.1", "alice"), End.WRONG).toMillis());
        }
        assertEquals(
                "[0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 15000, 15000]", waits.toString());
    }

    @Test
    void manyAddressesGuessOneLoginNoFaster() {
        for (int i = 0; i < 20; i++) {
            tries(made("10." + i + ".0.1", "alice"), End.WRONG);
        }
        assertEquals(Optional.of(Duration.ofSeconds(8)), guesses.begin(made("10.99.0.1", "alice")));
    }

    @Test
    void manyLoginsOfOneNetworkWait() {
        for (int i = 0; i < 40; i++) {
            tries(made("192.0.2." + i, "user" + i), End.WRONG);
        }
        assertTrue(guesses.begin(made("192.0.2.200", "other")).isPresent());
        assertTrue(guesses.begin(made("192.0.3.200", "other")).isEmpty());
    }

    @Test
    void aNetworkOfIpv6Has64Bits() {
        assertEquals(
                AddressText.network("[2001:db8:1:2::1]"),
                AddressText.network("[2001:db8:1:2:3:4:5:6]"));
        assertEquals("192.0.2", AddressText.network("192.0.2.1"));
        assertEquals("local", AddressText.network("local"));
    }

    @Test
    void whoWasRightLatelyIsNotLockedOut() {
        tries(made("198.51.100.7", "alice"), End.RIGHT);
        for (int i = 0; i < 30; i++) {
            tries(made("10." + i + ".0.1", "alice"), End.WRONG);
        }
        var wait = tries(made("198.51.100.7", "alice"), End.RIGHT);
        assertTrue(wait.compareTo(Duration.ofSeconds(1)) <= 0, wait.toString());
    }

    @Test
    void manyAtOnceGuessNoFasterThanOne() {
        int letThrough = 0;
        for (int i = 0; i < 1000; i++) {
            letThrough += guesses.begin(made("192.0.2.1", "user" + i)).isEmpty() ? 1 : 0;
        }
        assertTrue(letThrough < 20, letThrough + " at once");
    }

    @Test
    void wrongOnesAreForgottenAfterAnHour() {
        for (int i = 0; i < 12; i++) {
            tries(made("192.0.2.1", "alice"), End.WRONG);
        }
        now = now.plus(Duration.ofMinutes(61));
        assertEquals(Optional.empty(), guesses.begin(made("192.0.2.1", "alice")));
    }

    @Test
    void whatCouldNotBeFoundOutCostsNothing() {
        for (int i = 0; i < 30; i++) {
            assertEquals(Duration.ZERO, tries(made("192.0.2.1", "alice"), End.UNKNOWN));
        }
    }
}
