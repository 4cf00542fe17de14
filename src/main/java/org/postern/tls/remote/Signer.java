package org.postern.tls.remote;

import java.io.IOException;
import org.postern.mail.Chunk;

/// Whoever holds the private keys.
@FunctionalInterface
public interface Signer {
    /// Signs `content` with the key named `key`. Called on the thread of a TLS handshake, from any
    /// number at once.
    ///
    /// @throws IOException if it cannot be signed, now or ever; the handshake fails
    Chunk sign(String key, Algorithm algorithm, Chunk content) throws IOException;

    /// The signatures that TLS 1.2 and 1.3 ask for (RFC 8446 section 4.2.3).
    enum Algorithm {
        RSASSA_PSS_SHA256,
        RSASSA_PSS_SHA384,
        RSASSA_PSS_SHA512,
        SHA256_WITH_RSA,
        SHA384_WITH_RSA,
        SHA512_WITH_RSA,
        SHA256_WITH_ECDSA,
        SHA384_WITH_ECDSA,
        SHA512_WITH_ECDSA,
        ED25519
    }
}
