package org.postern.front.server;

import org.postern.front.server.Phase.Identity;
import org.postern.mail.Origin;

/// What a client says of the client for whom it speaks.
///
/// @param helo what that one called itself; empty where nothing is said
/// @param protocol which protocol that one speaks
record Claim(Peer peer, Origin.Login login, String helo, Protocol protocol) {
    /// A protocol, as far as anything is said of it.
    enum Protocol {
        UNSAID,
        SMTP,
        ESMTP
    }

    /// What is to be believed of a client that says it is `said`.
    Identity known(Identity said) {
        return new Identity(
                helo.isEmpty() ? said.helo() : helo,
                switch (protocol) {
                    case UNSAID -> said.dialect();
                    case SMTP -> Phase.Dialect.SMTP;
                    case ESMTP -> Phase.Dialect.ESMTP;
                });
    }
}
