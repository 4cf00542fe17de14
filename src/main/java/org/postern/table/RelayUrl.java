package org.postern.table;

import java.util.Locale;
import java.util.Optional;
import org.postern.mail.AddressSyntax;

/// Where to relay to: `[scheme://[label@]]host[:port]`.
///
/// @param label what to look credentials up by; empty if there is none
/// @param host a host name, or an address literal in brackets
/// @param port 1 to 65535
public record RelayUrl(Scheme scheme, String label, String host, int port) {

    /// How to speak with the host.
    public enum Scheme {
        /// STARTTLS where it is offered, not verified.
        SMTP(25),
        /// STARTTLS, demanded and verified.
        SMTP_TLS(25),
        /// Never TLS.
        SMTP_NOTLS(25),
        /// TLS from the first byte, verified.
        SMTPS(465),
        /// LMTP, never TLS; the port has to be given.
        LMTP(0);

        private final int defaultPort;

        Scheme(int defaultPort) {
            this.defaultPort = defaultPort;
        }

        private boolean takesLabel() {
            return this == SMTP_TLS || this == SMTPS;
        }

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '+');
        }

        private static Optional<Scheme> named(String text) {
            for (Scheme scheme : values()) {
                if (scheme.text().equals(AddressSyntax.fold(text))) {
                    return Optional.of(scheme);
                }
            }
            return Optional.empty();
        }
    }

    public RelayUrl {
        if (!AddressSyntax.isDomain(host) || port < 1 || port > 65535) {
            throw new IllegalArgumentException(host + ":" + port);
        }
        if (!label.isEmpty() && !scheme.takesLabel()) {
            throw new IllegalArgumentException("a label with " + scheme.text());
        }
    }

    /// Reads a relay URL, to its end; empty if it is malformed.
    public static Optional<RelayUrl> parse(String text) {
        int end = text.indexOf("://");
        if (end < 0) {
            return parse(Scheme.SMTP, "", text);
        }
        var rest = text.substring(end + 3);
        return Scheme.named(text.substring(0, end))
                .flatMap(
                        scheme -> {
                            int at = rest.indexOf('@');
                            if (at < 0) {
                                return parse(scheme, "", rest);
                            }
                            return at > 0 && scheme.takesLabel()
                                    ? parse(scheme, rest.substring(0, at), rest.substring(at + 1))
                                    : Optional.empty();
                        });
    }

    private static Optional<RelayUrl> parse(Scheme scheme, String label, String rest) {
        int literal = rest.startsWith("[") ? rest.indexOf(']') : 0;
        if (literal < 0) {
            return Optional.empty();
        }
        int colon = rest.indexOf(':', literal);
        var host = colon < 0 ? rest : rest.substring(0, colon);
        int port = colon < 0 ? scheme.defaultPort : port(rest.substring(colon + 1));
        return port > 0 && port <= 65535 && AddressSyntax.isDomain(host)
                ? Optional.of(new RelayUrl(scheme, label, host, port))
                : Optional.empty();
    }

    private static int port(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    }

    /// The URL as a configuration writes it, without its label.
    @Override
    public String toString() {
        return scheme.text() + "://" + host + ":" + port;
    }
}
