package org.postern.front.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.postern.front.server.Reception.Trait;
import org.postern.log.Log;
import org.postern.mail.SessionId;

/// A whole session, from greeting to end, against a queue that takes everything: it never ends in a
/// bug, every line it says is a reply, and no line of its log holds what a client could forge.
public final class SessionFuzz {
    private SessionFuzz() {}

    /// One input: what the client sends; its first byte says in what pieces it comes.
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        var log = new CopyOnWriteArrayList<String>();
        int piece = data.length == 0 ? 1 : 1 + (data[0] & 0xff);
        var pipe = new Pipe(piece);
        pipe.send(data.length == 0 ? data : java.util.Arrays.copyOfRange(data, 1, data.length));
        pipe.end();
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            new Session(
                            new SessionId(1),
                            pipe,
                            new Reception("mx.example.org", "", Set.of(Trait.OFFERS_DSN)),
                            Peers.CLIENT,
                            new Means(
                                    Dialogue.LIMITS,
                                    new Rules(),
                                    submissions,
                                    new Log((_, line) -> log.add(line)),
                                    InstantSource.fixed(Dialogue.NOW)))
                    .run();
            check(queue.broken().isEmpty(), "the queue heard nonsense: " + queue.broken());
        }
        pipe.close();
        var heard =
                new String(pipe.received().readAllBytes(), StandardCharsets.ISO_8859_1)
                        .split("\r\n", -1);
        for (var line : heard) {
            check(
                    line.isEmpty() || line.matches("[2-5][0-9][0-9][ -][ -~]*"),
                    "not a reply: " + line);
        }
        for (var line : List.copyOf(log)) {
            check(!line.startsWith("bug: ") || line.contains("a planted bug"), line);
            check(line.matches("[ -~]*"), "not a line of a log: " + line);
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
