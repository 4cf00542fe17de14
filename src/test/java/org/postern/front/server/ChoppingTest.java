package org.postern.front.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/// The network may chop what a client says into any packets: the dialogue is the same.
class ChoppingTest {
    private static final Path DIALOGUES = Path.of("src/test/dialogues");
    private static final int CHOPPINGS = 4;

    @Test
    void everyDialogueIsTheSameHoweverItIsChopped() throws Exception {
        List<Path> all;
        try (var files = Files.list(DIALOGUES)) {
            all = files.filter(file -> file.toString().endsWith(".txt")).sorted().toList();
        }
        for (var file : all) {
            var script = Files.readString(file);
            for (int seed = 0; seed < CHOPPINGS; seed++) {
                try {
                    new Dialogue().choppedBy(new Random(seed)).reads(script);
                } catch (AssertionError e) {
                    throw new AssertionError(file.getFileName() + ", seed " + seed, e);
                }
            }
        }
    }

    /// All that the server says to `said`, when it comes in pieces of at most `most` bytes.
    private static String answers(String said, Random random, int most) throws IOException {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            return Monologue.answers(submissions, () -> 1 + random.nextInt(most), said);
        }
    }

    @Test
    void noiseIsAnsweredTheSameHoweverItIsChopped() throws Exception {
        var words =
                List.of(
                        "EHLO a\r\n",
                        "MAIL FROM:<a@b.c>\r\n",
                        "RCPT TO:<bob@example.org>\r\n",
                        "BDAT 5\r\nX: y\n",
                        "BDAT 3 LAST\r\n\r\nz",
                        "BDAT 0 LAST\r\n",
                        "RSET\r\n",
                        "NOOP\r\n",
                        "GET / HTTP/1.1\r\n",
                        "\u0016\u0003\u0001",
                        "x".repeat(900),
                        "\r\n",
                        "\r",
                        "\n",
                        "\0",
                        "\u00ff");
        for (int seed = 0; seed < 250; seed++) {
            var random = new Random(seed);
            var said = new StringBuilder();
            for (int i = random.nextInt(25); i >= 0; i--) {
                // Noise is rare, so that sessions get somewhere.
                int bound = random.nextInt(4) == 0 ? words.size() : 8;
                said.append(words.get(random.nextInt(bound)));
            }
            var whole = answers(said.toString(), random, 1_000_000);
            Assertions.assertEquals(whole, answers(said.toString(), random, 5), "seed " + seed);
            Assertions.assertEquals(whole, answers(said.toString(), random, 100), "seed " + seed);
        }
    }
}
