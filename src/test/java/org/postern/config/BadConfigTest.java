package org.postern.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postern.table.TableSet;

/// One file for each mistake, and beside it the message that it must give, to the letter.
class BadConfigTest {
    private static final Path FOLDER = Path.of("src/test/badconfig");

    static Stream<String> names() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".conf"))
                    .map(name -> name.substring(0, name.length() - 5))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theMistakeGivesItsMessage(String name) throws Exception {
        var expected = FOLDER.resolve(name + ".expected");
        var said = complaint(FOLDER.resolve(name + ".conf")) + "\n";
        assertEquals(Files.readString(expected, StandardCharsets.ISO_8859_1), said);
    }

    /// What is said of a file, its folder left out.
    private static String complaint(Path file) throws IOException {
        var sources = Sources.read(file, List.of(), LexerTest.HOST);
        var scope =
                file.toString().endsWith("-not-yet.conf")
                        ? Config.Scope.SUPPORTED
                        : Config.Scope.WHOLE_LANGUAGE;
        var error =
                assertThrows(
                        ConfigException.class,
                        () -> TableSet.open(Config.parse(sources, scope), _ -> {}));
        return error.getMessage().replace(FOLDER + "/", "");
    }

    @Test
    void thereAreManyMistakes() throws Exception {
        assertTrue(names().count() >= 40);
    }
}
