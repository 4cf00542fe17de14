package org.postern.front.server;

import org.postern.mail.Origin;

/// How far a session has come: what the client has shown of itself by now. It belongs to the
/// session's thread.
final class Progress {
    private final Origin.Login login;
    private final Origin.Security security = new Origin.Security.Plain();
    private Phase phase = new Phase.Unidentified();

    /// A session that begins, with a client that is logged in so.
    Progress(Origin.Login login) {
        this.login = login;
    }

    Phase phase() {
        return phase;
    }

    /// The session goes on in `next`; what was only of the phase before is forgotten, such as the
    /// chunks of a content.
    void enters(Phase next) {
        if (phase instanceof Phase.Chunking(_, _, var content)) {
            content.close();
        }
        phase = next;
    }

    /// Whether, and as whom, the client is logged in.
    Origin.Login login() {
        return login;
    }

    /// How the connection is protected.
    Origin.Security security() {
        return security;
    }
}
