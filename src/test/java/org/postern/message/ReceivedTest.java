package org.postern.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;
import org.postern.message.Received.Source;

/// The Received field in its variations.
class ReceivedTest {
    private static final Instant NOW = Instant.parse("2025-03-04T10:11:12Z");
    private static final Mailbox BOB = new Mailbox("bob", "example.org");
    private static final Mailbox CAROL = new Mailbox("carol", "example.org");
    private static final Origin.Security PLAIN = new Origin.Security.Plain();

    private static String field(
            String address,
            String name,
            Origin.Security security,
            Source source,
            Mailbox... recipients) {
        var login = new Origin.Login.Anonymous();
        var origin =
                new Origin("mx.example.org", "", address, name, "helo.example", login, security);
        return new Received(
                        origin, "ESMTP", List.of(recipients), NOW, source, Received.Login.UNSAID, 0)
                .field(new MessageId(42))
                .replace(MailDate.of(NOW), "DATE");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, client.example, client.example [192.0.2.1]",
        "[2001:db8::1], client.example, client.example [2001:db8::1]",
        "[fe80::1%eth0], <unknown>, <unknown> [fe80::1%eth0]",
        "127.0.0.1, localhost, localhost [127.0.0.1]",
        "local, mx.example.org, mx.example.org [local]"
    })
    void itSaysWhereFrom(String address, String name, String said) {
        assertEquals(
                "Received: from helo.example ("
                        + said
                        + ")\n\tby mx.example.org (Postern) with ESMTP id 0000002a"
                        + "\n\tfor <bob@example.org>;\n\tDATE\n",
                field(address, name, PLAIN, Source.SHOWN, BOB));
    }

    @Test
    void aMaskedClientIsNotInIt() {
        assertEquals(
                "Received: \n\tby mx.example.org (Postern) with ESMTP id 0000002a"
                        + "\n\tfor <bob@example.org>;\n\tDATE\n",
                field("192.0.2.1", "client.example", PLAIN, Source.MASKED, BOB));
    }

    @Test
    void severalRecipientsAreNotNamedToEachOther() {
        assertEquals(
                "Received: \n\tby mx.example.org (Postern) with ESMTP id 0000002a;\n\tDATE\n",
                field("192.0.2.1", "x", PLAIN, Source.MASKED, BOB, CAROL));
    }

    @Test
    void itSaysHowTheConnectionWasProtected() {
        for (var peer : Origin.Security.Peer.values()) {
            var tls = new Origin.Security.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", 256, peer);
            var said = field("192.0.2.1", "x", tls, Source.SHOWN, BOB);
            var word = peer == Origin.Security.Peer.VERIFIED ? "YES" : "NO";
            assertTrue(
                    said.contains(
                            " id 0000002a (TLSv1.3:TLS_AES_256_GCM_SHA384:256:" + word + ")\n"),
                    said);
        }
    }

    @Test
    void theLongestNamesStayOnLinesThatAreAllowed() {
        var name = "a.".repeat(126) + "a";
        var helo = "b.".repeat(126) + "b";
        var origin =
                new Origin(
                        name,
                        "",
                        "[2001:db8:1111:2222:3333:4444:5555:6666]",
                        name,
                        helo,
                        new Origin.Login.Anonymous(),
                        PLAIN);
        var recipient = new Mailbox("l".repeat(64), "d.".repeat(90) + "d");
        var field =
                new Received(
                                origin,
                                "ESMTP",
                                List.of(recipient),
                                NOW,
                                Source.SHOWN,
                                Received.Login.UNSAID,
                                0)
                        .field(new MessageId(42));
        assertTrue(field.lines().allMatch(line -> line.length() <= 998), field);
    }

    private static final Origin.Security TLS =
            new Origin.Security.Tls("TLSv1.3", "C", 256, Origin.Security.Peer.UNVERIFIED);

    private static String named(Origin.Login login, Origin.Security security) {
        var origin = new Origin("mx.example.org", "", "192.0.2.1", "x", "y", login, security);
        return new Received(origin, "P", List.of(), NOW, Source.MASKED, Received.Login.NAMED, 0)
                .field(new MessageId(42))
                .replace(MailDate.of(NOW), "DATE")
                .replace("Received: \n\tby mx.example.org (Postern) with P id 0000002a", "");
    }

    @Test
    void itMaySayWhoHasLoggedIn() {
        assertEquals(
                " (TLSv1.3:C:256:NO) auth=yes user=alice@example.org;\n\tDATE\n",
                named(new Origin.Login.As("alice@example.org"), TLS));
        assertEquals(" auth=yes user=alice;\n\tDATE\n", named(new Origin.Login.As("alice"), PLAIN));
        assertEquals(
                " (TLSv1.3:C:256:NO) auth=no;\n\tDATE\n", named(new Origin.Login.Anonymous(), TLS));
        assertEquals(";\n\tDATE\n", named(new Origin.Login.Anonymous(), PLAIN));
    }

    @Test
    void aLoginCannotLookLikeTheRestOfIt() {
        assertEquals(
                " auth=yes user=a+20(b+29+3B+C3+A9;\n\tDATE\n".replace("(b", "+28b"),
                named(new Origin.Login.As("a (b);é"), PLAIN));
    }

    @Test
    void itSaysThePriorityUnlessThatIsTheUsualOne() {
        var origin =
                new Origin(
                        "mx.example.org",
                        "",
                        "192.0.2.1",
                        "x",
                        "y",
                        new Origin.Login.Anonymous(),
                        PLAIN);
        var field =
                new Received(
                                origin,
                                "P",
                                List.of(BOB),
                                NOW,
                                Source.MASKED,
                                Received.Login.UNSAID,
                                -9)
                        .field(new MessageId(42));
        assertTrue(field.contains("\n\tfor <bob@example.org>\n\tPRIORITY -9;\n\t"), field);
    }
}
