package org.postern.delivery;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.postern.mail.Chunk;
import org.postern.mail.Share.Destination.Kind;

/// Seals commands and files of forward files, so that they can travel through the other rooms and
/// lie in the queue, and nobody there can make one up, give it to another user or another action,
/// or read it: forward files may be private.
///
/// A seal is AES-256 in Galois/Counter Mode over the text, bound to its owner; its nonce, which
/// stands in front, is taken from a HMAC-SHA256 (RFC 2104) over all of it, so that equal texts make
/// equal seals. The keys are derived from a secret of the supervisor, which outlives a restart,
/// because envelopes do.
final class Seals {
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;
    private static final int SHORTEST_SECRET = 16;

    private final SecretKeySpec naming;
    private final SecretKeySpec hiding;

    /// Whose a sealed text is. The same name may be other people's in another userbase: the action,
    /// which decides that, and the uid that it found are part of it.
    record Owner(String action, String user, int uid) {}

    /// Seals made and opened with `secret`, of at least 16 bytes.
    Seals(Chunk secret) {
        if (secret.length() < SHORTEST_SECRET) {
            throw new IllegalArgumentException("a secret of " + secret.length() + " bytes");
        }
        var root = new SecretKeySpec(secret.toArray(), "HmacSHA256");
        try {
            this.naming = new SecretKeySpec(mac(root, bytes("seal name")), "HmacSHA256");
            this.hiding = new SecretKeySpec(mac(root, bytes("seal cipher")), "AES");
        } catch (GeneralSecurityException e) {
            throw unknown(e);
        }
    }

    /// Seals a command or path that the forward file of `owner` names.
    Chunk seal(Owner owner, Kind kind, String text) {
        var label = label(owner, kind);
        var plain = text.getBytes(StandardCharsets.ISO_8859_1);
        try {
            var nonce = Arrays.copyOf(mac(naming, label, plain), NONCE_LENGTH);
            var hidden = cipher(Cipher.ENCRYPT_MODE, nonce, label).doFinal(plain);
            return Chunk.copyOf(
                    ByteBuffer.allocate(NONCE_LENGTH + hidden.length)
                            .put(nonce)
                            .put(hidden)
                            .flip());
        } catch (GeneralSecurityException e) {
            throw unknown(e);
        }
    }

    /// What is in a seal; empty if it is not one of ours for this owner and kind.
    Optional<String> open(Owner owner, Kind kind, Chunk seal) {
        if (seal.length() < NONCE_LENGTH) {
            return Optional.empty();
        }
        var nonce = seal.slice(0, NONCE_LENGTH).toArray();
        try {
            var plain =
                    cipher(Cipher.DECRYPT_MODE, nonce, label(owner, kind))
                            .doFinal(seal.slice(NONCE_LENGTH, seal.length()).toArray());
            return Optional.of(new String(plain, StandardCharsets.ISO_8859_1));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw unknown(e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] label) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, hiding, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(label);
        return cipher;
    }

    private static byte[] label(Owner owner, Kind kind) {
        var action = bytes(owner.action());
        var user = bytes(owner.user());
        return ByteBuffer.allocate(13 + action.length + user.length)
                .put((byte) (kind == Kind.COMMAND ? 'c' : 'f'))
                .putInt(owner.uid())
                .putInt(action.length)
                .put(action)
                .putInt(user.length)
                .put(user)
                .array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// A MAC over the parts; all but the last have a length that they tell themselves.
    private static byte[] mac(SecretKeySpec key, byte[]... parts) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        for (var part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }

    private static IllegalStateException unknown(GeneralSecurityException e) {
        return new IllegalStateException("every JDK has HmacSHA256 and AES/GCM", e);
    }
}
