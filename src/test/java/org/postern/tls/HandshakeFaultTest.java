package org.postern.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Why handshakes fail, as the log says it.
class HandshakeFaultTest {
    @ParameterizedTest
    @CsvSource({
        "'(bad_certificate) Received fatal alert: unknown_ca', the client ended it: unknown ca",
        "'(handshake_failure) no cipher suites in common', no cipher in common",
        "'No available authentication scheme', no certificate of a kind that the client knows",
        "'something new', something new"
    })
    void whatJavaSaysIsPutPlainly(String java, String plain) {
        assertEquals(plain, HandshakeFault.text(new SSLHandshakeException(java)));
    }

    @Test
    void whatIsAtTheBottomComesFirst() {
        assertEquals(
                "nothing can be signed: keeper cannot be asked",
                HandshakeFault.text(
                        caused(
                                new SignatureException(
                                        "of a name", new IOException("keeper cannot be asked")))));
        assertEquals(
                "the client's certificate is not valid: it has expired",
                HandshakeFault.text(
                        caused(
                                new CertificateException(
                                        "PKIX", new CertificateExpiredException("in 1999")))));
        assertEquals(
                "the client's certificate is not valid: it is odd",
                HandshakeFault.text(caused(new CertificateException("it is odd"))));
    }

    private static SSLHandshakeException caused(Exception cause) {
        var failure = new SSLHandshakeException("of a class and a method");
        failure.initCause(cause);
        return failure;
    }
}
