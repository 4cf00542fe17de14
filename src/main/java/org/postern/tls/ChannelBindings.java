package org.postern.tls;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLSession;
import org.postern.mail.Chunk;

/// What makes a TLS connection unlike any other (RFC 5056), seen from the server: a client that
/// logs in can show that its connection ends here, and nowhere in between.
public final class ChannelBindings {
    /// The ways that can be had, by their names.
    private static final List<String> NAMES = List.of("tls-exporter", "tls-server-end-point");

    private static final String LABEL = "EXPORTER-Channel-Binding";
    private static final int EXPORTED = 32;

    /// At most one.
    private final List<SSLSession> sessions;

    private ChannelBindings(List<SSLSession> sessions) {
        this.sessions = sessions;
    }

    /// The bindings of a connection whose handshake is over.
    public static ChannelBindings of(SSLSession session) {
        return new ChannelBindings(List.of(session));
    }

    /// The bindings of a connection that has none.
    public static ChannelBindings none() {
        return new ChannelBindings(List.of());
    }

    /// Is there any?
    public boolean isAny() {
        return NAMES.stream().anyMatch(name -> by(name).isPresent());
    }

    /// The binding in the way of this name, if there is one.
    public Optional<Chunk> by(String name) {
        if (sessions.isEmpty()) {
            return Optional.empty();
        }
        return switch (name) {
            case "tls-exporter" -> exported(sessions.getFirst());
            case "tls-server-end-point" -> endPoint(sessions.getFirst());
            default -> Optional.empty();
        };
    }

    /// RFC 9266 section 2. TLS 1.2 has none without the extended master secret (RFC 7627).
    private static Optional<Chunk> exported(SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Chunk.handOver(
                            extended.exportKeyingMaterialData(LABEL, new byte[0], EXPORTED)));
        } catch (SSLKeyException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /// RFC 5929 section 4.1. There is none where the certificate was signed with a hash that does
    /// not stand alone, as by Ed25519.
    private static Optional<Chunk> endPoint(SSLSession session) {
        var shown = session.getLocalCertificates();
        if (shown == null || shown.length == 0 || !(shown[0] instanceof X509Certificate own)) {
            return Optional.empty();
        }
        try {
            var digest = digest(own);
            return digest.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            Chunk.handOver(
                                    MessageDigest.getInstance(digest.get())
                                            .digest(own.getEncoded())));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> digest(X509Certificate certificate)
            throws GeneralSecurityException {
        var signed = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signed.equals("RSASSA-PSS")) {
            return pssDigest(certificate);
        }
        int with = signed.indexOf("WITH");
        if (with < 0) {
            return Optional.empty();
        }
        var hash = signed.substring(0, with);
        return switch (hash) {
            case "MD5", "SHA1" -> Optional.of("SHA-256");
            case "SHA224", "SHA256", "SHA384", "SHA512" -> Optional.of("SHA-" + hash.substring(3));
            default -> Optional.empty();
        };
    }

    private static Optional<String> pssDigest(X509Certificate certificate)
            throws GeneralSecurityException {
        var encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return Optional.empty();
        }
        try {
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            var digest = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
            return Optional.of(digest.equals("SHA-1") ? "SHA-256" : digest);
        } catch (java.io.IOException | InvalidParameterSpecException e) {
            return Optional.empty();
        }
    }
}
