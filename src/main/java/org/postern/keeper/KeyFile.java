package org.postern.keeper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads keys and certificates in PEM. What is thrown names the file, and never what is in it.
final class KeyFile {
    /// The longest file that is read, in bytes.
    private static final int MAX_FILE = 1 << 20;

    /// What nobody but the owner may do with a key, but that its group may read it.
    private static final int FORBIDDEN = 0037;

    private KeyFile() {}

    /// The private key in the file at `path`: PKCS#8, PKCS#1 or SEC1; RSA, elliptic curve or
    /// Ed25519.
    ///
    /// @throws IOException if it cannot be read, is no such key, is encrypted, or if others than
    ///   its owner, root or this user, could read or change it
    static PrivateKey privateKey(Path path) throws IOException {
        checkPrivacy(path);
        var blocks = Pem.blocks(read(path));
        var key =
                blocks.stream().filter(block -> block.label().endsWith("PRIVATE KEY")).findFirst();
        if (key.isEmpty()) {
            throw new IOException(path + ": no private key in it");
        }
        if (key.get().isEncrypted()) {
            throw new IOException(path + ": the private key is encrypted");
        }
        byte[] encoded = {};
        try {
            encoded = pkcs8(path, key.get(), blocks);
            return decode(path, encoded);
        } catch (IllegalArgumentException _) {
            throw new IOException(path + ": the private key is not base64");
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static byte[] pkcs8(Path path, Pem.Block key, List<Pem.Block> blocks)
            throws IOException {
        var bytes = key.bytes();
        return switch (key.label()) {
            case "PRIVATE KEY" -> bytes;
            case "RSA PRIVATE KEY" -> Der.ofPkcs1(bytes);
            case "EC PRIVATE KEY" ->
                    Der.ofSec1(
                            bytes,
                            Der.curveOf(bytes)
                                    .or(() -> curve(blocks))
                                    .orElseThrow(
                                            () ->
                                                    new IOException(
                                                            path + ": the key names no curve")));
            default -> throw new IOException(path + ": what is a " + key.label() + "?");
        };
    }

    private static Optional<byte[]> curve(List<Pem.Block> blocks) {
        return blocks.stream()
                .filter(block -> block.label().equals("EC PARAMETERS"))
                .map(Pem.Block::bytes)
                .filter(Der::isObjectIdentifier)
                .findFirst();
    }

    private static PrivateKey decode(Path path, byte[] pkcs8) throws IOException {
        for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // Of another kind: what was thrown may quote the key, so it goes no further.
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
        throw new IOException(path + ": neither an RSA nor an EC nor an Ed25519 private key");
    }

    /// The certificates in the file at `path`, the server's own first.
    static List<X509Certificate> chain(Path path) throws IOException {
        var text = read(path);
        try {
            var certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(certificatesOf(text)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (certificates.isEmpty()) {
                throw new IOException(path + ": no certificate in it");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    /// The certificates alone: a file may hold the key too.
    private static byte[] certificatesOf(String text) {
        var pem = new StringBuilder();
        for (var block : Pem.blocks(text)) {
            if (block.label().equals("CERTIFICATE")) {
                pem.append("-----BEGIN CERTIFICATE-----\n")
                        .append(block.text())
                        .append("-----END CERTIFICATE-----\n");
            }
        }
        return pem.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Do these belong together?
    static boolean belongs(PrivateKey key, X509Certificate certificate) {
        try {
            var probe =
                    "does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);
            var name =
                    switch (key.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> "Ed25519";
                    };
            var signing = java.security.Signature.getInstance(name);
            signing.initSign(key);
            signing.update(probe);
            var checking = java.security.Signature.getInstance(name);
            checking.initVerify(certificate.getPublicKey());
            checking.update(probe);
            return checking.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void checkPrivacy(Path path) throws IOException {
        int mode = number(path, "unix:mode");
        int owner = number(path, "unix:uid");
        if (owner != 0 && owner != number(Path.of("/proc/self"), "unix:uid")) {
            throw new IOException(path + ": owned by uid " + owner + ", who is not root");
        }
        if ((mode & FORBIDDEN) != 0) {
            throw new IOException(
                    path
                            + ": mode 0"
                            + Integer.toOctalString(mode & 07777)
                            + " lets others at it; 0740 is the most a private key may have");
        }
    }

    private static int number(Path path, String attribute) throws IOException {
        return (Integer) Files.getAttribute(path, attribute);
    }

    private static String read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + ": no such file, or not a regular one");
        }
        try (var in = Files.newInputStream(path)) {
            var bytes = in.readNBytes(MAX_FILE + 1);
            if (bytes.length > MAX_FILE) {
                throw new IOException(path + ": more than " + MAX_FILE + " bytes");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
