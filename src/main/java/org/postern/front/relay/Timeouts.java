package org.postern.front.relay;

import java.time.Duration;

/// How long the next hop is waited for, phase by phase (RFC 5321 section 4.5.3.2).
///
/// @param handshake for TLS to be agreed on
/// @param block for each part of the content to be taken
/// @param dot for the answer to the end of the content; long, because giving up here makes a
///   duplicate
/// @param seat for a place among the connections to a busy host
/// @param attempt after this no further host is tried for the same message
/// @param idle how long a connection is kept for the next message
record Timeouts(
        Duration connect,
        Duration greeting,
        Duration command,
        Duration handshake,
        Duration data,
        Duration block,
        Duration dot,
        Duration quit,
        Duration seat,
        Duration attempt,
        Duration idle) {
    /// What RFC 5321 asks for, but a quicker end to connecting, as there are other hosts to try.
    static final Timeouts USUAL =
            new Timeouts(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(10));
}
