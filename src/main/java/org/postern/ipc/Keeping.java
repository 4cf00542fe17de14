package org.postern.ipc;

import java.util.List;
import org.postern.mail.Chunk;

/// Private keys at work: what `front` asks `keeper`. The keys themselves never travel.
///
///     front: Sign                                keeper: Signed | Refused
///     front: Certificates | Authorities          keeper: Chain | Refused
public sealed interface Keeping {
    /// Sign `content` with the key called `key`, which is the SHA-256 of its public key in hex, by
    /// the JCA signature `algorithm` with the parameters that its name implies.
    record Sign(String key, Algorithm algorithm, Chunk content) implements Keeping {}

    /// Show the certificates of the pki named `pki`.
    record Certificates(String pki) implements Keeping {}

    /// Show the certificates of the ca named `ca`.
    record Authorities(String ca) implements Keeping {}

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

    /// What `keeper` answers.
    sealed interface Answer {
        /// The signature.
        record Signed(Chunk signature) implements Answer {}

        /// The certificates, DER: of a pki the server's own first.
        record Chain(List<Chunk> certificates) implements Answer {}

        /// There is no such key, or it cannot do this.
        record Refused(String why) implements Answer {}
    }

    /// The frames that `front` sends.
    static Frames<Keeping> frames() {
        return Frames.of(Keeping.class);
    }

    /// The frames that `keeper` sends.
    static Frames<Answer> answers() {
        return Frames.of(Answer.class);
    }
}
