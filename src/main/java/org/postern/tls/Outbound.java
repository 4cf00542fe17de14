package org.postern.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.postern.config.Ciphers;
import org.postern.tls.suite.Suite;

/// TLS towards other hosts. It holds one context for each trust policy, because a context resumes
/// sessions without a second look at the certificate.
public final class Outbound {
    /// Whom we take for the host we wanted.
    public enum Trust {
        /// Anyone: encryption without knowing for whom (RFC 7435).
        ANYONE,
        /// A host whose certificate an authority vouches for that we believe, in the name we
        /// wanted.
        VERIFIED
    }

    private final SSLContext anyone;

    // Guarded by "this"; null until it is needed: to read the authorities takes time and memory.
    private @Nullable SSLContext verified;

    /// What may be agreed on, in the words of Java; a reload changes it for the handshakes after
    /// it.
    private volatile List<String> suites = suites(Ciphers.STANDARD);

    /// Whom to believe.
    private final Believed believed;

    /// The authorities, which are read when they are needed.
    @FunctionalInterface
    private interface Believed {
        TrustManager[] authorities() throws IOException, GeneralSecurityException;
    }

    private Outbound(SSLContext anyone, Believed believed) {
        this.anyone = anyone;
        this.believed = believed;
    }

    /// The TLS of one room, which believes the system's authorities.
    public static Outbound create() {
        return create(Authorities::ofSystem);
    }

    /// The same, but it believes the authorities in a file in PEM.
    public static Outbound believing(Path bundle) {
        return create(() -> Authorities.of(bundle));
    }

    private static Outbound create(Believed believed) {
        try {
            var anyone = SSLContext.getInstance("TLS");
            anyone.init(null, anyone(), new SecureRandom());
            return new Outbound(anyone, believed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    /// From now on, agrees on nothing but `ciphers` and those of TLS 1.3.
    public void adopt(Ciphers ciphers) {
        suites = suites(ciphers);
    }

    private static List<String> suites(Ciphers ciphers) {
        return Stream.concat(Suite.TLS_1_3.stream(), ciphers.suites().stream())
                .map(Suite::javaName)
                .toList();
    }

    /// Shakes hands over `plain`, which is then read and written through what is returned. Closing
    /// that closes `plain`. The caller bounds the time, by closing `plain`.
    ///
    /// @param host the name we wanted, told to the peer (SNI) unless it is an address
    /// @throws IOException if it fails; `plain` is then of no use any more
    public SSLSocket secure(Socket plain, String host, int port, Trust trust) throws IOException {
        var context =
                switch (trust) {
                    case ANYONE -> anyone;
                    case VERIFIED -> verified();
                };
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        var parameters = socket.getSSLParameters();
        parameters.setCipherSuites(suites.toArray(String[]::new));
        if (trust == Trust.VERIFIED) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private synchronized SSLContext verified() throws IOException {
        if (verified == null) {
            try {
                var context = SSLContext.getInstance("TLS");
                context.init(null, believed.authorities(), new SecureRandom());
                verified = context;
            } catch (GeneralSecurityException e) {
                throw new IOException("the authorities cannot be read: " + e.getMessage(), e);
            }
        }
        return verified;
    }

    /// What was agreed on over `socket`, whose handshake is over.
    public static Agreement agreement(SSLSocket socket) {
        return Agreement.of(socket.getSession());
    }

    /// Whom to ask in order to take anyone for the host we wanted.
    static TrustManager[] anyone() {
        return new TrustManager[] {new TrustAnyone()};
    }

    /// Takes anyone for the host we wanted.
    private static final class TrustAnyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
