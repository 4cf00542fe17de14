package org.postern.tls;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The authorities that the administrator of this machine trusts: the system's bundle of
/// certificates.
final class Authorities {
    private static final List<Path> BUNDLES =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/ssl/cert.pem"));

    private Authorities() {}

    /// Trust in who the system's bundle vouches for; where there is none, whom Java's own does.
    static TrustManager[] ofSystem() throws IOException, GeneralSecurityException {
        for (var bundle : BUNDLES) {
            if (Files.isReadable(bundle)) {
                return of(bundle);
            }
        }
        return managers(null);
    }

    /// Trust in whom these certificates vouch for, and in nobody if there are none.
    static TrustManager[] of(List<X509Certificate> certificates) throws GeneralSecurityException {
        if (certificates.isEmpty()) {
            return new TrustManager[0];
        }
        var store = empty();
        int number = 0;
        for (var certificate : certificates) {
            store.setCertificateEntry(Integer.toString(number++), certificate);
        }
        return managers(store);
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException("a store of keys cannot be made", e);
        }
    }

    /// Trust in who the certificates of that file vouch for, which are in PEM.
    static TrustManager[] of(Path bundle) throws IOException, GeneralSecurityException {
        var store = empty();
        try (var in = new BufferedInputStream(Files.newInputStream(bundle))) {
            int number = 0;
            for (var certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(number++), certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException(bundle + ": " + e.getMessage(), e);
        }
        return managers(store);
    }

    /// @param store whom to trust; null is Java's own word for its own authorities
    private static TrustManager[] managers(@Nullable KeyStore store)
            throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
