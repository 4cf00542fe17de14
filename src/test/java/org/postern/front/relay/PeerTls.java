package org.postern.front.relay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.postern.keeper.TestKeys;

/// The TLS of a next hop.
///
/// @param context its side of a handshake
/// @param certificate its certificate in PEM, which vouches for itself
record PeerTls(SSLContext context, Path certificate) {
    /// A new key for `host`, with its certificate in `folder`.
    static PeerTls make(Path folder, String host) throws Exception {
        var pair = TestKeys.make(TestKeys.Kind.EC, host, host);
        var password = "secret".toCharArray();
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("peer", pair.key(), password, new Certificate[] {pair.certificate()});
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, password);
        var context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        var certificate = folder.resolve(host + ".pem");
        Files.writeString(
                certificate, TestKeys.pem("CERTIFICATE", pair.certificate().getEncoded()));
        return new PeerTls(context, certificate);
    }
}
