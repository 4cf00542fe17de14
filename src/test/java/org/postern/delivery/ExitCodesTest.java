package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.mail.Outcome;
import org.postern.os.Exit;

/// What the end of a command means.
class ExitCodesTest {
    private static String shown(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered d -> "ok " + d.status() + ' ' + d.text();
            case Outcome.Deferred d -> "later " + d.status() + ' ' + d.text();
            case Outcome.Failed f -> "never " + f.status() + ' ' + f.text();
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "0; ok 2.0.0 Delivered",
                "1; never 5.3.0 \"no\"",
                "2; never 5.3.0 \"no\"",
                "64; never 5.3.0 command line usage error: \"no\"",
                "67; never 5.3.0 user unknown: \"no\"",
                "69; never 5.3.0 service unavailable: \"no\"",
                "71; later 4.3.0 system resource problem: \"no\"",
                "73; later 4.3.0 can't create user output file: \"no\"",
                "74; later 4.3.0 input/output error: \"no\"",
                "75; later 4.3.0 temporary failure: \"no\"",
                "77; never 5.3.0 permission denied: \"no\"",
                "100; never 5.3.0 \"no\"",
                "126; later 4.3.0 \"no\"",
                "127; later 4.3.0 \"no\"",
                "128; never 5.3.0 \"no\"",
                "137; later 4.3.0 \"no\"",
                "255; never 5.3.0 \"no\"",
            })
    void codesMeanWhatSysexitsSays(int code, String meaning) {
        assertEquals(
                meaning,
                shown(ExitCodes.outcome(new Exit.Exited(code), ExitCodes.Input.TAKEN, "no")));
    }

    @Test
    void aCommandThatSaysNothingExitedAbnormally() {
        assertEquals(
                "never 5.3.0 exited abnormally",
                shown(ExitCodes.outcome(new Exit.Exited(1), ExitCodes.Input.TAKEN, "")));
    }

    @Test
    void successWithoutReadingAllIsNone() {
        assertEquals(
                "later 4.3.0 mda exited prematurely",
                shown(ExitCodes.outcome(new Exit.Exited(0), ExitCodes.Input.LEFT, "")));
    }

    @Test
    void aSignalIsTemporary() {
        assertEquals(
                "later 4.3.0 terminated; signal 11",
                shown(ExitCodes.outcome(new Exit.Killed(11), ExitCodes.Input.TAKEN, "")));
    }
}
