package org.postern.front.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.ExtendedSSLSession;

/// A client of SCRAM-SHA-256 that shares nothing with the server. As bindings it knows `n`, `y`,
/// the names of RFC 5929 and RFC 9266, and `elsewhere`, which is that of another connection.
final class ScramClient {
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";

    private final String user;
    private final String password;
    private final String header;
    private final byte[] binding;
    private String signature = "";

    ScramClient(String binding, String user, String password, List<ExtendedSSLSession> sessions) {
        this.user = user;
        this.password = password;
        var type = binding.equals("elsewhere") ? "tls-exporter" : binding;
        this.header = (type.length() == 1 ? type : "p=" + type) + ",,";
        try {
            this.binding =
                    switch (binding) {
                        case "tls-exporter" ->
                                sessions.getFirst()
                                        .exportKeyingMaterialData(
                                                "EXPORTER-Channel-Binding", new byte[0], 32);
                        case "tls-server-end-point" -> endPoint(sessions.getFirst());
                        case "elsewhere" -> new byte[32];
                        default -> new byte[0];
                    };
        } catch (GeneralSecurityException | javax.net.ssl.SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] endPoint(ExtendedSSLSession session)
            throws GeneralSecurityException, javax.net.ssl.SSLException {
        var shown = (X509Certificate) session.getPeerCertificates()[0];
        var hash = shown.getSigAlgName().startsWith("SHA384") ? "SHA-384" : "SHA-256";
        return MessageDigest.getInstance(hash).digest(shown.getEncoded());
    }

    private String bare() {
        return "n=" + user + ",r=" + NONCE;
    }

    /// What it says first.
    String first() {
        return encoded(bytes(header + bare()));
    }

    /// What it says to a reply; nothing to one that ends the exchange.
    Optional<String> answer(String reply) {
        if (!reply.startsWith("334 ")) {
            return Optional.empty();
        }
        var challenge =
                new String(
                        Base64.getDecoder().decode(reply.substring(4)),
                        StandardCharsets.ISO_8859_1);
        if (challenge.startsWith("v=")) {
            return Optional.of(challenge.equals(signature) ? "" : "*");
        }
        var parts = challenge.split(",");
        try {
            return Optional.of(last(challenge, parts[0], parts[1], parts[2]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String last(String challenge, String nonce, String salt, String iterations)
            throws GeneralSecurityException {
        var spec =
                new PBEKeySpec(
                        password.toCharArray(),
                        Base64.getDecoder().decode(salt.substring(2)),
                        Integer.parseInt(iterations.substring(2)),
                        256);
        var salted =
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(spec)
                        .getEncoded();
        var channel = new byte[header.length() + binding.length];
        System.arraycopy(bytes(header), 0, channel, 0, header.length());
        System.arraycopy(binding, 0, channel, header.length(), binding.length);
        var unproved = "c=" + encoded(channel) + "," + nonce;
        var said = bytes(bare() + "," + challenge + "," + unproved);
        var key = hmac(salted, bytes("Client Key"));
        var proof = hmac(MessageDigest.getInstance("SHA-256").digest(key), said);
        for (int i = 0; i < proof.length; i++) {
            proof[i] ^= key[i];
        }
        signature = "v=" + encoded(hmac(hmac(salted, bytes("Server Key")), said));
        return encoded(bytes(unproved + ",p=" + encoded(proof)));
    }

    private static byte[] hmac(byte[] key, byte[] content) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String encoded(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
