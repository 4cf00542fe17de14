package org.postern.front.relay;

import java.time.InstantSource;
import org.postern.ipc.Deadlines;
import org.postern.log.Log;
import org.postern.mail.SessionId;
import org.postern.tls.Outbound;

/// What every session of mail out needs.
record Kit(
        Log log,
        Deadlines deadlines,
        InstantSource clock,
        Timeouts timeouts,
        Outbound tls,
        HostNames names,
        SessionId.Source ids) {}
