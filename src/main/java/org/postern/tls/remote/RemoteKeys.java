package org.postern.tls.remote;

import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Map;
import org.postern.tls.remote.Signer.Algorithm;

/// The provider through which TLS signs with a [RemoteKey]. It offers nothing for any other key,
/// and verifies nothing.
public final class RemoteKeys extends Provider {
    private static final long serialVersionUID = 1;

    /// The name of the provider.
    public static final String NAME = "PosternRemoteKeys";

    private RemoteKeys() {
        super(NAME, "1", "signatures by keys that are in another process");
        offer(
                "RSASSA-PSS",
                digests(
                        Algorithm.RSASSA_PSS_SHA256,
                        Algorithm.RSASSA_PSS_SHA384,
                        Algorithm.RSASSA_PSS_SHA512));
        offer("SHA256withRSA", only(Algorithm.SHA256_WITH_RSA));
        offer("SHA384withRSA", only(Algorithm.SHA384_WITH_RSA));
        offer("SHA512withRSA", only(Algorithm.SHA512_WITH_RSA));
        offer("SHA256withECDSA", only(Algorithm.SHA256_WITH_ECDSA));
        offer("SHA384withECDSA", only(Algorithm.SHA384_WITH_ECDSA));
        offer("SHA512withECDSA", only(Algorithm.SHA512_WITH_ECDSA));
        offer("Ed25519", only(Algorithm.ED25519));
        offer("EdDSA", only(Algorithm.ED25519));
    }

    /// Puts the provider before all others, once for the process: those behind it would take a
    /// remote key for a broken one of their own. Called by the room's main.
    public static void install() {
        if (Security.getProvider(NAME) == null) {
            Security.insertProviderAt(new RemoteKeys(), 1);
        }
    }

    /// The algorithms that a service stands for, by the digest its parameters name.
    private static Map<String, Algorithm> digests(
            Algorithm sha256, Algorithm sha384, Algorithm sha512) {
        return Map.of("SHA-256", sha256, "SHA-384", sha384, "SHA-512", sha512);
    }

    private static Map<String, Algorithm> only(Algorithm algorithm) {
        return Map.of(RemoteSignature.NO_PARAMETERS, algorithm);
    }

    private void offer(String signature, Map<String, Algorithm> algorithms) {
        putService(new Offer(this, signature, algorithms));
    }

    private static final class Offer extends Provider.Service {
        private final String signature;
        private final Map<String, Algorithm> algorithms;

        Offer(Provider provider, String signature, Map<String, Algorithm> algorithms) {
            super(
                    provider,
                    "Signature",
                    signature,
                    RemoteSignature.class.getName(),
                    List.of(),
                    Map.of());
            this.signature = signature;
            this.algorithms = algorithms;
        }

        @Override
        public Object newInstance(Object parameter) {
            return new RemoteSignature(signature, algorithms);
        }

        @Override
        public boolean supportsParameter(Object parameter) {
            return parameter instanceof RemoteKey;
        }
    }
}
