package org.postern.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// TLS as a program wants it that calls one server once, to see how it answers.
///
/// @param name the name that the certificate must have, and that the server is told (SNI)
/// @param sni whether the server is told the name
/// @param trust whose certificates are believed
/// @param protocols the versions, in Java's words; those that Java likes if there are none
/// @param suites the ciphers, in Java's words; those that Java likes if there are none
public record Caller(
        String name, Sni sni, Trust trust, List<String> protocols, List<String> suites) {

    /// Whether the server is told which name is wanted (RFC 6066 section 3).
    public enum Sni {
        TOLD,
        UNTOLD
    }

    /// Whose certificates are believed.
    public sealed interface Trust {
        /// Anybody's.
        record Anyone() implements Trust {}

        /// Those that the authorities of the system vouch for.
        record OfSystem() implements Trust {}

        /// Those that the authorities in a file vouch for.
        record Bundle(Path file) implements Trust {}
    }

    public Caller {
        protocols = List.copyOf(protocols);
        suites = List.copyOf(suites);
    }

    /// Shakes hands over `plain`, which is then read and written through what is returned.
    ///
    /// @throws IOException if it fails, as when the certificate is not believed
    public SSLSocket secure(Socket plain) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers(), new SecureRandom());
            var socket =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(plain, name, plain.getPort(), true);
            var parameters = socket.getSSLParameters();
            if (!protocols.isEmpty()) {
                parameters.setProtocols(protocols.toArray(String[]::new));
            }
            if (!suites.isEmpty()) {
                parameters.setCipherSuites(suites.toArray(String[]::new));
            }
            if (!(trust instanceof Trust.Anyone)) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            parameters.setServerNames(
                    sni == Sni.TOLD && isName() ? List.of(new SNIHostName(name)) : List.of());
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("TLS: " + e.getMessage(), e);
        }
    }

    private boolean isName() {
        return !org.postern.mail.AddressSyntax.isInet4(name)
                && !org.postern.mail.AddressSyntax.isInet6(name);
    }

    private TrustManager[] managers() throws IOException, GeneralSecurityException {
        return switch (trust) {
            case Trust.Anyone() -> Outbound.anyone();
            case Trust.OfSystem() -> Authorities.ofSystem();
            case Trust.Bundle(var file) -> Authorities.of(file);
        };
    }
}
