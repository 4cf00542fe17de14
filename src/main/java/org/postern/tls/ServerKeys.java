package org.postern.tls;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.postern.tls.remote.RemoteKey;
import org.postern.tls.remote.Signer;

/// The certificates of a listener, and which of them a client is shown: an immutable snapshot.
///
/// A client that asks for a host by name (RFC 6066 section 3) is shown the first certificate for
/// that name whose kind of key it can do with, and otherwise the first of all.
///
/// Java asks up to sixty times in a handshake, and the same name may be asked for in words of an
/// older session; so the name that counts is kept with the connection, by a [Wish].
final class ServerKeys extends X509ExtendedKeyManager {
    /// One certificate with its key, which is elsewhere.
    private record Credential(RemoteKey key, List<X509Certificate> chain, CertifiedNames names) {}

    /// The name that the client of one connection asks for. Any name will do, as OpenSMTPD has it:
    /// a mail server is rarely asked for by the name it has.
    static final class Wish extends SNIMatcher {
        private volatile String name = "";

        Wish() {
            super(StandardConstants.SNI_HOST_NAME);
        }

        @Override
        public boolean matches(SNIServerName wanted) {
            name =
                    new String(wanted.getEncoded(), StandardCharsets.ISO_8859_1)
                            .toLowerCase(Locale.ROOT);
            return true;
        }
    }

    private final List<Credential> credentials;

    private ServerKeys(List<Credential> credentials) {
        this.credentials = List.copyOf(credentials);
    }

    /// The keys of these certificate chains, with which `signer` signs.
    ///
    /// @throws InvalidKeyException if one is of a kind that TLS does not sign with
    static ServerKeys of(List<List<X509Certificate>> chains, Signer signer)
            throws InvalidKeyException {
        var credentials = new ArrayList<Credential>();
        for (var chain : chains) {
            var own = chain.getFirst();
            credentials.add(
                    new Credential(
                            RemoteKey.of(own.getPublicKey(), signer),
                            chain,
                            CertifiedNames.of(own)));
        }
        return new ServerKeys(credentials);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String kind, Principal @Nullable [] issuers, SSLEngine engine) {
        var name = wish(engine);
        boolean known = false;
        for (int i = 0; i < credentials.size(); i++) {
            if (!name.isEmpty() && credentials.get(i).names().cover(name)) {
                known = true;
                if (isOf(kind, i)) {
                    return Integer.toString(i);
                }
            }
        }
        return !known && isOf(kind, 0) ? "0" : null;
    }

    private boolean isOf(String kind, int index) {
        return kind.equals(credentials.get(index).key().getAlgorithm());
    }

    private static String wish(SSLEngine engine) {
        for (var matcher : engine.getSSLParameters().getSNIMatchers()) {
            if (matcher instanceof Wish wish) {
                return wish.name;
            }
        }
        return "";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return credential(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credential(alias).key();
    }

    private Credential credential(String alias) {
        return credentials.get(Integer.parseInt(alias));
    }

    @Override
    public String[] getServerAliases(String kind, Principal @Nullable [] issuers) {
        return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(
            String kind, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String[] getClientAliases(String kind, Principal @Nullable [] issuers) {
        return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] kinds, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
