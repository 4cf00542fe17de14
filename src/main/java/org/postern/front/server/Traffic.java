package org.postern.front.server;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Counts the sessions of the room, under the names that `smtpctl show stats` has for them.
final class Traffic {
    private final LongAdder sessions = new LongAdder();
    private final LongAdder local = new LongAdder();
    private final LongAdder inet4 = new LongAdder();
    private final LongAdder inet6 = new LongAdder();

    /// Of the sessions of now, those that are private by STARTTLS, and those that were from the
    /// first byte.
    private final LongAdder startTls = new LongAdder();

    private final LongAdder smtps = new LongAdder();

    /// A session of `peer` has begun.
    void begins(Peer peer) {
        sessions.increment();
        if (!peer.user().isEmpty()) {
            local.increment();
        } else if (peer.address().startsWith("[")) {
            inet6.increment();
        } else {
            inet4.increment();
        }
    }

    /// A session has ended.
    void ends() {
        sessions.decrement();
    }

    /// A session has become private, by what its listener says.
    void becomesPrivate(Protection protection) {
        privateBy(protection).increment();
    }

    /// A session that was private has ended.
    void endsPrivate(Protection protection) {
        privateBy(protection).decrement();
    }

    private LongAdder privateBy(Protection protection) {
        return switch (protection) {
            case Protection.AtOnce(_) -> smtps;
            case Protection.None(), Protection.Offered(_), Protection.Demanded(_) -> startTls;
        };
    }

    /// How many sessions there are now.
    long now() {
        return sessions.sum();
    }

    /// `key=value` lines, sorted.
    List<String> lines() {
        return List.of(
                "smtp.session=" + sessions.sum(),
                "smtp.session.inet4=" + inet4.sum(),
                "smtp.session.inet6=" + inet6.sum(),
                "smtp.session.local=" + local.sum(),
                "smtp.smtps=" + smtps.sum(),
                "smtp.tls=" + startTls.sum());
    }
}
