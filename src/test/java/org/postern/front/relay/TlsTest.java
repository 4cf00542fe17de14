package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.front.relay.Plan.Naming;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;

/// TLS on the way out.
class TlsTest {
    @TempDir private static Path folder;
    private static SSLContext tls;

    private static final String OFFER =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250-next.example
            S: 250 STARTTLS
            C: STARTTLS
            """;

    private static final String HELLO =
            """
            C: EHLO here.example
            S: 250 next.example
            """;

    private static final String MAIL =
            """
            C: MAIL FROM:<ann@example.net>
            S: 250 Ok
            C: RCPT TO:<bob@example.org>
            S: 250 Ok
            C: DATA
            S: 354 go on
            C: Hello.
            C: .
            S: 250 2.0.0 taken
            """;

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = PeerTls.make(folder, "next.example").context();
    }

    @Test
    void tlsIsUsedWhereItIsOfferedAndNotVerified() throws Exception {
        try (var peer =
                ScriptedPeer.withTls(tls, OFFER + "S: 220 go ahead\n[tls]\n" + HELLO + MAIL)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    mailer.send("Hello.\n", "bob@example.org"));
            mailer.connections.close();
            peer.played();
            assertTrue(
                    mailer.log.stream()
                            .anyMatch(
                                    line ->
                                            line.matches(
                                                    "[0-9a-f]{16} mta tls"
                                                            + " ciphers=TLSv1.3:TLS_[A-Z0-9_]+:256")),
                    mailer.log.toString());
            assertTrue(
                    mailer.log.stream()
                            .anyMatch(
                                    line ->
                                            line.matches(
                                                    ".* mta cert-check result=\"unverified\""
                                                            + " fingerprint=\"SHA256:[0-9a-f]{64}\"")),
                    mailer.log.toString());
        }
    }

    @Test
    void whatComesBeforeTheHandshakeEndsTheSession() throws Exception {
        try (var peer = ScriptedPeer.plays(OFFER + "S: 220 go ahead\nS: 250 injected\n")) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Deferred 4.4.1: Network error on destination MXs: 127.0.0.1:"
                            + " Remote host sent too much data\n",
                    mailer.send("Hello.\n", "bob@example.org"));
        }
    }

    @Test
    void whereTheHandshakeFailsTheMessageGoesInClear() throws Exception {
        try (var peer =
                ScriptedPeer.withTls(
                        SSLContext.getDefault(),
                        OFFER + "S: 220 go ahead\n[tls]\n",
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250-next.example
                        S: 250 STARTTLS
                        """
                                + MAIL)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    mailer.send("Hello.\n", "bob@example.org"));
            assertEquals(2, peer.connections());
            assertTrue(
                    mailer.log.stream()
                            .anyMatch(
                                    line ->
                                            line.contains(
                                                    "opportunistic TLS failed, downgrading to"
                                                            + " plain")),
                    mailer.log.toString());
        }
    }

    @Test
    void whereStartTlsIsRefusedTheMessageGoesInClear() throws Exception {
        try (var peer = ScriptedPeer.plays(OFFER + "S: 454 not now\n" + MAIL)) {
            var mailer = new Mailer(Mailer.to(peer));
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    mailer.send("Hello.\n", "bob@example.org"));
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void whereTlsIsNotWantedItIsNotUsed() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: EHLO here.example
                        S: 250-next.example
                        S: 250 STARTTLS
                        """
                                + MAIL)) {
            var mailer = new Mailer(Mailer.to(Dialect.SMTP, Security.NEVER, Naming.RELAY, peer));
            mailer.send("Hello.\n", "bob@example.org");
            mailer.connections.close();
            peer.played();
        }
    }

    @Test
    void whereTlsIsDemandedACertificateThatNobodyVouchesForDefers() throws Exception {
        try (var peer = ScriptedPeer.withTls(tls, OFFER + "S: 220 go ahead\n[tls]\n")) {
            var mailer = new Mailer(Mailer.to(Dialect.SMTP, Security.STARTTLS, Naming.RELAY, peer));
            assertTrue(
                    mailer.send("Hello.\n", "bob@example.org")
                            .startsWith(
                                    "bob@example.org Deferred 4.4.1: Network error on destination"
                                            + " MXs: 127.0.0.1: TLS failed: "));
        }
    }

    @Test
    void whereTlsIsDemandedAndNotOfferedTheMessageWaits() throws Exception {
        try (var peer = ScriptedPeer.plays("S: 220 next.example\n" + HELLO)) {
            var mailer = new Mailer(Mailer.to(Dialect.SMTP, Security.STARTTLS, Naming.RELAY, peer));
            assertEquals(
                    "bob@example.org Deferred 4.3.2: Destination seem to reject all mails:"
                            + " 127.0.0.1: TLS required but not supported by remote host\n",
                    mailer.send("Hello.\n", "bob@example.org"));
        }
    }
}
