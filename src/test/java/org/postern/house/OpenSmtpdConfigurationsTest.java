package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.house.ConfigurationCorpus.Folder;
import org.postern.house.ConfigurationCorpus.Verdict;

/// Configurations, good and bad, judged by our `smtpd -n` and by that of Debian's OpenSMTPD. Where
/// they differ, `docs/compatibility.md` says so, and why.
class OpenSmtpdConfigurationsTest {
    private static final Pattern NAME = Pattern.compile("`([a-z0-9-]+[.]conf)`");

    private static ConfigurationCorpus corpus;

    @BeforeAll
    static void unfold() throws Exception {
        corpus = ConfigurationCorpus.unfold();
    }

    @AfterAll
    static void remove() {
        corpus.close();
    }

    static Stream<String> good() throws Exception {
        return Folder.GOOD.names().stream();
    }

    static Stream<String> bad() throws Exception {
        return Folder.BAD.names().stream();
    }

    static Stream<String> later() throws Exception {
        return Folder.LATER.names().stream();
    }

    @ParameterizedTest
    @MethodSource("good")
    void aGoodConfigurationIsAccepted(String name) throws Exception {
        var judgement = corpus.ours(name);
        assertEquals(Verdict.GOOD, judgement.verdict(), judgement::words);
        assertTrue(judgement.words().endsWith("configuration OK\n"), judgement::words);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadConfigurationIsRefused(String name) throws Exception {
        var judgement = corpus.ours(name);
        assertEquals(Verdict.BAD, judgement.verdict(), judgement::words);
        assertNotEquals(List.of(), judgement.mistakes(), judgement::words);
    }

    @ParameterizedTest
    @MethodSource("later")
    void nothingIsWrongButWhatIsNotSupportedYet(String name) throws Exception {
        var judgement = corpus.ours(name);
        assertEquals(Verdict.BAD, judgement.verdict(), "it works: its place is good/");
        assertEquals(List.of(), judgement.mistakes(), judgement::words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"home-server.conf", "old-accept.conf", "several-mistakes.conf"})
    void theProgramSaysTheSame(String name) throws Exception {
        assertEquals(corpus.ours(name), corpus.oursAsProgram(name));
    }

    @Test
    void thereAreManyOfBoth() throws Exception {
        assertTrue(good().count() >= 100);
        assertTrue(bad().count() >= 100);
    }

    @Test
    void theDocumentListsExactlyWhatDiffers() throws Exception {
        SystemUsers.needsRoot();
        var tolerated = new TreeSet<String>();
        var refused = new TreeSet<String>();
        var judgements = corpus.theirs();
        judgements.keySet().removeAll(Folder.LATER.names());
        for (var entry : judgements.entrySet()) {
            var ours = corpus.ours(entry.getKey()).verdict();
            if (ours != entry.getValue().verdict()) {
                (ours == Verdict.GOOD ? refused : tolerated).add(entry.getKey());
            }
        }
        assertEquals(
                List.copyOf(tolerated), listed("### Accepted by OpenSMTPD, refused by Postern"));
        assertEquals(
                List.copyOf(refused), listed("### Refused by OpenSMTPD 6.8, accepted by Postern"));
    }

    /// The configurations that a section of the document names.
    private static List<String> listed(String heading) throws Exception {
        var lines = Files.readAllLines(Path.of("docs/compatibility.md"));
        int start = lines.indexOf(heading);
        assertTrue(start >= 0, heading);
        var names = new ArrayList<String>();
        for (var line : lines.subList(start + 1, lines.size())) {
            if (line.startsWith("#")) {
                break;
            }
            NAME.matcher(line).results().map(found -> found.group(1)).forEach(names::add);
        }
        names.sort(null);
        return names;
    }
}
