package org.postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.config.Config;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.keeper.TestKeys;
import org.postern.keeper.TestKeys.Kind;
import org.postern.mail.Chunk;
import org.postern.tls.remote.KeyName;
import org.postern.tls.remote.RemoteKeys;

/// Handshakes in memory between a listener and a client that trusts anyone.
class InboundTest {
    private static final Map<String, TestKeys.Pair> PAIRS = new HashMap<>();
    private static Instant now = Instant.parse("2025-03-04T10:11:12Z");
    private final Keys keys = new Keys();

    @BeforeAll
    static void makeKeys() throws Exception {
        RemoteKeys.install();
        PAIRS.put("one", TestKeys.make(Kind.EC, "one.example", "one.example"));
        PAIRS.put(
                "two",
                TestKeys.make(Kind.EC, "other", "two.example", "*.wild.example", "*.example"));
        PAIRS.put("three", TestKeys.make(Kind.EC, "three.example", "localhost"));
        PAIRS.put("onersa", TestKeys.make(Kind.RSA, "one.example", "one.example"));
        PAIRS.put("ed", TestKeys.make(Kind.ED25519, "ed.example", "ed.example"));
    }

    /// Whoever holds the keys; `shown` is what it shows for a pki if not its own.
    private static final class Keys implements KeyHolder {
        private final Map<String, String> shown = new HashMap<>();
        private int asked;

        @Override
        public List<X509Certificate> certificates(String pki) {
            asked++;
            var pair = PAIRS.get(shown.getOrDefault(pki, pki));
            return List.of((X509Certificate) pair.certificate());
        }

        @Override
        public List<X509Certificate> authorities(String ca) {
            return certificates(ca);
        }

        @Override
        public Chunk sign(String key, Algorithm algorithm, Chunk content) throws IOException {
            var pair =
                    PAIRS.values().stream()
                            .filter(one -> KeyName.of(one.certificate().getPublicKey()).equals(key))
                            .findFirst()
                            .orElseThrow(() -> new IOException("no such key"));
            try {
                var name = algorithm.name();
                var signing =
                        Signature.getInstance(
                                name.startsWith("RSASSA")
                                        ? "RSASSA-PSS"
                                        : name.replace("_WITH_", "with"));
                signing.initSign(pair.key());
                if (name.startsWith("RSASSA")) {
                    signing.setParameter(
                            new java.security.spec.PSSParameterSpec(
                                    "SHA-256",
                                    "MGF1",
                                    java.security.spec.MGF1ParameterSpec.SHA256,
                                    32,
                                    1));
                }
                signing.update(content.buffer());
                return Chunk.handOver(signing.sign());
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }

    private Inbound inbound(String options) throws Exception {
        var text = new StringBuilder();
        for (var name : PAIRS.keySet()) {
            text.append("pki " + name + " cert c key k\n");
            text.append("ca " + name + " cert c\n");
        }
        text.append("listen on lo tls-require " + options + "\nmatch for any reject\n");
        var config =
                Config.parse(
                        Sources.of("c", text.toString(), new Host("mx.example.org", List.of())));
        return new Inbound(config.listeners().getFirst(), config, keys, () -> now);
    }

    /// Keys for a client, or none.
    private static KeyManager[] of(String pair) throws Exception {
        var store = java.security.KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var one = PAIRS.get(pair);
        store.setKeyEntry(
                "it",
                one.key(),
                new char[] {'x'},
                new java.security.cert.Certificate[] {one.certificate()});
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[] {'x'});
        return factory.getKeyManagers();
    }

    private static SSLEngine client(String name, KeyManager... keys) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new Anyone()}, null);
        var engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// Shakes hands, and then sends a byte each way, so that failures of TLS 1.3 come out.
    private static void shake(SSLEngine client, SSLEngine server) throws SSLException {
        var toServer = ByteBuffer.allocate(100_000);
        var toClient = ByteBuffer.allocate(100_000);
        boolean said = false;
        for (int turns = 0; turns < 100; turns++) {
            said |= turn(client, toClient, toServer, said ? 0 : 1);
            turn(server, toServer, toClient, 0);
        }
    }

    private static boolean turn(SSLEngine side, ByteBuffer in, ByteBuffer out, int bytes)
            throws SSLException {
        for (var task = side.getDelegatedTask(); task != null; task = side.getDelegatedTask()) {
            task.run();
        }
        boolean over =
                side.getHandshakeStatus()
                        == javax.net.ssl.SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
        int consumed = side.wrap(ByteBuffer.allocate(over ? bytes : 1), out).bytesConsumed();
        in.flip();
        if (in.hasRemaining()) {
            side.unwrap(in, ByteBuffer.allocate(20_000));
        }
        in.compact();
        return consumed > 0;
    }

    private String shown(Inbound inbound, String name) throws Exception {
        var client = client(name);
        shake(client, inbound.engine());
        var certificate = client.getSession().getPeerCertificates()[0];
        return PAIRS.entrySet().stream()
                .filter(entry -> entry.getValue().certificate().equals(certificate))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    @ParameterizedTest
    @CsvSource({
        "'', one",
        "one.example, one",
        "two.example, two",
        "TWO.example, two",
        "a.wild.example, two",
        "a.b.wild.example, one",
        "wild.example, one",
        "localhost, three",
        "other, one",
        "nobody.example, one",
        "127.0.0.1, one"
    })
    void theCertificateIsThatOfTheNameOrElseTheFirst(String name, String pki) throws Exception {
        assertEquals(pki, shown(inbound("pki one pki two pki three"), name));
    }

    @Test
    void ofTwoKindsForOneNameTheClientGetsTheOneItCanDoWith() throws Exception {
        var inbound = inbound("pki one pki onersa protocols tlsv1.2");
        var client = client("one.example");
        var parameters = client.getSSLParameters();
        parameters.setCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
        client.setSSLParameters(parameters);
        shake(client, inbound.engine());
        assertEquals(
                PAIRS.get("onersa").certificate(), client.getSession().getPeerCertificates()[0]);
    }

    @Test
    void aKeyOfEd25519Serves() throws Exception {
        assertEquals("ed", shown(inbound("pki ed"), "ed.example"));
    }

    @ParameterizedTest
    @CsvSource({"tlsv1.2, TLSv1.2", "tlsv1.3, TLSv1.3", "'tlsv1.2,tlsv1.3', TLSv1.3"})
    void theVersionsAreThoseOfTheListener(String said, String agreed) throws Exception {
        var client = client("");
        shake(client, inbound("pki one protocols \"" + said + '"').engine());
        assertEquals(agreed, Agreement.of(client.getSession()).version());
    }

    @Test
    void theCiphersAreThoseOfTheListener() throws Exception {
        var inbound = inbound("pki one protocols tlsv1.2 ciphers \"ECDHE-ECDSA-AES128-SHA256\"");
        var server = inbound.engine();
        shake(client(""), server);
        assertEquals(
                new Agreement("TLSv1.2", "ECDHE-ECDSA-AES128-SHA256", 128, ""),
                Agreement.of(server.getSession()));
    }

    @Test
    void aClientWhoseCertificateIsFromTheAuthorityIsLetIn() throws Exception {
        var server = inbound("verify pki one ca three").engine();
        shake(client("", of("three")), server);
        assertEquals(64, Agreement.of(server.getSession()).fingerprint().length());
    }

    @Test
    void aClientWithAnotherCertificateIsNot() throws Exception {
        var server = inbound("verify pki one ca three").engine();
        var client = client("", of("two"));
        assertThrows(SSLException.class, () -> shake(client, server));
    }

    @Test
    void aClientWithoutACertificateIsNot() throws Exception {
        var server = inbound("verify pki one ca three").engine();
        var client = client("");
        assertThrows(SSLException.class, () -> shake(client, server));
    }

    @Test
    void aRenewedCertificateIsShownSoonAndAHandshakeEndsAsItBegan() throws Exception {
        var inbound = inbound("pki one");
        var begun = inbound.engine();
        keys.shown.put("one", "two");
        now = now.plus(Inbound.FRESH);
        assertEquals("two", shown(inbound, ""));
        var client = client("");
        shake(client, begun);
        assertEquals(PAIRS.get("one").certificate(), client.getSession().getPeerCertificates()[0]);
    }

    @Test
    void theHolderIsNotAskedForEveryHandshake() throws Exception {
        var inbound = inbound("pki one");
        for (int i = 0; i < 5; i++) {
            inbound.makeReady();
        }
        assertEquals(1, keys.asked);
    }

    @ParameterizedTest
    @CsvSource({"one, tlsv1.3", "one, tlsv1.2", "onersa, tlsv1.2", "ed, tlsv1.3"})
    void bothEndsAreBoundAlike(String pki, String version) throws Exception {
        var server = inbound("pki " + pki + " protocols " + version).engine();
        var client = client("");
        shake(client, server);
        var bindings = ChannelBindings.of(server.getSession());
        server.getSession().invalidate();
        var exported =
                ((ExtendedSSLSession) client.getSession())
                        .exportKeyingMaterialData("EXPORTER-Channel-Binding", new byte[0], 32);
        assertEquals(Optional.of(Chunk.handOver(exported)), bindings.by("tls-exporter"));
        assertEquals(Optional.empty(), bindings.by("tls-unique"));
        var shown = (X509Certificate) client.getSession().getPeerCertificates()[0];
        var expected =
                pki.equals("ed")
                        ? Optional.<Chunk>empty()
                        : Optional.of(
                                Chunk.handOver(
                                        MessageDigest.getInstance("SHA-384")
                                                .digest(shown.getEncoded())));
        assertEquals(expected, bindings.by("tls-server-end-point"));
        assertTrue(bindings.isAny());
    }

    /// Trusts anyone.
    private static final class Anyone extends javax.net.ssl.X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
