package org.postern.front.server;

import java.nio.charset.StandardCharsets;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.mail.SessionId;
import org.postern.smtp.Command;

/// What traces of the subsystems `smtp` (commands and replies) and `io` (how much comes and goes)
/// show of one session. It belongs to its session. No secret and no content is shown.
final class Tracing {
    /// Shows nothing.
    static final Tracing NONE = new Tracing(Log.silent(), new SessionId(0));

    private final Log log;
    private final SessionId session;

    Tracing(Log log, SessionId session) {
        this.log = log;
        this.session = session;
    }

    /// The client said a command line.
    void heard(String line) {
        if (log.traces("smtp")) {
            var shown = Log.visible(Command.withoutSecrets(line));
            log.trace("smtp", session + " <<< " + shown);
        }
    }

    /// We say a reply, as it goes over the wire.
    void said(Chunk reply) {
        if (log.traces("smtp")) {
            new String(reply.toArray(), StandardCharsets.ISO_8859_1)
                    .lines()
                    .forEach(line -> log.trace("smtp", session + " >>> " + Log.visible(line)));
        }
    }

    /// So many bytes came.
    void read(int count) {
        if (log.traces("io")) {
            log.trace("io", session + " read " + count);
        }
    }

    /// So many bytes went out.
    void wrote(int count) {
        if (log.traces("io")) {
            log.trace("io", session + " wrote " + count);
        }
    }
}
