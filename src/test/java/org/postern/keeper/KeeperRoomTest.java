package org.postern.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.config.Config;
import org.postern.config.ConfigException;
import org.postern.config.Host;
import org.postern.config.Sources;
import org.postern.front.KeeperSigner;
import org.postern.ipc.Deadlines;
import org.postern.ipc.Inquiry;
import org.postern.ipc.Keeping;
import org.postern.ipc.Place;
import org.postern.ipc.Room;
import org.postern.ipc.RoomLife;
import org.postern.ipc.Users;
import org.postern.keeper.TestKeys.Kind;
import org.postern.log.Log;
import org.postern.mail.Chunk;
import org.postern.tls.remote.KeyName;
import org.postern.tls.remote.RemoteKey;
import org.postern.tls.remote.RemoteKeys;

/// The room as `front` knows it: over its socket.
class KeeperRoomTest {
    @TempDir static Path keys;
    @TempDir Path folder;
    private static final List<String> LOG =
            java.util.Collections.synchronizedList(new ArrayList<>());
    private static final Deadlines DEADLINES = new Deadlines();
    private KeeperRoom room;
    private KeeperSigner signer;

    @BeforeAll
    static void makeKeys() throws Exception {
        RemoteKeys.install();
        write("rsa", TestKeys.make(Kind.RSA));
        write("ec", TestKeys.make(Kind.EC));
        write("ec384", TestKeys.make(Kind.EC384));
        write("ed", TestKeys.make(Kind.ED25519));
    }

    private static void write(String name, TestKeys.Pair pair) throws Exception {
        TestKeys.write(
                keys.resolve(name + ".key"), TestKeys.pem("PRIVATE KEY", pair.key().getEncoded()));
        TestKeys.write(
                keys.resolve(name + ".crt"),
                TestKeys.pem("CERTIFICATE", pair.certificate().getEncoded()));
    }

    private static Config config(String... names) throws ConfigException {
        var text = new StringBuilder();
        for (var name : names) {
            text.append("pki " + name + " cert \"" + keys.resolve(name + ".crt") + "\"\n");
            text.append("pki " + name + " key \"" + keys.resolve(name + ".key") + "\"\n");
        }
        text.append("action \"home\" maildir\nmatch for any action \"home\"\n");
        return Config.parse(
                Sources.of("smtpd.conf", text.toString(), new Host("mx.example.org", List.of())));
    }

    private RoomLife.Circumstances circumstances(Config config, UserPrincipal front) {
        var users = new EnumMap<Room, UserPrincipal>(Room.class);
        Arrays.stream(Room.values()).forEach(one -> users.put(one, front));
        return new RoomLife.Circumstances(
                new Place(folder.resolve("smtpd.conf"), folder, folder),
                config,
                new Log((_, line) -> LOG.add(line)),
                DEADLINES,
                new Users(users, front),
                Set.of(),
                org.postern.ipc.Leash.Arrival.ALONE,
                Chunk.EMPTY);
    }

    private UserPrincipal me() throws IOException {
        return Files.getOwner(folder);
    }

    private Path socket() {
        return folder.resolve("keeper").resolve("room.sock");
    }

    @BeforeEach
    void start() throws Exception {
        Files.createDirectory(folder.resolve("keeper"));
        room = new KeeperRoom(circumstances(config("rsa", "ec", "ec384", "ed"), me()));
        room.start();
        signer = new KeeperSigner(socket(), DEADLINES, 4);
    }

    @AfterEach
    void stop() {
        signer.close();
        room.stop(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, rsa",
        "TLSv1.2, rsa",
        "TLSv1.3, ec",
        "TLSv1.2, ec",
        "TLSv1.3, ec384",
        "TLSv1.2, ec384",
        "TLSv1.3, ed",
        "TLSv1.2, ed"
    })
    void tlsSignsWithAKeyThatIsInTheKeeper(String protocol, String pki) throws Exception {
        assertEquals("hello", saidOverTls(protocol, pki));
    }

    private String saidOverTls(String protocol, String pki) throws Exception {
        var chain = signer.certificates(pki);
        var key = RemoteKey.of(chain.getFirst().getPublicKey(), signer);
        var server = SSLContext.getInstance("TLS");
        server.init(new KeyManager[] {new OneKey(key, chain)}, null, null);
        try (var listening =
                (SSLServerSocket)
                        server.getServerSocketFactory()
                                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setSoTimeout(20_000);
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (var socket = (SSLSocket) listening.accept()) {
                                    socket.setSoTimeout(20_000);
                                    socket.getOutputStream()
                                            .write("hello".getBytes(StandardCharsets.US_ASCII));
                                } catch (IOException e) {
                                    LOG.add("tls: " + e);
                                }
                            });
            try (var socket =
                    (SSLSocket)
                            trusting(chain.getFirst())
                                    .getSocketFactory()
                                    .createSocket(
                                            listening.getInetAddress(), listening.getLocalPort())) {
                socket.setSoTimeout(20_000);
                socket.setEnabledProtocols(new String[] {protocol});
                assertEquals(protocol, socket.getSession().getProtocol());
                return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            }
        }
    }

    private static SSLContext trusting(X509Certificate certificate) throws Exception {
        var anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, null);
        anchors.setCertificateEntry("it", certificate);
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(anchors);
        var client = SSLContext.getInstance("TLS");
        client.init(null, factory.getTrustManagers(), null);
        return client;
    }

    @Test
    void otherSignaturesAreMadeAsEver() throws Exception {
        var pair = TestKeys.make(Kind.RSA);
        var signing = Signature.getInstance("SHA256withRSA");
        signing.initSign(pair.key());
        signing.update(new byte[] {1, 2, 3});
        var checking = Signature.getInstance("SHA256withRSA");
        checking.initVerify(pair.certificate());
        checking.update(new byte[] {1, 2, 3});
        assertTrue(checking.verify(signing.sign()));
    }

    @Test
    void anUnknownKeySignsNothing() throws IOException {
        var question = new Keeping.Sign("other", Keeping.Algorithm.SHA256_WITH_RSA, Chunk.of("x"));
        assertInstanceOf(Keeping.Answer.Refused.class, answer(question));
        assertInstanceOf(Keeping.Answer.Refused.class, answer(new Keeping.Certificates("other")));
    }

    @Test
    void aKeySignsOnlyInItsOwnWay() throws IOException {
        var question =
                new Keeping.Sign(nameOf("ec"), Keeping.Algorithm.SHA256_WITH_RSA, Chunk.of("x"));
        assertEquals(new Keeping.Answer.Refused("not a key for SHA256_WITH_RSA"), answer(question));
    }

    @Test
    void whatIsLongerThanAHandshakeIsNotSigned() throws IOException {
        var content = Chunk.handOver(new byte[KeyRing.LONGEST + 1]);
        var question = new Keeping.Sign(nameOf("ec"), Keeping.Algorithm.SHA256_WITH_ECDSA, content);
        assertInstanceOf(Keeping.Answer.Refused.class, answer(question));
    }

    private String nameOf(String pki) throws IOException {
        return KeyName.of(signer.certificates(pki).getFirst().getPublicKey());
    }

    private Keeping.Answer answer(Keeping question) throws IOException {
        try (var inquiry =
                new Inquiry<>(socket(), Keeping.frames(), Keeping.answers(), DEADLINES, 1)) {
            return inquiry.ask(question, Duration.ofSeconds(20));
        }
    }

    @Test
    void aRestartedKeeperIsAskedAgain() throws Exception {
        signer.certificates("ec");
        room.stop(Duration.ZERO);
        room = new KeeperRoom(circumstances(config("ec"), me()));
        room.start();
        assertEquals(1, signer.certificates("ec").size());
    }

    @Test
    void aKeeperThatIsAwayIsAnErrorThatNamesIt() {
        room.stop(Duration.ZERO);
        assertThrows(IOException.class, () -> signer.certificates("ec"));
    }

    @Test
    void aReloadBringsOtherKeys() throws Exception {
        room.reload(config("ed"));
        assertEquals(1, signer.certificates("ed").size());
        assertThrows(IOException.class, () -> signer.certificates("ec"));
    }

    @Test
    void theKeyOfBeforeSignsForAWhile() throws Exception {
        var name = nameOf("ec");
        room.reload(config("ed"));
        var question = new Keeping.Sign(name, Keeping.Algorithm.SHA256_WITH_ECDSA, Chunk.of("x"));
        assertInstanceOf(Keeping.Answer.Signed.class, answer(question));
    }

    @Test
    void aBadKeyAtReloadChangesNothing() throws Exception {
        Files.copy(keys.resolve("ec.crt"), keys.resolve("mixed.crt"));
        Files.copy(keys.resolve("ec384.key"), keys.resolve("mixed.key"));
        var message =
                assertThrows(IOException.class, () -> room.reload(config("mixed"))).getMessage();
        assertTrue(message.contains("mixed.key: not the key of the certificate in"), message);
        assertEquals(1, signer.certificates("ec").size());
    }

    @Test
    void aStrangerIsNotHeard() throws Exception {
        room.stop(Duration.ZERO);
        var stranger =
                FileSystems.getDefault()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("54321");
        room = new KeeperRoom(circumstances(config("ec"), stranger));
        room.start();
        assertThrows(IOException.class, () -> signer.certificates("ec"));
    }

    @Test
    void theLogHoldsNothingOfAKey() throws Exception {
        signer.certificates("ec");
        for (var file : List.of("ec.key", "rsa.key")) {
            var lines = Files.readAllLines(keys.resolve(file));
            assertTrue(LOG.stream().noneMatch(line -> line.contains(lines.get(1))));
        }
    }

    /// Always the same key.
    private record OneKey(PrivateKey key, List<X509Certificate> chain) implements X509KeyManager {
        @Override
        public String[] getClientAliases(String kind, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseClientAlias(
                String[] kind, Principal[] issuers, java.net.Socket socket) {
            return null;
        }

        @Override
        public String[] getServerAliases(String kind, Principal[] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String chooseServerAlias(String kind, Principal[] issuers, java.net.Socket socket) {
            return kind.equals(key.getAlgorithm()) ? "key" : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }
}
