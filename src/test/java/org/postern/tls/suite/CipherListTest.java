package org.postern.tls.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists of ciphers mean what OpenSSL's ciphers(1) says, as far as we have the ciphers.
class CipherListTest {
    private static List<String> read(String text) {
        return assertInstanceOf(CipherList.Chosen.class, CipherList.read(text)).suites().stream()
                .map(Suite::openSslName)
                .toList();
    }

    @Test
    void everySuiteIsOneOfJavas() throws Exception {
        var java =
                new HashSet<>(
                        Arrays.asList(
                                SSLContext.getDefault()
                                        .getSupportedSSLParameters()
                                        .getCipherSuites()));
        for (var suites : List.of(Suite.TLS_1_2, Suite.TLS_1_3)) {
            for (var suite : suites) {
                assertEquals(true, java.contains(suite.javaName()), suite.javaName());
            }
        }
    }

    @Test
    void aNameMeansItself() {
        assertEquals(
                List.of("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA"),
                read("ECDHE-RSA-AES128-GCM-SHA256:ecdhe-rsa-aes256-sha"));
    }

    @Test
    void wordsThatAreJoinedMeanWhatAllOfThemMean() {
        assertEquals(
                List.of("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"),
                read("ECDHE+aECDSA+AESGCM"));
    }

    @Test
    void whatIsForbiddenDoesNotComeBack() {
        assertEquals(
                List.of("ECDHE-RSA-AES256-GCM-SHA384"),
                read("ECDHE-RSA-AES256-GCM-SHA384:!ECDSA:ECDHE-ECDSA-AES256-GCM-SHA384"));
    }

    @Test
    void whatIsTakenAwayMayComeBack() {
        assertEquals(
                List.of("ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA"),
                read("ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:-AES128:ECDHE-RSA-AES128-SHA"));
    }

    @Test
    void whatIsMovedGoesToTheEnd() {
        assertEquals(
                List.of("ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA"),
                read("ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:+AES256"));
    }

    @Test
    void strengthSorts() {
        assertEquals(
                List.of("ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA"),
                read("ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:@STRENGTH"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default",
                "secure",
                "compat",
                "legacy",
                "all",
                "insecure",
                "HIGH:!aNULL:!MD5",
                "HIGH:MEDIUM:!RC4:!3DES:!kRSA",
                "TLSv1.2",
                "TLSv1.3:HIGH",
                "TLS_AES_256_GCM_SHA384",
                "HIGH:!AES256-SHA:!DES-CBC3-SHA"
            })
    void whatPeopleWriteIsUnderstood(String text) {
        assertInstanceOf(CipherList.Chosen.class, CipherList.read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HIHG", "AES256-SHA", "HIGH:@SECLEVEL=3", "HIGH:!aNUL", "ECDHE+FOO"})
    void whatWeDoNotHaveIsNamed(String text) {
        assertInstanceOf(CipherList.Unknown.class, CipherList.read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RC4", "HIGH:!ALL", "3DES:MD5", ""})
    void nothingLeftIsAMistake(String text) {
        assertEquals(new CipherList.Empty(), CipherList.read(text));
    }

    @Test
    void theStandardKeepsForwardSecrecy() {
        assertEquals(
                List.of(),
                read("HIGH:!aNULL").stream()
                        .filter(name -> !name.startsWith("ECDHE-") && !name.startsWith("DHE-"))
                        .toList());
    }
}
