package org.postern.front.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.postern.mail.AddressText;

/// One address at which a message may be handed over, and how to speak there.
///
/// @param host the name it was found by: a mail exchanger, or a smart host as it is configured
record Stop(String host, SocketAddress address, Dialect dialect, Security security) {
    /// The protocol.
    enum Dialect {
        SMTP,
        /// RFC 2033.
        LMTP
    }

    /// What is asked of TLS.
    enum Security {
        /// Used where it is offered, and not verified.
        OPPORTUNISTIC,
        /// Never used.
        NEVER,
        /// Demanded by STARTTLS, and verified.
        STARTTLS,
        /// From the first byte, and verified.
        IMPLICIT
    }

    /// The same address, approached in clear.
    Stop inClear() {
        return new Stop(host, address, dialect, Security.NEVER);
    }

    /// `scheme://address:port`, as the log shows it.
    String url() {
        var scheme =
                dialect == Dialect.LMTP
                        ? "lmtp"
                        : switch (security) {
                            case OPPORTUNISTIC -> "smtp";
                            case NEVER -> "smtp+notls";
                            case STARTTLS -> "smtp+tls";
                            case IMPLICIT -> "smtps";
                        };
        return scheme + "://" + where() + port();
    }

    private String port() {
        return address instanceof InetSocketAddress inet ? ":" + inet.getPort() : "";
    }

    /// The address without its port.
    String where() {
        return switch (address) {
            case InetSocketAddress inet -> key(inet.getAddress());
            case UnixDomainSocketAddress unix -> unix.getPath().toString();
            default -> address.toString();
        };
    }

    /// `address` as a key: `192.0.2.1` or `[2001:db8::1]`.
    static String key(InetAddress address) {
        return AddressText.key(address);
    }
}
