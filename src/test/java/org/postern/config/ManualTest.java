package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The manual knows every word that the parser knows.
class ManualTest {
    private static final List<Class<? extends Enum<?>>> WORDS =
            List.of(
                    Directive.Word.class,
                    Action.Word.class,
                    Action.Last.class,
                    LocalAction.Option.Word.class,
                    LocalAction.JunkWord.class,
                    LocalAction.LmtpWord.class,
                    RelayAction.Option.Word.class,
                    Match.Outcome.Word.class,
                    Criterion.Word.class,
                    Criterion.From.class,
                    Criterion.For.class,
                    TableRef.Pattern.class,
                    Listen.Option.Word.class,
                    Listen.On.class,
                    Listen.SocketWord.class,
                    Listen.PortWord.class,
                    Bounce.Word.class,
                    Queue.Word.class,
                    Mta.Word.class,
                    Smtp.Word.class,
                    Smtp.Limit.class,
                    Pki.Word.class,
                    Wrapper.Word.class);

    @Test
    void everyKeywordIsInTheManual() throws Exception {
        var manual = Files.readString(Path.of("man/smtpd.conf.5")).replace("\\-", "-");
        var missing =
                words().filter(
                                word ->
                                        !Pattern.compile("(?<![\\w-])" + word + "(?![\\w-])")
                                                .matcher(manual)
                                                .find())
                        .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void everyKeywordButLimitsIsReserved() {
        var known = Lexer.RESERVED;
        assertEquals(
                List.of(),
                words().filter(word -> !known.contains(word))
                        .filter(word -> !List.of("max-mails", "max-rcpt").contains(word))
                        .toList());
    }

    private static Stream<String> words() {
        return WORDS.stream()
                .flatMap(words -> Stream.of(words.getEnumConstants()))
                .map(Tokens::text)
                .distinct();
    }

    @ParameterizedTest
    @ValueSource(strings = {"smtpd.conf.5", "aliases.5", "forward.5", "table.5"})
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
        assertEquals(true, lint.waitFor(30, TimeUnit.SECONDS));
        assertEquals(
                "",
                said.lines()
                        .filter(line -> !line.contains("referenced manual not found"))
                        .filter(line -> !line.contains("Mdocdate"))
                        .reduce("", (all, line) -> all + line + "\n"));
    }
}
