package org.postern.keeper;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
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
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.config.Authority;
import org.postern.config.Config;
import org.postern.config.Pki;
import org.postern.ipc.Keeping;
import org.postern.mail.Chunk;
import org.postern.smtp.ScramKeys;
import org.postern.tls.remote.KeyName;

/// The keys of a configuration, read and checked: an immutable snapshot.
final class KeyRing {
    /// The most that is signed at once, in bytes: more than any handshake asks for.
    static final int LONGEST = 64 * 1024;

    /// The certificates of a ca.
    private record Voucher(Stamp stamp, List<Chunk> certificates) {}

    /// A key with its certificates, and how the files were that they were read from.
    private record Entry(
            Pki pki, List<Stamp> stamps, String name, PrivateKey key, List<Chunk> chain) {}

    private final Config config;
    private final Map<String, Entry> entries;
    private final Map<String, Voucher> vouchers;

    /// By their names between the rooms; the certificates of several pki may have the same key.
    private final Map<String, PrivateKey> keys;

    private KeyRing(Config config, Map<String, Entry> entries, Map<String, Voucher> vouchers) {
        this.config = config;
        this.entries = Map.copyOf(entries);
        this.vouchers = Map.copyOf(vouchers);
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
            entries.put(pki.name(), entry(pki));
        }
        var vouchers = new LinkedHashMap<String, Voucher>();
        for (var authority : config.authorities().values()) {
            vouchers.put(authority.name(), voucher(authority));
        }
        return new KeyRing(config, entries, vouchers);
    }

    /// What became of the files since they were read.
    ///
    /// @param ring with what has changed and can be used
    /// @param changed which pki and ca are other ones in it
    /// @param faults what is wrong with others that have changed, and stay as they are in the ring
    record Renewal(KeyRing ring, List<String> changed, List<String> faults) {
        Renewal {
            changed = List.copyOf(changed);
            faults = List.copyOf(faults);
        }
    }

    /// Looks whether files have changed, and reads those again. A certificate and its key are
    /// renewed one after the other: in between the old ones stay.
    Renewal renewed() {
        var nextEntries = new LinkedHashMap<>(entries);
        var nextVouchers = new LinkedHashMap<>(vouchers);
        var changed = new ArrayList<String>();
        var faults = new ArrayList<String>();
        for (var entry : entries.values()) {
            var pki = entry.pki();
            if (!entry.stamps().equals(stamps(pki))) {
                try {
                    nextEntries.put(pki.name(), entry(pki));
                    changed.add("pki " + pki.name());
                } catch (IOException e) {
                    faults.add(String.valueOf(e.getMessage()));
                }
            }
        }
        for (var authority : config.authorities().values()) {
            var voucher = vouchers.get(authority.name());
            if (voucher != null && !voucher.stamp().equals(Stamp.of(Path.of(authority.path())))) {
                try {
                    nextVouchers.put(authority.name(), voucher(authority));
                    changed.add("ca " + authority.name());
                } catch (IOException e) {
                    faults.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return new Renewal(new KeyRing(config, nextEntries, nextVouchers), changed, faults);
    }

    private static List<Stamp> stamps(Pki pki) {
        return Stream.of(pki.certificate(), pki.key())
                .flatMap(Optional::stream)
                .map(path -> Stamp.of(Path.of(path)))
                .toList();
    }

    /// The stamps come first: what changes while it is read is read again.
    private static Entry entry(Pki pki) throws IOException {
        try {
            var stamps = stamps(pki);
            var file = Path.of(pki.certificate().orElseThrow(() -> new IOException("no cert")));
            var keyFile = Path.of(pki.key().orElseThrow(() -> new IOException("no key")));
            var chain = KeyFile.chain(file);
            var key = KeyFile.privateKey(keyFile);
            if (!KeyFile.belongs(key, chain.getFirst())) {
                throw new IOException(keyFile + ": not the key of the certificate in " + file);
            }
            var name = KeyName.of(chain.getFirst().getPublicKey());
            return new Entry(pki, stamps, name, key, encoded(file, chain));
        } catch (IOException e) {
            throw new IOException("pki " + pki.name() + ": " + e.getMessage(), e);
        }
    }

    private static Voucher voucher(Authority authority) throws IOException {
        var file = Path.of(authority.path());
        var stamp = Stamp.of(file);
        try {
            return new Voucher(stamp, encoded(file, KeyFile.chain(file)));
        } catch (IOException e) {
            throw new IOException("ca " + authority.name() + ": " + e.getMessage(), e);
        }
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

    /// What nobody knows who has not the first of the keys, and which is the same as long as that
    /// is; something new if there is none. Says nothing of the key.
    Chunk secret() {
        return entries.keySet().stream()
                .sorted()
                .findFirst()
                .map(name -> entries.get(name))
                .map(entry -> entry.key().getEncoded())
                .map(key -> ScramKeys.keyed(Chunk.handOver(key), Chunk.of("salts of nobody")))
                .orElseGet(KeyRing::random);
    }

    private static Chunk random() {
        var bytes = new byte[ScramKeys.LENGTH];
        new SecureRandom().nextBytes(bytes);
        return Chunk.handOver(bytes);
    }

    /// The answer to a question.
    Keeping.Answer answer(Keeping question) {
        return switch (question) {
            case Keeping.Certificates(var pki) -> {
                var entry = entries.get(pki);
                yield entry == null ? unknown() : new Keeping.Answer.Chain(entry.chain());
            }
            case Keeping.Authorities(var ca) -> {
                var voucher = vouchers.get(ca);
                yield voucher == null
                        ? new Keeping.Answer.Refused("no such ca")
                        : new Keeping.Answer.Chain(voucher.certificates());
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
