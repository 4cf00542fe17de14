package org.postern.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.Ports;

/// The same clients, senders and recipients before a running OpenSMTPD and a running Postern with
/// the same configuration. The files `src/test/differential/decisions/*.cases` say what each
/// answers; where that differs, `docs/compatibility.md` tells why.
class OpenSmtpdDecisionsTest {
    private static final Path CASES = Path.of("src/test/differential/decisions");
    private static final Pattern DOOR = Pattern.compile("@((?!PORT)[A-Z]+)@");
    private static final String RESOLVER = "127.53.25.1";
    private static final String HEADING = "### Answers that differ";
    private static final Pattern REASON = Pattern.compile("^\\| `([a-z-]+)` \\|");

    /// Who calls from where: 127.0.0.2 has a name that leads back, the names of 127.0.0.3 and
    /// 127.0.0.6 do not, the others have none.
    private static final String[] NAMES = {
        "--host-record=client.example.net,127.0.0.2",
        "--host-record=mail.named.example,127.0.0.5",
        "--ptr-record=3.0.0.127.in-addr.arpa,liar.example.net",
        "--ptr-record=6.0.0.127.in-addr.arpa,client.example.net",
    };

    private static Path folder;

    @BeforeAll
    static void build() throws Exception {
        SystemUsers.needsRoot();
        folder = Files.createTempDirectory("postern-decisions");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Homes.build(folder);
        Files.writeString(folder.resolve("members"), "alice\nu.v, someone@remote.example\n");
        Files.writeString(folder.resolve("no-members"), "\n");
    }

    @AfterAll
    static void remove() {
        if (folder != null) {
            Installation.remove(folder);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules", "people"})
    void bothAnswerAsTheFileSays(String name) throws Exception {
        var text = Files.readString(CASES.resolve(name + ".cases"));
        var triples = triples(text);
        var config =
                Files.readString(CASES.resolve(name + ".conf"), StandardCharsets.ISO_8859_1)
                        .replace("@HERE@", folder.toString());
        List<String> ours;
        List<String> theirs;
        try (var _ = Neighbour.start("names", with(RESOLVER, NAMES));
                var both = Executors.newVirtualThreadPerTaskExecutor()) {
            var our = both.submit(() -> postern(config, triples));
            var their = both.submit(() -> openSmtpd(config, triples));
            ours = our.get();
            theirs = their.get();
        }
        var answered = answered(text, ours, theirs);
        Files.writeString(Path.of("target", name + ".cases"), answered);
        assertEquals(text, answered);
    }

    private static String[] with(String first, String... more) {
        var words = new ArrayList<String>(List.of(first));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static boolean isTriple(String line) {
        return !line.isBlank() && !line.startsWith("#");
    }

    private static List<Triple> triples(String text) {
        return text.lines().filter(OpenSmtpdDecisionsTest::isTriple).map(Triple::parse).toList();
    }

    /// The text as it would be if these were the answers.
    private static String answered(String text, List<String> ours, List<String> theirs) {
        var lines = new StringBuilder();
        int next = 0;
        for (var line : text.lines().toList()) {
            lines.append(
                            isTriple(line)
                                    ? Triple.parse(line).line(ours.get(next), theirs.get(next++))
                                    : line)
                    .append('\n');
        }
        return lines.toString();
    }

    /// The configuration with a free port for each door, and the ports.
    private static String withPorts(String config, Map<String, Integer> ports) throws IOException {
        var text = config;
        for (var found : DOOR.matcher(config).results().toList()) {
            var door = found.group(1);
            if (!ports.containsKey(door)) {
                ports.put(door, Ports.free());
            }
            text = text.replace(found.group(), Integer.toString(ports.get(door)));
        }
        return text;
    }

    private static List<String> postern(String config, List<Triple> triples) throws Exception {
        var ports = new LinkedHashMap<String, Integer>();
        var plot = House.plot(withPorts(config.replace("@A@", "@PORT@"), ports));
        ports.put("A", plot.port());
        plot.file("resolv.conf", "nameserver " + RESOLVER + "\n");
        plot.file("hosts", "127.0.0.1 localhost\n::1 localhost\n");
        Files.copy(folder.resolve("people"), plot.root().resolve("people"));
        var village = List.of("src/test/neighbours/village", plot.root().toString());
        try (var house = plot.start(village)) {
            var answers = answers(triples, ports);
            explainSays(house, triples, answers);
            return answers;
        }
    }

    /// What a session answered is what `smtpctl explain` would have said.
    private static void explainSays(House house, List<Triple> triples, List<String> answers)
            throws IOException, InterruptedException {
        var answered = new ArrayList<String>();
        var explained = new ArrayList<String>();
        try (var questions = new Questions(house)) {
            for (int i = 0; i < triples.size(); i++) {
                if (Questions.canBeAsked(triples.get(i), answers.get(i))) {
                    var line = triples.get(i).toString();
                    answered.add(line + " " + Questions.verdict(answers.get(i)));
                    explained.add(line + " " + questions.ask(triples.get(i)).verdict());
                }
            }
        }
        assertEquals(String.join("\n", answered), String.join("\n", explained));
        assertTrue(answered.size() > triples.size() / 2, answered::toString);
    }

    private static List<String> openSmtpd(String config, List<Triple> triples) throws Exception {
        var ports = new LinkedHashMap<String, Integer>();
        var text = withPorts(config, ports);
        var place = Files.createTempDirectory(folder, "opensmtpd");
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        var file = place.resolve("smtpd.conf");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        Files.copy(folder.resolve("people"), place.resolve("people"));
        var port = Integer.toString(ports.get("A"));
        try (var _ = Neighbour.start("opensmtpd", file.toString(), port, RESOLVER)) {
            return answers(triples, ports);
        }
    }

    private static List<String> answers(List<Triple> triples, Map<String, Integer> ports)
            throws Exception {
        try (var callers = Executors.newFixedThreadPool(4, Thread.ofVirtual().factory())) {
            var calls =
                    triples.stream()
                            .<Callable<String>>map(
                                    triple ->
                                            () ->
                                                    Caller.answer(
                                                            triple, ports.get(triple.listener())))
                            .toList();
            var answers = new ArrayList<String>();
            for (var call : callers.invokeAll(calls)) {
                answers.add(call.get());
            }
            return answers;
        }
    }

    @Test
    void thereAreManyTriples() throws Exception {
        assertTrue(all().size() >= 300, () -> "only " + countOrZero());
    }

    private static int countOrZero() {
        try {
            return all().size();
        } catch (IOException e) {
            return 0;
        }
    }

    private static List<Triple> all() throws IOException {
        var all = new ArrayList<Triple>();
        try (var files = Files.list(CASES)) {
            for (var file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(".cases")) {
                    all.addAll(triples(Files.readString(file)));
                }
            }
        }
        return all;
    }

    @Test
    void theDocumentGivesEachReasonAndNoOther() throws Exception {
        var reasons = new TreeSet<String>();
        all().stream().flatMap(triple -> triple.reason().stream()).forEach(reasons::add);
        var lines = Files.readAllLines(Path.of("docs/compatibility.md"));
        int start = lines.indexOf(HEADING);
        assertTrue(start >= 0, HEADING);
        var documented = new ArrayList<String>();
        for (var line : lines.subList(start + 1, lines.size())) {
            if (line.startsWith("#")) {
                break;
            }
            REASON.matcher(line).results().map(row -> row.group(1)).forEach(documented::add);
        }
        documented.sort(null);
        assertEquals(List.copyOf(reasons), documented);
    }
}
