package org.postern.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.ipc.Leash;
import org.postern.log.Log;

/// The command line of `smtpd`.
class OptionsTest {
    private static Options of(String... words) {
        return Options.parse(List.of(words)).orElseThrow();
    }

    @Test
    void withoutOptionsItBecomesADaemon() {
        assertEquals(Options.Mode.DAEMON, of().mode());
    }

    @Test
    void lettersMayStandTogetherAndValuesMayFollowTheirLetter() {
        var options = of("-dv", "-f/x/smtpd.conf", "-P", "mda", "-Pmta");
        assertEquals(Options.Mode.FOREGROUND, options.mode());
        assertEquals(Leash.Level.VERBOSE, options.verbosity().level());
        assertEquals(Path.of("/x/smtpd.conf"), options.place().config());
        assertEquals(Set.of(Leash.Lane.MDA, Leash.Lane.MTA), options.paused());
    }

    @Test
    void theLogMayBeInJsonFromTheStart() {
        assertEquals(Log.Form.JSON, of("-dJ").verbosity().form());
        assertEquals(Log.Form.TEXT, of("-d").verbosity().form());
    }

    @Test
    void aPrivateServerLiesBelowItsDirectory() {
        var place = of("-R", "/srv/mail").place();
        assertEquals(Path.of("/srv/mail/etc/smtpd.conf"), place.config());
        assertEquals(Path.of("/srv/mail/spool/queue"), place.spool());
        assertEquals(Path.of("/srv/mail/run"), place.run());
    }

    @Test
    void anotherConfigurationFileMovesNothingElse() {
        var place = of("-f", "/x", "-R", "/srv/mail").place();
        assertEquals(Path.of("/x"), place.config());
        assertEquals(Path.of("/srv/mail/run"), place.run());
    }

    @Test
    void macrosAreKeptInTheirOrderAndAMalformedOneIsNamed() {
        var options = of("-D", "a=1", "-Db=2", "-D", "c");
        assertEquals(List.of("a=1", "b=2"), options.defines());
        assertEquals(1, options.warnings().size());
    }

    @Test
    void whatCannotBePausedOrTracedIsNamed() {
        assertEquals(2, of("-P", "everything", "-T", "nothing").warnings().size());
        assertEquals(Set.of("smtp"), of("-T", "smtp").verbosity().traces());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "stray", "-f", "-", "--help"})
    void whatIsNoCommandLineIsRefused(String word) {
        assertTrue(Options.parse(List.of(word)).isEmpty());
    }
}
