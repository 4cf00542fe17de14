package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
                    Authority.Word.class,
                    Bounce.Word.class,
                    Criterion.For.class,
                    Criterion.From.class,
                    Criterion.Word.class,
                    Filter.Word.class,
                    FilterProcess.Option.Word.class,
                    FilterRule.Decision.Word.class,
                    FilterRule.MatchWord.class,
                    FilterRule.Phase.class,
                    FilterRule.Test.Word.class,
                    Listen.FromWord.class,
                    Listen.MasqueradeWord.class,
                    Listen.On.class,
                    Listen.Option.Word.class,
                    Listen.PortWord.class,
                    Listen.SocketWord.class,
                    Listen.VerifyWord.class,
                    LocalAction.JunkWord.class,
                    LocalAction.LmtpWord.class,
                    LocalAction.Option.Word.class,
                    Match.Outcome.Word.class,
                    Mda.Word.class,
                    Mta.DomainWord.class,
                    Mta.FamilyWord.class,
                    Mta.ForWord.class,
                    Mta.Word.class,
                    Pki.Word.class,
                    Queue.Word.class,
                    RelayAction.MxWord.class,
                    RelayAction.Option.Word.class,
                    RelayAction.VerifyWord.class,
                    Scheduler.Word.class,
                    Smtp.Word.class,
                    Srs.KeyWord.class,
                    Srs.Word.class,
                    TableRef.Pattern.class);

    /// The names of limits, which are no reserved words.
    private static final List<Class<? extends Enum<?>>> LIMITS =
            List.of(Mda.Name.class, Mta.Name.class, Scheduler.Name.class, Smtp.Limit.class);

    /// Reserved for OpenSMTPD's sake, and used nowhere.
    private static final Set<String> UNUSED =
            Set.of(
                    "data-line",
                    "noop",
                    "quit",
                    "recipient",
                    "rset",
                    "smtp-in",
                    "smtp-out",
                    "tagged");

    @Test
    void everyKeywordIsInTheManual() throws Exception {
        var manual = Files.readString(Path.of("man/smtpd.conf.5")).replace("\\-", "-");
        var missing =
                Stream.concat(words(WORDS), words(LIMITS))
                        .filter(
                                word ->
                                        !Pattern.compile("(?<![\\w-])" + word + "(?![\\w-])")
                                                .matcher(manual)
                                                .find())
                        .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void whatIsReservedIsWhatTheGrammarUses() {
        var used = words(WORDS).collect(Collectors.toCollection(TreeSet::new));
        used.addAll(UNUSED);
        assertEquals(new TreeSet<>(Lexer.RESERVED), used);
    }

    @Test
    void everyWordOfTheParserIsListedHere() throws Exception {
        var listed = Stream.concat(WORDS.stream(), LIMITS.stream()).toList();
        var found = new ArrayList<String>();
        try (var files = Files.list(Path.of("src/main/java/org/postern/config"))) {
            for (var file : files.toList()) {
                for (var call : WORD_CALL.matcher(Files.readString(file)).results().toList()) {
                    found.add(call.group(1));
                }
            }
        }
        var names =
                listed.stream()
                        .map(one -> one.getCanonicalName().replace("org.postern.config.", ""))
                        .toList();
        assertEquals(
                List.of(),
                found.stream()
                        .filter(name -> names.stream().noneMatch(one -> isOrEndsWith(one, name)))
                        .toList());
    }

    private static final Pattern WORD_CALL =
            Pattern.compile(
                    "(?:word|accepts|sees|name|Limits\\.parse)\\((?:in,"
                            + " )?([A-Z][A-Za-z.]*)\\.class");

    private static boolean isOrEndsWith(String name, String end) {
        return name.equals(end) || name.endsWith("." + end);
    }

    private static Stream<String> words(List<Class<? extends Enum<?>>> enums) {
        return enums.stream()
                .flatMap(words -> Stream.of(words.getEnumConstants()))
                .map(Tokens::text)
                .distinct();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "smtpd.conf.5",
                "aliases.5",
                "forward.5",
                "table.5",
                "table-ldap.5",
                "table-mysql.5",
                "table-postgres.5",
                "table-redis.5",
                "table-sqlite.5"
            })
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
