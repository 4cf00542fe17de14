package org.postern.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.mail.Chunk;
import org.postern.mail.Share.Destination.Kind;

/// Seals commands and files of forward files, so that they can travel through the other rooms and
/// lie in the queue, and nobody there can make one up or give it to another user.
///
/// A seal is a HMAC-SHA256 (RFC 2104) over user, kind and text, followed by the text. The key comes
/// from the supervisor and outlives a restart, because envelopes do.
final class Seals {
    private static final int MAC_LENGTH = 32;
    private static final int SHORTEST_SECRET = 16;

    private final SecretKeySpec key;

    /// Seals made and opened with `secret`, of at least 16 bytes.
    Seals(Chunk secret) {
        if (secret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("a secret of " + secret.length() + " bytes");
        }
        this.key = new SecretKeySpec(secret.toArray(), "HmacSHA256");
    }

    /// Seals a command or path that the forward file of `user` names.
    Chunk seal(String user, Kind kind, String text) {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return Chunk.copyOf(
                ByteBuffer.allocate(MAC_LENGTH + bytes.length)
                        .put(mac(user, kind, bytes))
                        .put(bytes)
                        .flip());
    }

    /// What is in a seal; empty if it is not one of ours for this user and kind.
    Optional<String> open(String user, Kind kind, Chunk seal) {
        if (seal.length() < MAC_LENGTH) {
            return Optional.empty();
        }
        var text = seal.slice(MAC_LENGTH, seal.length());
        var made = mac(user, kind, text.toArray());
        return MessageDigest.isEqual(made, seal.slice(0, MAC_LENGTH).toArray())
                ? Optional.of(text.text())
                : Optional.empty();
    }

    private byte[] mac(String user, Kind kind, byte[] text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            var name = user.getBytes(StandardCharsets.UTF_8);
            mac.update(ByteBuffer.allocate(4).putInt(name.length).flip());
            mac.update(name);
            mac.update((byte) (kind == Kind.COMMAND ? 'c' : 'f'));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
