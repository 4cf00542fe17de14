package org.postern.front.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.IntSupplier;
import org.postern.front.server.Reception.Trait;
import org.postern.log.Log;
import org.postern.mail.SessionId;

/// A session with a client that says everything at once and listens afterwards.
final class Monologue {
    private Monologue() {}

    /// All that the server says to these packets, of which it reads at most `limit` bytes at a
    /// time.
    static String answers(Submissions submissions, IntSupplier limit, String... packets)
            throws IOException {
        var pipe = new Pipe(limit);
        for (var packet : packets) {
            pipe.send(packet.getBytes(StandardCharsets.ISO_8859_1));
        }
        pipe.end();
        new Session(
                        new SessionId(1),
                        pipe,
                        new Reception("mx.example.org", "", Set.of(Trait.OFFERS_DSN)),
                        Peers.CLIENT,
                        new Means(
                                Dialogue.LIMITS,
                                new Rules(),
                                submissions,
                                Log.silent(),
                                InstantSource.fixed(Dialogue.NOW)))
                .run();
        pipe.close();
        return new String(pipe.received().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
