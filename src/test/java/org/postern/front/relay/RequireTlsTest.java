package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.front.relay.Plan.Naming;
import org.postern.front.relay.Stop.Dialect;
import org.postern.front.relay.Stop.Security;
import org.postern.mail.Carriage;
import org.postern.mail.Envelope;
import org.postern.mail.MessageFacts;
import org.postern.mail.Share;
import org.postern.tls.Outbound;

/// Mail that demands TLS for the whole way, RFC 8689 section 4.
class RequireTlsTest {
    private static final String NO_TLS =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250-next.example
            S: 250 REQUIRETLS
            """;

    private static final String TLS =
            """
            S: 220 next.example
            C: EHLO here.example
            S: 250-next.example
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go ahead
            [tls]
            """;

    private static final String MAIL =
            """
            C: EHLO here.example
            S: 250-next.example
            S: 250 REQUIRETLS
            C: MAIL FROM:<ann@example.net> REQUIRETLS
            S: 250 Ok
            C: RCPT TO:<bob@example.org>
            S: 250 Ok
            C: DATA
            S: 354 go on
            C: x
            C: .
            S: 250 2.0.0 taken
            """;

    @TempDir static Path folder;
    private static PeerTls ours;
    private static PeerTls strange;
    private static PeerTls misnamed;

    @BeforeAll
    static void makeCertificates() throws Exception {
        ours = PeerTls.make(folder, "next.example");
        misnamed = PeerTls.make(folder, "other.example");
        strange = PeerTls.make(Files.createDirectory(folder.resolve("strange")), "next.example");
    }

    private static List<Envelope> demanding() {
        var plain = Mailer.facts();
        var carriage =
                new Carriage(
                        Carriage.Form.LINES,
                        Set.of(Carriage.Need.TLS),
                        new Carriage.Release.AtOnce());
        var facts =
                new MessageFacts(plain.origin(), plain.sender(), plain.dsnReturn(), "", carriage);
        return List.of(
                Mailer.envelope(
                        1, "bob@example.org", new Share.Destination.Remote(), Set.of(), "", facts));
    }

    private static String outcome(Plan plan) throws Exception {
        return outcome(plan, ours);
    }

    /// What becomes of the mail where `believed` vouches for hosts.
    private static String outcome(Plan plan, PeerTls believed) throws Exception {
        var mailer = new Mailer(plan, Outbound.believing(believed.certificate()));
        var outcome = mailer.send("x\n", demanding());
        mailer.connections.close();
        return outcome.replaceAll("127.0.0.1", "HOST");
    }

    @Test
    void aHostThatProvesItsNameIsToldToGoOnLikeThat() throws Exception {
        try (var peer = ScriptedPeer.withTls(ours.context(), TLS + MAIL)) {
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n", outcome(Mailer.to(peer)));
            peer.played();
        }
    }

    @Test
    void aHostThatDoesNotOfferToGoOnLikeThatGetsNothing() throws Exception {
        var hello = "C: EHLO here.example\nS: 250 next.example\n";
        try (var peer = ScriptedPeer.withTls(ours.context(), TLS + hello)) {
            assertEquals(
                    "bob@example.org Failed 5.7.30: TLS is required, and the next hop does not"
                            + " offer REQUIRETLS\n",
                    outcome(Mailer.to(peer)));
        }
    }

    @Test
    void aHostForWhichNobodyVouchesGetsNothing() throws Exception {
        try (var peer = ScriptedPeer.withTls(strange.context(), TLS)) {
            var outcome = outcome(Mailer.to(peer));
            assertTrue(
                    outcome.startsWith(
                            "bob@example.org Failed 5.7.30: TLS is required: HOST: TLS failed: "),
                    outcome);
        }
    }

    @Test
    void aHostThatProvesAnotherNameGetsNothing() throws Exception {
        try (var peer = ScriptedPeer.withTls(misnamed.context(), TLS)) {
            var outcome = outcome(Mailer.to(peer), misnamed);
            assertTrue(
                    outcome.startsWith(
                            "bob@example.org Failed 5.7.30: TLS is required: HOST: TLS failed: "),
                    outcome);
        }
    }

    @Test
    void aHandshakeThatBreaksIsTriedAgainLater() throws Exception {
        try (var peer = ScriptedPeer.plays(TLS.replace("[tls]\n", "") + "[close]\n")) {
            var outcome = outcome(Mailer.to(peer));
            assertTrue(outcome.startsWith("bob@example.org Deferred 4.4.1: "), outcome);
        }
    }

    @Test
    void ofSeveralHostsTheOneThatCanGetsIt() throws Exception {
        try (var without = ScriptedPeer.plays(NO_TLS);
                var with = ScriptedPeer.withTls(ours.context(), TLS + MAIL)) {
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    outcome(Mailer.to(without, with)));
            without.played();
            with.played();
        }
    }

    @Test
    void aHostThatIsAwayMayBeTheOneThatCan() throws Exception {
        try (var away = ScriptedPeer.plays("S: 421 busy\n[close]\n");
                var without = ScriptedPeer.plays(NO_TLS)) {
            var outcome = outcome(Mailer.to(away, without));
            assertTrue(outcome.startsWith("bob@example.org Deferred 4."), outcome);
        }
    }

    @Test
    void soMayOneThatIsAwayAfterwards() throws Exception {
        try (var without = ScriptedPeer.plays(NO_TLS);
                var away = ScriptedPeer.plays("S: 421 busy\n[close]\n")) {
            var outcome = outcome(Mailer.to(without, away));
            assertTrue(outcome.startsWith("bob@example.org Deferred 4."), outcome);
        }
    }

    @Test
    void aHostWithoutTlsGetsNothing() throws Exception {
        try (var peer = ScriptedPeer.plays(NO_TLS)) {
            assertEquals(
                    "bob@example.org Failed 5.7.30: TLS is required: HOST: TLS required but not"
                            + " supported by remote host\n",
                    outcome(Mailer.to(peer)));
            peer.played();
        }
    }

    @Test
    void aHostThatIsNeverApproachedByTlsIsNotTried() throws Exception {
        try (var peer = ScriptedPeer.plays()) {
            assertEquals(
                    "bob@example.org Failed 5.7.30: TLS is required, and the next hop may not use"
                            + " it\n",
                    outcome(Mailer.to(Dialect.SMTP, Security.NEVER, Naming.RELAY, peer)));
            assertEquals(0, peer.connections());
        }
    }

    @Test
    void whatTheDnsSaysIsNotBelieved() throws Exception {
        assertEquals(
                "bob@example.org Failed 5.7.30: TLS is required, and who takes mail for the domain"
                        + " cannot be verified\n",
                outcome(Mailer.byExchangers()));
    }

    @Test
    void aNeighbourThatDeliversForUsIsTheEndOfTheWay() throws Exception {
        try (var peer =
                ScriptedPeer.plays(
                        """
                        S: 220 next.example
                        C: LHLO here.example
                        S: 250 next.example
                        C: MAIL FROM:<ann@example.net>
                        S: 250 Ok
                        C: RCPT TO:<bob@example.org>
                        S: 250 Ok
                        C: DATA
                        S: 354 go on
                        C: Return-Path: <ann@example.net>
                        C: Delivered-To: bob@example.org
                        C: x
                        C: .
                        S: 250 2.0.0 taken
                        """)) {
            assertEquals(
                    "bob@example.org Delivered 2.0.0: 250 2.0.0 taken\n",
                    outcome(
                            Mailer.to(
                                    Dialect.LMTP,
                                    Security.NEVER,
                                    Naming.NEIGHBOUR_BY_MAILBOX,
                                    peer)));
            peer.played();
        }
    }
}
