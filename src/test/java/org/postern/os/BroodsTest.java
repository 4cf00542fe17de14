package org.postern.os;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Programs and all that comes of them.
class BroodsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Brood start(Broods broods, String line) throws IOException {
        var program =
                Program.of(Path.of("/bin/sh"), "-c", line)
                        .with(Map.of("PATH", "/usr/bin:/bin"))
                        .inNewSession();
        return broods.start(program, Confinement.as(ProcessFacts.identity()));
    }

    private static BufferedReader lines(Brood brood) {
        return new BufferedReader(new InputStreamReader(brood.child().output(), US_ASCII));
    }

    @Test
    void whoLeftItsSessionDiesWithTheOthers() throws Exception {
        var brood = start(new Broods(), "(setsid sh -c 'echo in; sleep 600' &); sleep 600");
        try (var child = brood.child()) {
            var lines = lines(brood);
            assertEquals("in", lines.readLine());
            brood.kill();
            assertTrue(child.waitFor(PATIENCE).isPresent());
            // Nobody holds the other end any more.
            assertEquals(null, lines.readLine());
        }
    }

    @Test
    void anotherBroodLives() throws Exception {
        var broods = new Broods();
        var first = start(broods, "echo in; exec sleep 600");
        var second = start(broods, "echo in; read word; echo $word");
        try (var one = first.child();
                var other = second.child()) {
            assertEquals("in", lines(first).readLine());
            var lines = lines(second);
            assertEquals("in", lines.readLine());
            first.kill();
            assertTrue(one.waitFor(PATIENCE).isPresent());
            other.input().write("alive\n".getBytes(US_ASCII));
            assertEquals("alive", lines.readLine());
            assertEquals(new Exit.Exited(0), other.waitFor(PATIENCE).orElseThrow());
        }
    }

    @Test
    void whoStartsThemKeepsNoMark() throws Exception {
        var before = Files.readString(Path.of("/proc/self/limits"));
        var brood = start(new Broods(), "cat /proc/self/limits");
        try (var child = brood.child()) {
            var inside = new String(child.output().readAllBytes(), US_ASCII);
            assertFalse(inside.equals(before), inside);
            assertEquals(before, Files.readString(Path.of("/proc/self/limits")));
            assertTrue(child.waitFor(PATIENCE).isPresent());
        }
    }

    @Test
    void orphansAreAdoptedAndCollected() throws Exception {
        try (var probe = Probe.start("adopts", Confinement.as(ProcessFacts.identity()))) {
            assertEquals(
                    "ours collected\n",
                    new String(probe.output().readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void orphansAreAdoptedOnlyAsLongAsThatLasts() throws Exception {
        try (var probe = Probe.start("adopted", Confinement.as(ProcessFacts.identity()))) {
            assertEquals(
                    "ours, lost\n",
                    new String(probe.output().readAllBytes(), StandardCharsets.US_ASCII));
        }
    }
}
