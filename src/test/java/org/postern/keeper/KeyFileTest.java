package org.postern.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.keeper.TestKeys.Kind;

/// Which private keys are read, and which are not.
class KeyFileTest {
    @TempDir static Path folder;
    private static TestKeys.Pair rsa;
    private static TestKeys.Pair ec;
    private static TestKeys.Pair ed;

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = TestKeys.make(Kind.RSA);
        ec = TestKeys.make(Kind.EC);
        ed = TestKeys.make(Kind.ED25519);
    }

    private static Path file(String text) throws IOException {
        return TestKeys.write(Files.createTempFile(folder, "key", ".pem"), text);
    }

    private static String refusal(Path file) {
        return assertThrows(IOException.class, () -> KeyFile.privateKey(file)).getMessage();
    }

    /// What PKCS#8 wraps: the last octet string of it, for these keys.
    private static byte[] unwrapped(byte[] pkcs8, int headerLength) {
        return Arrays.copyOfRange(pkcs8, headerLength, pkcs8.length);
    }

    @Test
    void pkcs8HoldsKeysOfEachKind() throws IOException {
        for (var pair : new TestKeys.Pair[] {rsa, ec, ed}) {
            var key =
                    KeyFile.privateKey(file(TestKeys.pem("PRIVATE KEY", pair.key().getEncoded())));
            assertTrue(KeyFile.belongs(key, (X509Certificate) pair.certificate()));
        }
    }

    @Test
    void pkcs1IsAnRsaKey() throws IOException {
        var pkcs1 = unwrapped(rsa.key().getEncoded(), 26);
        var key = KeyFile.privateKey(file(TestKeys.pem("RSA PRIVATE KEY", pkcs1)));
        assertEquals(rsa.key(), key);
    }

    @Test
    void sec1IsAnEcKeyOnTheCurveThatStandsBeforeIt() throws IOException {
        var curve = new byte[] {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
        var sec1 = unwrapped(ec.key().getEncoded(), 28);
        var text = TestKeys.pem("EC PARAMETERS", curve) + TestKeys.pem("EC PRIVATE KEY", sec1);
        assertTrue(
                KeyFile.belongs(
                        KeyFile.privateKey(file(text)), (X509Certificate) ec.certificate()));
    }

    @Test
    void sec1IsAnEcKeyOnTheCurveItNamesItself() throws IOException {
        var curve = new byte[] {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};
        var sec1 = unwrapped(ec.key().getEncoded(), 28);
        var number = Arrays.copyOfRange(sec1, 7, 39);
        var named = new java.io.ByteArrayOutputStream();
        named.writeBytes(new byte[] {0x30, 0x31, 2, 1, 1, 4, 0x20});
        named.writeBytes(number);
        named.writeBytes(new byte[] {(byte) 0xa0, 0x0a});
        named.writeBytes(curve);
        var key = KeyFile.privateKey(file(TestKeys.pem("EC PRIVATE KEY", named.toByteArray())));
        assertTrue(KeyFile.belongs(key, (X509Certificate) ec.certificate()));
    }

    @Test
    void aKeyMayStandBesideItsCertificate() throws Exception {
        var text =
                TestKeys.pem("CERTIFICATE", ec.certificate().getEncoded())
                        + TestKeys.pem("PRIVATE KEY", ec.key().getEncoded());
        assertEquals(ec.key(), KeyFile.privateKey(file(text)));
        assertEquals(ec.certificate(), KeyFile.chain(file(text)).getFirst());
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, yes",
        "rwxr-----, yes",
        "r--------, yes",
        "rw-rw----, no",
        "rwxr-x---, no",
        "rw-r--r--, no",
        "rw-----w-, no"
    })
    void othersMayNotUseTheFileOfAKey(String mode, String accepted) throws IOException {
        var file = file(TestKeys.pem("PRIVATE KEY", ec.key().getEncoded()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        if (accepted.equals("yes")) {
            assertEquals(ec.key(), KeyFile.privateKey(file));
        } else {
            assertTrue(refusal(file).contains("lets others at it"));
        }
    }

    @Test
    void aStrangersFileIsNoKey() throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "only root can give files away");
        var file = file(TestKeys.pem("PRIVATE KEY", ec.key().getEncoded()));
        Files.setAttribute(file, "unix:uid", 12345);
        assertTrue(refusal(file).endsWith("owned by uid 12345, who is not root"));
    }

    @Test
    void anEncryptedKeyIsNamedSo() throws IOException {
        assertTrue(
                refusal(file(TestKeys.pem("ENCRYPTED PRIVATE KEY", new byte[] {1})))
                        .endsWith("the private key is encrypted"));
    }

    @Test
    void aFileWithoutAKeyIsNamedSo() throws IOException {
        assertTrue(refusal(file("hello\n")).endsWith("no private key in it"));
        assertTrue(refusal(folder.resolve("missing")).contains("missing"));
    }

    @Test
    void whatIsThrownDoesNotQuoteTheKey() throws IOException {
        var bytes = new byte[200];
        Arrays.fill(bytes, (byte) 0x41);
        var message = refusal(file(TestKeys.pem("PRIVATE KEY", bytes)));
        assertTrue(message.endsWith("neither an RSA nor an EC nor an Ed25519 private key"));
    }

    @Test
    void aKeyBelongsToItsOwnCertificateOnly() throws Exception {
        var other = TestKeys.make(Kind.EC);
        assertFalse(KeyFile.belongs(ec.key(), (X509Certificate) other.certificate()));
        assertFalse(KeyFile.belongs(ec.key(), (X509Certificate) rsa.certificate()));
    }
}
