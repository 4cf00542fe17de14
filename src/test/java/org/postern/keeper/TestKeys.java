package org.postern.keeper;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;

/// Makes keys with certificates that sign themselves, and writes them as PEM.
public final class TestKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final String COMMON_NAME = "0603550403";
    private static final String ALTERNATIVE_NAMES = "0603551d11";
    private static final String VERSION_3 = "a003020102";
    private static final String SERIAL = "020101";

    /// From 2020 to 2049.
    private static final String VALIDITY =
            "301e170d3230303130313030303030305a170d3439313233313233353935395a";

    private TestKeys() {}

    /// Kinds of keys.
    public enum Kind {
        /// RSA with 2048 bits.
        RSA("SHA384withRSA", "300d06092a864886f70d01010c0500"),
        /// The curve P-256.
        EC("SHA384withECDSA", "300a06082a8648ce3d040303"),
        /// The curve P-384.
        EC384("SHA384withECDSA", "300a06082a8648ce3d040303"),
        /// Ed25519.
        ED25519("Ed25519", "300506032b6570");

        private final String algorithm;
        private final String identifier;

        Kind(String algorithm, String identifier) {
            this.algorithm = algorithm;
            this.identifier = identifier;
        }

        private KeyPair keys() throws GeneralSecurityException {
            var generator =
                    KeyPairGenerator.getInstance(
                            switch (this) {
                                case RSA -> "RSA";
                                case EC, EC384 -> "EC";
                                case ED25519 -> "Ed25519";
                            });
            switch (this) {
                case RSA -> generator.initialize(2048);
                case EC -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                case EC384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
                case ED25519 -> {}
            }
            return generator.generateKeyPair();
        }
    }

    /// A key and its certificate.
    public record Pair(PrivateKey key, Certificate certificate) {}

    /// A new key for `localhost`.
    public static Pair make(Kind kind) throws GeneralSecurityException {
        return make(kind, "localhost", "localhost");
    }

    /// A new key whose certificate calls it `subject`, and is good for these hosts.
    public static Pair make(Kind kind, String subject, String... hosts)
            throws GeneralSecurityException {
        var keys = kind.keys();
        var name = name(subject);
        var facts =
                tagged(
                        SEQUENCE,
                        hex(VERSION_3),
                        hex(SERIAL),
                        hex(kind.identifier),
                        name,
                        hex(VALIDITY),
                        name,
                        keys.getPublic().getEncoded(),
                        tagged(0xa3, tagged(SEQUENCE, alternatives(hosts))));
        var signing = Signature.getInstance(kind.algorithm);
        signing.initSign(keys.getPrivate());
        signing.update(facts);
        var signature = tagged(0x03, new byte[] {0}, signing.sign());
        var bytes = tagged(SEQUENCE, facts, hex(kind.identifier), signature);
        var certificate =
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(bytes));
        return new Pair(keys.getPrivate(), certificate);
    }

    private static byte[] name(String subject) {
        var text = tagged(0x0c, subject.getBytes(StandardCharsets.US_ASCII));
        return tagged(SEQUENCE, tagged(0x31, tagged(SEQUENCE, hex(COMMON_NAME), text)));
    }

    private static byte[] alternatives(String... hosts) {
        var names = new ByteArrayOutputStream();
        for (var host : hosts) {
            names.writeBytes(tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
        }
        var list = tagged(SEQUENCE, names.toByteArray());
        return tagged(SEQUENCE, hex(ALTERNATIVE_NAMES), tagged(OCTETS, list));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    /// The DER of these parts under one tag.
    private static byte[] tagged(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (var part : parts) {
            content.writeBytes(part);
        }
        var all = new ByteArrayOutputStream();
        all.write(tag);
        if (content.size() >= 0x100) {
            all.write(0x82);
            all.write(content.size() >> 8);
        } else if (content.size() >= 0x80) {
            all.write(0x81);
        }
        all.write(content.size());
        all.writeBytes(content.toByteArray());
        return all.toByteArray();
    }

    /// A PEM block.
    public static String pem(String label, byte[] bytes) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END "
                + label
                + "-----\n";
    }

    /// Writes `text` to a file that only its owner may use.
    public static Path write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
