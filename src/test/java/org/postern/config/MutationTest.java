package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.config.Printer.Secrets;

/// Configurations with mistakes that nobody thought of: each is refused with a message, or
/// accepted, and then printing it and reading that again gives what it means.
class MutationTest {
    private static final int CASES = 70_000;

    /// Small configurations, so that many of their mutants are accepted.
    private static final List<String> SEEDS = seeds();

    /// What is put where it does not belong.
    private static final List<String> WORDS = words();

    private static List<String> seeds() {
        var seeds = new ArrayList<String>();
        var tables =
                """
                table t { a, "b c" }
                table m { a = b, "c d" => "e, f" }
                pki "*" cert "/c" key "/k"
                ca inner cert "/a"
                srs key "a secret that is long"
                mda wrapper nice "x %{mda}"
                filter spam phase connect match rdns junk
                filter all proc-exec "y"
                """;
        var line = new StringBuilder();
        for (String part : Samples.EVERYTHING.split("\n")) {
            line.append(part).append('\n');
            if (!part.endsWith("\\") && count(line, '{') == count(line, '}')) {
                var text = line.toString().replace("<vdomains>", "<t>");
                seeds.add(
                        tables
                                + text.replaceAll("<[a-z\"]{3,}>", "<m>")
                                        .replaceAll("action \"?[a-z0-9]+\"?\n", "reject\n")
                                        .replace("spam, own", "spam")
                                + "match reject\n");
                line.setLength(0);
            }
        }
        for (String action : List.of("maildir junk", "mbox alias <m>", "relay host h tls ttl 1h")) {
            seeds.add(tables + "action a " + action + "\nmatch for any tag <t> action a\n");
        }
        for (String criterion :
                List.of("from auth", "for rcpt-to <m>", "!helo regex { a b }", "from src ::1")) {
            seeds.add(tables + "x = \"tls\"\nmatch " + criterion + " $x reject\n");
        }
        try (var files = Files.list(Path.of("src/test/badconfig"))) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".conf")) {
                    seeds.add(Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return List.copyOf(seeds);
    }

    private static long count(CharSequence text, char wanted) {
        return text.chars().filter(c -> c == wanted).count();
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void noMutantCrashesOrChangesItsMeaning() {
        int accepted = 0;
        for (int i = 0; i < CASES; i++) {
            var text = new Mutant(i, SEEDS, WORDS).text();
            if (isSound(i, text)) {
                accepted++;
            }
        }
        assertTrue(accepted > CASES / 20, accepted + " accepted"); // The test tests something.
        assertTrue(accepted < CASES, accepted + " accepted");
    }

    private static boolean isSound(int number, String text) {
        Config config;
        try {
            config = parse(text);
        } catch (ConfigException e) {
            for (Problem problem : e.problems()) {
                assertFalse(problem.text().isEmpty(), "case " + number);
            }
            return false;
        }
        var printed = Printer.text(config, Secrets.CLEAR);
        try {
            assertEquals(
                    PrinterTest.withSocket(Meaning.of(config)),
                    PrinterTest.withSocket(Meaning.of(parse(printed))),
                    () -> "case " + number + ":\n" + text);
        } catch (ConfigException e) {
            throw new AssertionError("case " + number + ":\n" + text + "\n" + printed, e);
        }
        return true;
    }

    private static Config parse(String text) throws ConfigException {
        return Config.parse(Sources.of("c", text, LexerTest.HOST), Config.Scope.WHOLE_LANGUAGE);
    }

    private static List<String> words() {
        return Stream.concat(
                        Lexer.RESERVED.stream().sorted(),
                        Stream.of(
                                "{",
                                "}",
                                "<",
                                ">",
                                "<t>",
                                "<m>",
                                "!",
                                ",",
                                "=",
                                "=>",
                                "\"",
                                "'",
                                "\\",
                                "\\\n",
                                "\n",
                                "#",
                                "$x",
                                "25",
                                "-1",
                                "4d",
                                "\"x y\"",
                                "{ a }",
                                "{ a = b }",
                                "\0",
                                "\r",
                                "\t",
                                "é",
                                "a@b",
                                "/x",
                                "9999999999999"))
                .toList();
    }

    /// One configuration with some mistakes; the same number gives the same.
    private static final class Mutant {
        private final RandomGenerator random;
        private final List<String> seeds;
        private final List<String> words;
        private String text;

        Mutant(int number, List<String> seeds, List<String> words) {
            this.random = new java.util.SplittableRandom(number);
            this.seeds = seeds;
            this.words = words;
            this.text = any(seeds);
        }

        String text() {
            int mistakes = 1 + random.nextInt(3);
            for (int i = 0; i < mistakes; i++) {
                mutate();
            }
            return text;
        }

        private String any(List<String> from) {
            return from.get(random.nextInt(from.size()));
        }

        private void mutate() {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + 1 + random.nextInt(8));
            text =
                    switch (random.nextInt(7)) {
                        case 0 -> text.substring(0, at) + text.substring(end);
                        case 1 ->
                                text.substring(0, at) + " " + any(words) + " " + text.substring(at);
                        case 2 -> text.substring(0, at) + any(words) + text.substring(end);
                        case 3 ->
                                text.substring(0, at)
                                        + (char) random.nextInt(256)
                                        + text.substring(at);
                        case 4 -> swapLines();
                        case 5 ->
                                text.substring(0, at)
                                        + text.substring(at, end)
                                        + text.substring(at);
                        default -> text + any(seeds);
                    };
        }

        private String swapLines() {
            var lines = new ArrayList<>(List.of(text.split("\n", -1)));
            int one = random.nextInt(lines.size());
            lines.add(random.nextInt(lines.size()), lines.remove(one));
            return String.join("\n", lines);
        }
    }
}
