package org.postern.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.postern.tls.suite.Suite;

/// What a handshake agreed on.
///
/// @param version `TLSv1.3` and the like
/// @param cipher in the words of OpenSSL
/// @param bits the length of its key, 0 for a cipher that we do not know
/// @param fingerprint the SHA-256 of the peer's certificate in hex, or empty if it showed none
public record Agreement(String version, String cipher, int bits, String fingerprint) {

    /// What `session`, whose handshake is over, has agreed on.
    public static Agreement of(SSLSession session) {
        var name = session.getCipherSuite();
        var fingerprint = fingerprint(session);
        return Stream.concat(Suite.TLS_1_3.stream(), Suite.TLS_1_2.stream())
                .filter(suite -> suite.javaName().equals(name))
                .findFirst()
                .map(
                        suite ->
                                new Agreement(
                                        session.getProtocol(),
                                        suite.openSslName(),
                                        suite.bits(),
                                        fingerprint))
                .orElseGet(() -> new Agreement(session.getProtocol(), name, 0, fingerprint));
    }

    /// What was agreed on in one word for the log: `TLSv1.3:TLS_AES_256_GCM_SHA384:256`.
    public String ciphers() {
        return version + ':' + cipher + ':' + bits;
    }

    private static String fingerprint(SSLSession session) {
        try {
            var certificates = session.getPeerCertificates();
            var digest = MessageDigest.getInstance("SHA-256").digest(certificates[0].getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (SSLPeerUnverifiedException e) {
            return "";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that passed cannot be read", e);
        }
    }
}
