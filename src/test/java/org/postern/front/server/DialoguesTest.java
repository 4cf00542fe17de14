package org.postern.front.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Plays each transcript in `src/test/dialogues`, whose name says what is true: as it is, and with
/// the client's bytes coming in small pieces, which changes nothing.
class DialoguesTest {
    private static final Path DIALOGUES = Path.of("src/test/dialogues");

    @TestFactory
    Stream<DynamicTest> dialogues() throws IOException {
        try (var files = Files.list(DIALOGUES)) {
            return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList().stream()
                    .flatMap(file -> Stream.of(test(file, Integer.MAX_VALUE), test(file, 3)));
        }
    }

    private static DynamicTest test(Path file, int piece) {
        var name = file.getFileName().toString().replace(".txt", "");
        return DynamicTest.dynamicTest(
                piece == 3 ? name + " in pieces" : name,
                () -> new Dialogue().inPiecesOf(piece).reads(Files.readString(file)));
    }
}
