package org.postern.front.server;

import java.time.InstantSource;
import org.postern.config.Config;
import org.postern.config.Listen;
import org.postern.tls.Inbound;
import org.postern.tls.KeyHolder;

/// When, if ever, connections to a listener are protected by TLS.
sealed interface Protection {
    /// Never.
    record None() implements Protection {}

    /// After STARTTLS (RFC 3207), if the client wants.
    record Offered(Inbound tls) implements Protection {}

    /// After STARTTLS, before there is any mail.
    record Demanded(Inbound tls) implements Protection {}

    /// Before the greeting (RFC 8314 section 3.3).
    record AtOnce(Inbound tls) implements Protection {}

    /// What `listen` says, a listener of `config`, with the keys that `keys` has.
    static Protection of(Listen listen, Config config, KeyHolder keys, InstantSource clock) {
        if (listen.security().isEmpty()) {
            return new None();
        }
        var tls = new Inbound(listen, config, keys, clock);
        return switch (listen.security().get()) {
            case TLS -> new Offered(tls);
            case TLS_REQUIRE -> new Demanded(tls);
            case SMTPS -> new AtOnce(tls);
        };
    }

    /// Is STARTTLS understood?
    default boolean offersTls() {
        return switch (this) {
            case None(), AtOnce(_) -> false;
            case Offered(_), Demanded(_) -> true;
        };
    }
}
