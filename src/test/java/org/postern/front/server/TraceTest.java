package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.postern.front.filter.Client.Confirmation.PASS;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.postern.config.Config;
import org.postern.config.FilterProcess;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.front.filter.Client;
import org.postern.front.filter.Filters;
import org.postern.front.filter.Point;
import org.postern.front.filter.Programs;
import org.postern.front.filter.Subject;
import org.postern.ipc.Place;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.Origin;
import org.postern.mail.SessionId;
import org.postern.table.TableSet;

/// What traces show of a session.
class TraceTest {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Log log = new Log((_, line) -> lines.add(line));
    private final Wire wire = new Wire(pipe(), org.postern.smtp.ContentScanner.LineEnds.CRLF);

    private static Pipe pipe() {
        var pipe = new Pipe(1000);
        pipe.send("NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
        return pipe;
    }

    private void talk(String... subsystems) throws Exception {
        log.speak(Log.Level.INFO, Set.of(subsystems));
        var tracing = new Tracing(log, new SessionId(42));
        wire.follow(tracing);
        wire.say(Chunk.of("250-a\r\n250 b\r\n"));
        tracing.heard(wire.line(java.time.Duration.ofSeconds(5)));
        tracing.heard("AUTH PLAIN AGEAYg==");
    }

    @Test
    void commandsAndRepliesWithoutSecrets() throws Exception {
        talk("smtp");
        assertEquals(
                List.of(
                        "smtp: 000000000000002a >>> 250-a",
                        "smtp: 000000000000002a >>> 250 b",
                        "smtp: 000000000000002a <<< NOOP",
                        "smtp: 000000000000002a <<< AUTH PLAIN (...)"),
                lines);
    }

    @Test
    void howManyBytesComeAndGo() throws Exception {
        talk("io");
        assertEquals(
                List.of("io: 000000000000002a wrote 14", "io: 000000000000002a read 6"), lines);
    }

    @Test
    void whatEachFilterSaysOfACommand() throws Exception {
        var text =
                """
                filter friend phase mail-from match mail-from { "a@x.example" } bypass
                filter rest phase mail-from match mail-from { "@x.example" } reject "550 no"
                filter it chain { friend, rest }
                match for any reject
                """;
        var config = Config.parse(Sources.of("c", text, new Host("mx.example.org", List.of())));
        var filters =
                Filters.of(
                        TableSet.open(config, _ -> {}),
                        new Programs(Place.below(Path.of("nowhere")), _ -> {}));
        log.speak(Log.Level.INFO, Set.of("filters"));
        try (var screen =
                filters.named("it")
                        .open(
                                new SessionId(42),
                                FilterProcess.Side.SMTP_IN,
                                new SessionLog(log, new SessionId(42), Peers.CLIENT),
                                InstantSource.fixed(Dialogue.NOW))) {
            for (var address : List.of("a@x.example", "b@x.example")) {
                screen.ask(
                        Point.MAIL_FROM,
                        address,
                        () ->
                                new Subject(
                                        new Client("192.0.2.1", "c", PASS, "", ""),
                                        "helo",
                                        new Origin.Login.Anonymous(),
                                        address,
                                        ""));
            }
        }
        assertEquals(
                List.of(
                        "filters: 000000000000002a mail-from \"a@x.example\" friend: proceed",
                        "filters: 000000000000002a mail-from \"b@x.example\" friend: goes on",
                        "filters: 000000000000002a mail-from \"b@x.example\" rest: reject|550 no"),
                lines);
    }

    @Test
    void whatIsNotTracedIsNotShown() throws Exception {
        talk("mta");
        assertEquals(List.of(), lines);
    }
}
