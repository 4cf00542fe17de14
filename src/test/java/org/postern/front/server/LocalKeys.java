package org.postern.front.server;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.postern.keeper.TestKeys;
import org.postern.mail.Chunk;
import org.postern.tls.KeyHolder;
import org.postern.tls.remote.RemoteKeys;

/// A key on an elliptic curve for `localhost` that is here and not in another room, under whatever
/// name of a pki; or nobody who could be asked.
final class LocalKeys implements KeyHolder {
    private static final TestKeys.Pair PAIR = make();

    private final boolean away;

    private LocalKeys(boolean away) {
        this.away = away;
    }

    static LocalKeys here() {
        return new LocalKeys(false);
    }

    static LocalKeys away() {
        return new LocalKeys(true);
    }

    /// A client that trusts this key alone.
    static SSLContext client() throws GeneralSecurityException, IOException {
        var anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("it", PAIR.certificate());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static TestKeys.Pair make() {
        RemoteKeys.install();
        try {
            return TestKeys.make(TestKeys.Kind.EC);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public List<X509Certificate> certificates(String pki) throws IOException {
        if (away) {
            throw new IOException("nobody hears at keeper/room.sock");
        }
        return List.of((X509Certificate) PAIR.certificate());
    }

    @Override
    public List<X509Certificate> authorities(String ca) throws IOException {
        return certificates(ca);
    }

    @Override
    public Chunk sign(String key, Algorithm algorithm, Chunk content) throws IOException {
        try {
            var signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(PAIR.key());
            signature.update(content.buffer());
            return Chunk.handOver(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
