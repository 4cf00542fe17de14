package org.postern.keeper;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postern.config.Config;
import org.postern.config.Pki;
import org.postern.ipc.Keeping;
import org.postern.mail.Chunk;
import org.postern.tls.remote.KeyName;

/// The keys of a configuration, read and checked: an immutable snapshot.
final class KeyRing {
    /// The most that is signed at once, in bytes: more than any handshake asks for.
    static final int LONGEST = 64 * 1024;

    private record Entry(String name, PrivateKey key, List<Chunk> chain) {}

    private final Map<String, Entry> entries;

    /// By their names between the rooms; the certificates of several pki may have the same key.
    private final Map<String, PrivateKey> keys;

    private KeyRing(Map<String, Entry> entries) {
        this.entries = Map.copyOf(entries);
        var named = new HashMap<String, PrivateKey>();
        entries.values().forEach(entry -> named.put(entry.name(), entry.key()));
        this.keys = Map.copyOf(named);
    }

    /// Reads the keys and certificates that `config` names.
    ///
    /// @throws IOException if one of them is missing, malformed, open to others, or if a key does
    ///   not belong to its certificate; says which
    static KeyRing read(Config config) throws IOException {
        var entries = new LinkedHashMap<String, Entry>();
        for (var pki : config.pki().values()) {
            try {
                entries.put(pki.name(), entry(pki));
            } catch (IOException e) {
                throw new IOException("pki " + pki.name() + ": " + e.getMessage(), e);
            }
        }
        return new KeyRing(entries);
    }

    private static Entry entry(Pki pki) throws IOException {
        var certificate = Path.of(pki.certificate().orElseThrow(() -> new IOException("no cert")));
        var file = Path.of(pki.key().orElseThrow(() -> new IOException("no key")));
        var chain = KeyFile.chain(certificate);
        var key = KeyFile.privateKey(file);
        if (!KeyFile.belongs(key, chain.getFirst())) {
            throw new IOException(file + ": not the key of the certificate in " + certificate);
        }
        var name = KeyName.of(chain.getFirst().getPublicKey());
        return new Entry(name, key, encoded(certificate, chain));
    }

    private static List<Chunk> encoded(Path file, List<X509Certificate> chain) throws IOException {
        var encoded = new ArrayList<Chunk>();
        for (var certificate : chain) {
            try {
                encoded.add(Chunk.handOver(certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
        }
        return List.copyOf(encoded);
    }

    /// Is the key with this name one of them?
    boolean has(String name) {
        return keys.containsKey(name);
    }

    /// How many keys there are.
    int size() {
        return entries.size();
    }

    /// The answer to a question.
    Keeping.Answer answer(Keeping question) {
        return switch (question) {
            case Keeping.Certificates(var pki) -> {
                var entry = entries.get(pki);
                yield entry == null ? unknown() : new Keeping.Answer.Chain(entry.chain());
            }
            case Keeping.Sign(var name, var algorithm, var content) -> {
                var key = keys.get(name);
                yield key == null ? unknown() : sign(key, algorithm, content);
            }
        };
    }

    private static Keeping.Answer unknown() {
        return new Keeping.Answer.Refused("no such key");
    }

    private static Keeping.Answer sign(PrivateKey key, Keeping.Algorithm algorithm, Chunk content) {
        if (content.length() > LONGEST) {
            return new Keeping.Answer.Refused("more than " + LONGEST + " bytes to sign");
        }
        if (!kind(algorithm).equals(key.getAlgorithm())) {
            return new Keeping.Answer.Refused("not a key for " + algorithm);
        }
        try {
            var signature = initialized(algorithm, key);
            signature.update(content.buffer());
            return new Keeping.Answer.Signed(Chunk.handOver(signature.sign()));
        } catch (GeneralSecurityException e) {
            // What was thrown stays here: it could say something of the key.
            return new Keeping.Answer.Refused("the key cannot sign by " + algorithm);
        }
    }

    private static String kind(Keeping.Algorithm algorithm) {
        return switch (algorithm) {
            case RSASSA_PSS_SHA256,
                    RSASSA_PSS_SHA384,
                    RSASSA_PSS_SHA512,
                    SHA256_WITH_RSA,
                    SHA384_WITH_RSA,
                    SHA512_WITH_RSA ->
                    "RSA";
            case SHA256_WITH_ECDSA, SHA384_WITH_ECDSA, SHA512_WITH_ECDSA -> "EC";
            case ED25519 -> "EdDSA";
        };
    }

    private static Signature initialized(Keeping.Algorithm algorithm, PrivateKey key)
            throws GeneralSecurityException {
        return switch (algorithm) {
            case RSASSA_PSS_SHA256 -> pss(key, "SHA-256", 32);
            case RSASSA_PSS_SHA384 -> pss(key, "SHA-384", 48);
            case RSASSA_PSS_SHA512 -> pss(key, "SHA-512", 64);
            case SHA256_WITH_RSA -> initialized("SHA256withRSA", key);
            case SHA384_WITH_RSA -> initialized("SHA384withRSA", key);
            case SHA512_WITH_RSA -> initialized("SHA512withRSA", key);
            case SHA256_WITH_ECDSA -> initialized("SHA256withECDSA", key);
            case SHA384_WITH_ECDSA -> initialized("SHA384withECDSA", key);
            case SHA512_WITH_ECDSA -> initialized("SHA512withECDSA", key);
            case ED25519 -> initialized("Ed25519", key);
        };
    }

    private static Signature initialized(String name, PrivateKey key)
            throws GeneralSecurityException {
        var signature = Signature.getInstance(name);
        signature.initSign(key);
        return signature;
    }

    /// The salt is as long as the digest, as TLS demands (RFC 8446 section 4.2.3). The key comes
    /// first: it decides which provider signs.
    private static Signature pss(PrivateKey key, String digest, int salt)
            throws GeneralSecurityException {
        var signature = initialized("RSASSA-PSS", key);
        signature.setParameter(
                new PSSParameterSpec(
                        digest,
                        "MGF1",
                        new MGF1ParameterSpec(digest),
                        salt,
                        PSSParameterSpec.TRAILER_FIELD_BC));
        return signature;
    }
}
