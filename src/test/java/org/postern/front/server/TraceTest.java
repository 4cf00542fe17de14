package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.SessionId;

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
    void whatIsNotTracedIsNotShown() throws Exception {
        talk("mta");
        assertEquals(List.of(), lines);
    }
}
