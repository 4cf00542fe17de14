package org.postern.mail;

import java.util.List;

/// Where a message came from: the facts of its session that rules, logs and the Received field may
/// ask about.
///
/// @param smtpName the name under which we greeted
/// @param tag the tag of the listener, or empty
/// @param address the client's address as a key: `local`, `192.0.2.1` or `[2001:db8::1]`
/// @param hostName the client's name in the DNS, or `<unknown>`
/// @param helo what the client called itself, or empty
public record Origin(
        String smtpName,
        String tag,
        String address,
        String hostName,
        String helo,
        Login login,
        Security security) {

    /// The host name of a client that the DNS does not know.
    public static final String UNKNOWN_HOST = "<unknown>";

    /// The address of a client that came through a local socket.
    public static final String LOCAL = "local";

    public Origin {
        if (smtpName.length() > 255 || tag.length() > 64 || hostName.length() > 255) {
            throw new IllegalArgumentException("a name in the origin is too long");
        }
        if (address.isEmpty() || address.length() > 128 || helo.length() > 512) {
            throw new IllegalArgumentException("a malformed address or an overlong HELO");
        }
        for (var text : List.of(smtpName, tag, address, hostName, helo)) {
            if (!AddressSyntax.isLine(text)) {
                throw new IllegalArgumentException("a control character in the origin");
            }
        }
    }

    /// Whether, and as whom, the client logged in.
    public sealed interface Login {
        /// It did not.
        record Anonymous() implements Login {}

        /// It did, as `user`. Mail from the local socket and our own notifications count as logged
        /// in without a name: `user` is empty.
        record As(String user) implements Login {
            public As {
                if (user.length() > 255 || !AddressSyntax.isLine(user)) {
                    throw new IllegalArgumentException("not a login name");
                }
            }
        }
    }

    /// How the connection was protected.
    public sealed interface Security {
        /// Not at all.
        record Plain() implements Security {}

        /// By TLS; `cipher` in the words of the Received field.
        record Tls(String version, String cipher, int bits, Peer peer) implements Security {
            public Tls {
                if (version.length() + cipher.length() > 256
                        || !AddressSyntax.isLine(version + cipher)) {
                    throw new IllegalArgumentException("not a version and a cipher of TLS");
                }
            }
        }

        /// What is known about the client's certificate.
        enum Peer {
            UNVERIFIED,
            VERIFIED
        }
    }

    /// Did the client log in, under whatever name?
    public boolean isAuthenticated() {
        return login instanceof Login.As;
    }

    /// Did it come through a local socket?
    public boolean isLocal() {
        return address.equals(LOCAL);
    }
}
