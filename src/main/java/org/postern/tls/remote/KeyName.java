package org.postern.tls.remote;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.HexFormat;

/// The name of a private key between the rooms: the SHA-256 of its public key, in hex. So nobody
/// shows the certificate of one key and has another sign, whatever is reloaded meanwhile.
public final class KeyName {
    private KeyName() {}

    /// The name of the private key that belongs to `certified`.
    public static String of(PublicKey certified) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(certified.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
