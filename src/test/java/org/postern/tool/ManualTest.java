package org.postern.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The manual pages of the programs.
class ManualTest {
    private static List<String> page(String name) throws Exception {
        return Files.readAllLines(Path.of("man", name));
    }

    @ParameterizedTest
    @EnumSource(Verb.class)
    void everyCommandIsInTheManual(Verb verb) throws Exception {
        var line = "Cm " + verb.title();
        assertTrue(
                page("smtpctl.8").stream()
                        .map(text -> text.replace(".It ", "").replaceFirst("^\\.", ""))
                        .anyMatch(text -> text.equals(line) || text.startsWith(line + " ")),
                line);
    }

    @Test
    void everyTraceIsInTheManual() throws Exception {
        var manual = page("smtpctl.8");
        assertEquals(
                List.of(),
                Operand.SUBSYSTEMS.stream()
                        .filter(
                                word ->
                                        manual.stream()
                                                .map(line -> line.replaceFirst(" [,.]$", ""))
                                                .noneMatch((".Cm " + word)::equals))
                        .toList());
    }

    /// The options are those of the usage line that `smtpd` shows.
    @Test
    void everyOptionOfTheServerIsInTheManual() throws Exception {
        var source = Files.readString(Path.of("src/main/java/org/postern/supervisor/Options.java"));
        int start = source.indexOf("usage: smtpd ");
        var usage = source.substring(start, source.indexOf('"', start));
        var options =
                Stream.of(usage.split("\\[-"))
                        .skip(1)
                        .map(text -> text.substring(0, text.indexOf(']')))
                        .flatMap(
                                text ->
                                        text.contains(" ")
                                                ? Stream.of(text.substring(0, 1))
                                                : Stream.of(text.split("")))
                        .toList();
        assertEquals(11, options.size(), usage);
        var manual = page("smtpd.8");
        assertEquals(
                List.of(),
                options.stream()
                        .filter(
                                option ->
                                        manual.stream()
                                                .noneMatch(
                                                        line ->
                                                                line.equals(".It Fl " + option)
                                                                        || line.startsWith(
                                                                                ".It Fl " + option
                                                                                        + " ")))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"smtpctl.8", "smtpd.8", "sendmail.8"})
    void mandocFindsNothingWrong(String page) throws Exception {
        var mandoc =
                Stream.of("/usr/bin/mandoc", "/bin/mandoc", "/usr/local/bin/mandoc")
                        .filter(path -> Files.isExecutable(Path.of(path)))
                        .findFirst();
        assumeTrue(mandoc.isPresent(), "mandoc is not installed");
        var lint =
                new ProcessBuilder(mandoc.orElseThrow(), "-Tlint", "-Wstyle", "man/" + page)
                        .redirectErrorStream(true)
                        .start();
        lint.getOutputStream().close();
        var said = new String(lint.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(lint.waitFor(30, TimeUnit.SECONDS));
        assertEquals(
                List.of(),
                said.lines()
                        .filter(line -> !line.contains("referenced manual not found"))
                        .filter(line -> !line.contains("Mdocdate"))
                        .toList());
    }
}
