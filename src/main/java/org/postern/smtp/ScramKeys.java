package org.postern.smtp;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.mail.Chunk;

/// What is kept of a password for SCRAM-SHA-256 (RFC 7677, RFC 5802 section 3): enough to see that
/// a client has it, and not enough to be that client.
///
/// @param iterations from [#LEAST_ITERATIONS] to [#MOST_ITERATIONS]
/// @param storedKey 32 bytes
/// @param serverKey 32 bytes
public record ScramKeys(int iterations, Chunk salt, Chunk storedKey, Chunk serverKey) {
    /// What the written form begins with (RFC 5803 section 3).
    public static final String PREFIX = "SCRAM-SHA-256$";

    /// Fewer make guessing too easy (RFC 7677 section 4).
    public static final int LEAST_ITERATIONS = 4096;

    /// More keep a processor busy for seconds.
    public static final int MOST_ITERATIONS = 5_000_000;

    /// The longest salt, in bytes.
    private static final int MOST_SALT = 1024;

    /// How long keys and proofs are, in bytes.
    public static final int LENGTH = 32;

    private static final String HMAC = "HmacSHA256";

    public ScramKeys {
        if (iterations < LEAST_ITERATIONS
                || iterations > MOST_ITERATIONS
                || salt.isEmpty()
                || salt.length() > MOST_SALT
                || storedKey.length() != LENGTH
                || serverKey.length() != LENGTH) {
            throw new IllegalArgumentException("not the keys of SCRAM-SHA-256");
        }
    }

    /// The keys of `password`, which is text in UTF-8 and prepared first (RFC 5802 section 5.1);
    /// one that cannot be prepared is taken as it is.
    public static ScramKeys of(Chunk password, Chunk salt, int iterations) {
        var salted = saltedPassword(prepared(password), salt.toArray(), iterations);
        var client = hmac(salted, Chunk.of("Client Key").toArray());
        return new ScramKeys(
                iterations,
                salt,
                Chunk.handOver(sha256(client)),
                Chunk.handOver(hmac(salted, Chunk.of("Server Key").toArray())));
    }

    /// Reads `SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY`, the last three in base64.
    public static Optional<ScramKeys> parse(String text) {
        var parts =
                text.startsWith(PREFIX)
                        ? text.substring(PREFIX.length()).split("[:$]", -1)
                        : new String[0];
        if (parts.length != 4 || !parts[0].matches("[1-9][0-9]{3,6}")) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new ScramKeys(
                            Integer.parseInt(parts[0]),
                            decoded(parts[1]),
                            decoded(parts[2]),
                            decoded(parts[3])));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The form that [#parse] reads.
    public String text() {
        return PREFIX
                + iterations
                + ':'
                + encoded(salt)
                + '$'
                + encoded(storedKey)
                + ':'
                + encoded(serverKey);
    }

    /// Is this the password? Takes as long as the iterations do.
    public boolean isPassword(Chunk password) {
        if (password.isEmpty()) {
            return false;
        }
        var client = of(password, salt, iterations);
        return MessageDigest.isEqual(client.storedKey.toArray(), storedKey.toArray());
    }

    /// Was `proof` made from the password and from `said`, the AuthMessage?
    public boolean isProof(Chunk said, Chunk proof) {
        if (proof.length() != LENGTH) {
            return false;
        }
        var signature = hmac(storedKey.toArray(), said.toArray());
        var client = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            client[i] = (byte) (proof.at(i) ^ signature[i]);
        }
        return MessageDigest.isEqual(sha256(client), storedKey.toArray());
    }

    /// What shows the client that the server knows the password, too.
    public Chunk signature(Chunk said) {
        return Chunk.handOver(hmac(serverKey.toArray(), said.toArray()));
    }

    private static byte[] prepared(Chunk password) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(password.buffer()).toString();
            return SaslPrep.prepare(text)
                    .filter(one -> !one.isEmpty())
                    .map(one -> one.getBytes(StandardCharsets.UTF_8))
                    .orElseGet(password::toArray);
        } catch (CharacterCodingException _) {
            return password.toArray();
        }
    }

    /// Hi(), RFC 5802 section 2.2.
    private static byte[] saltedPassword(byte[] password, byte[] salt, int iterations) {
        var block = Arrays.copyOf(salt, salt.length + 4);
        block[block.length - 1] = 1;
        try {
            var mac = mac(password);
            var last = mac.doFinal(block);
            var result = last.clone();
            for (int i = 1; i < iterations; i++) {
                last = mac.doFinal(last);
                for (int k = 0; k < LENGTH; k++) {
                    result[k] ^= last[k];
                }
            }
            return result;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    private static Mac mac(byte[] key) throws GeneralSecurityException {
        var mac = Mac.getInstance(HMAC);
        mac.init(new SecretKeySpec(key, HMAC));
        return mac;
    }

    private static byte[] hmac(byte[] key, byte[] content) {
        try {
            return mac(key).doFinal(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    /// HMAC-SHA-256 of `content` (RFC 2104).
    public static Chunk keyed(Chunk key, Chunk content) {
        return Chunk.handOver(hmac(key.toArray(), content.toArray()));
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static Chunk decoded(String base64) {
        return Chunk.handOver(Base64.getDecoder().decode(base64));
    }

    private static String encoded(Chunk bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }

    /// Never the keys.
    @Override
    public String toString() {
        return "ScramKeys[" + iterations + " iterations]";
    }
}
