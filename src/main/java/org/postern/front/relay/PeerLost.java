package org.postern.front.relay;

import java.io.IOException;

/// The next hop is gone, silent, or speaks no SMTP; the session is over. The message is what a log
/// or a notification may show.
final class PeerLost extends IOException {
    private static final long serialVersionUID = 1L;

    PeerLost(String what) {
        super(what);
    }

    PeerLost(String what, Throwable cause) {
        super(what, cause);
    }

    /// What happened, in one line.
    String text() {
        return String.valueOf(getMessage());
    }
}
