package org.postern.table;

import java.util.Optional;

/// Where to relay to: `[scheme://[label@]]host[:port]`.
///
/// @param label what to look credentials up by; empty if there is none
/// @param host a host name, or an address literal in brackets
public record RelayUrl(Scheme scheme, String label, String host, int port) {

    /// How to speak with the host.
    public enum Scheme {
        /// STARTTLS where it is offered, not verified.
        SMTP,
        /// STARTTLS, demanded and verified.
        SMTP_TLS,
        /// Never TLS.
        SMTP_NOTLS,
        /// TLS from the first byte, verified.
        SMTPS,
        /// LMTP, never TLS.
        LMTP
    }

    /// Reads a relay URL; empty if it is malformed.
    public static Optional<RelayUrl> parse(String text) {
        return Optional.empty();
    }
}
