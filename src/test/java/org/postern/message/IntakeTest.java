package org.postern.message;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;
import org.postern.message.Intake.Fault;
import org.postern.message.Intake.Treatment;

/// What is stored of a header, and which headers are refused.
class IntakeTest {
    private static final Instant NOW = Instant.parse("2025-03-04T10:11:12Z");
    private static final Treatment MENDED =
            new Treatment.Mended("mx.example.org", NOW, "1@x", new Intake.Author.AsWritten());
    private static final Treatment MASQUERADED =
            new Treatment.Mended(
                    "mx.example.org",
                    NOW,
                    "1@x",
                    new Intake.Author.Only(new Mailbox("alice", "example.org")));
    private static final Treatment AS_IT_CAME = new Treatment.AsItCame();

    /// What became of a message.
    record Stored(String text, Fault fault) {}

    private static Stored take(Treatment treatment, String text, int... cuts) throws IOException {
        var out = new ByteArrayOutputStream();
        var intake = new Intake(treatment, (bytes, from, to) -> out.write(bytes, from, to - from));
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int from = 0;
        for (int cut : cuts) {
            intake.take(bytes, from, cut);
            from = cut;
        }
        intake.take(bytes, from, bytes.length);
        var fault = intake.end();
        return new Stored(out.toString(StandardCharsets.ISO_8859_1), fault);
    }

    private static String zone() {
        return MailDate.of(NOW);
    }

    @Test
    void dateAndMessageIdAreAddedToOurOwnMail() throws IOException {
        Assertions.assertEquals(
                "Subject: x\nDate: " + zone() + "\nMessage-ID: <1@x>\n\nbody\n",
                take(MENDED, "Subject: x\n\nbody\n").text());
    }

    @Test
    void dateAndMessageIdAreAddedEvenWithoutHeaderOrBody() throws IOException {
        var added = "Date: " + zone() + "\nMessage-ID: <1@x>\n";
        Assertions.assertEquals(added, take(MENDED, "").text());
        Assertions.assertEquals(added + "\nbody\n", take(MENDED, "\nbody\n").text());
        Assertions.assertEquals("X: y\n" + added, take(MENDED, "X: y\n").text());
    }

    @Test
    void dateAndMessageIdAreKeptInAnyCase() throws IOException {
        var text = "DATE: x\nmessage-id : <y>\n\nbody\n";
        Assertions.assertEquals(text, take(MENDED, text).text());
    }

    @Test
    void blindCopiesAreTakenOutWithTheirContinuations() throws IOException {
        Assertions.assertEquals(
                "Date: x\nMessage-ID: y\nX: z\n\nBcc: in the body\n",
                take(
                                MENDED,
                                "Date: x\n"
                                        + "Bcc: a,\n"
                                        + " b\n"
                                        + "\tc\n"
                                        + "Message-ID: y\n"
                                        + "bCC:\n"
                                        + "X: z\n\n"
                                        + "Bcc: in the body\n")
                        .text());
    }

    @Test
    void foldsStayWhereTheyWere() throws IOException {
        Assertions.assertEquals(
                "Date: x\nMessage-ID: y\nTo: a@mx.example.org,\n\tBee\n  <b@mx.example.org>\n\n",
                take(MENDED, "Date: x\nMessage-ID: y\nTo: a,\n\tBee\n  <b>\n\n").text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "From: alice\nTo: bob\n carol\nBcc: x\n y\n\nbody\nno header\n",
                "\nbody\n",
                "",
                "X: y\n",
                "X: y\n z\nno colon\n\nbody\n",
                " folded\n"
            })
    void anyPiecesGiveTheSame(String text) throws IOException {
        for (var treatment : List.of(MENDED, AS_IT_CAME)) {
            var whole = take(treatment, text);
            for (int first = 0; first <= text.length(); first++) {
                for (int second = first; second <= text.length(); second++) {
                    Assertions.assertEquals(whole, take(treatment, text, first, second));
                }
            }
        }
    }

    @Test
    void somebodyElsesMailStaysAsItCame() throws IOException {
        var text = "From: a\nBcc: b\nTo: c\n d\n\nbody\n\n\n";
        Assertions.assertEquals(new Stored(text, Fault.NONE), take(AS_IT_CAME, text));
    }

    @Test
    void aNameIsShort() throws IOException {
        Assertions.assertEquals(Fault.NONE, take(AS_IT_CAME, "n".repeat(1023) + ": x\n\n").fault());
        Assertions.assertEquals(
                Fault.MALFORMED, take(AS_IT_CAME, "n".repeat(1024) + ": x\n\n").fault());
    }

    @Test
    void anAddressFieldHasAnEnd() throws IOException {
        var line = " " + "a, ".repeat(300) + "\n";
        Assertions.assertEquals(
                Fault.NONE, take(MENDED, "To: x,\n" + line.repeat(70) + "\n").fault());
        Assertions.assertEquals(
                Fault.MALFORMED, take(MENDED, "To: x,\n" + line.repeat(80) + "\n").fault());
        Assertions.assertEquals(
                Fault.NONE, take(AS_IT_CAME, "To: x,\n" + line.repeat(80) + "\n").fault());
    }

    @Test
    void theHundredthHopIsALoop() throws IOException {
        Assertions.assertEquals(
                Fault.NONE, take(AS_IT_CAME, "Received: x\n".repeat(99) + "\n").fault());
        Assertions.assertEquals(
                Fault.LOOP, take(AS_IT_CAME, "received : x\n".repeat(100) + "\n").fault());
        Assertions.assertEquals(
                Fault.NONE, take(AS_IT_CAME, "X: y\n\n" + "Received: x\n".repeat(200)).fault());
    }

    @Test
    void noiseIsTakenOrRefusedButNothingElse() throws IOException {
        for (int seed = 0; seed < 3000; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder();
            for (int i = 0; i < 80; i++) {
                text.append("From: to,cc:bcc\n\n \t\"\\()<>@;:,x\u00ff".charAt(random.nextInt(31)));
            }
            var whole = take(MENDED, text.toString());
            var cuts = random.ints(4, 0, text.length()).sorted().toArray();
            Assertions.assertEquals(whole, take(MENDED, text.toString(), cuts), "seed " + seed);
        }
    }

    @Test
    void datesAreWrittenInEnglishWithTheZone() {
        Assertions.assertEquals(
                "Tue, 4 Mar 2025 10:11:12 +0000 (UTC)", MailDate.of(NOW, ZoneId.of("UTC")));
        Assertions.assertEquals(
                "Tue, 4 Mar 2025 11:11:12 +0100 (CET)",
                MailDate.of(NOW, ZoneId.of("Europe/Berlin")));
        Assertions.assertEquals(
                "Tue, 4 Mar 2025 06:41:12 -0330 (NST)",
                MailDate.of(NOW, ZoneId.of("America/St_Johns")));
    }

    @Test
    void receivedSaysHowTheMessageCame() {
        var origin =
                new Origin(
                        "mx.example.org",
                        "",
                        "[2001:db8::1]",
                        Origin.UNKNOWN_HOST,
                        "client",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Tls(
                                "TLSv1.3",
                                "TLS_AES_256_GCM_SHA384",
                                256,
                                Origin.Security.Peer.UNVERIFIED));
        var field =
                new Received(
                        origin,
                        "ESMTPS",
                        List.of(new Mailbox("bob", "example.org")),
                        NOW,
                        Received.Source.SHOWN,
                        Received.Login.UNSAID,
                        0);
        Assertions.assertEquals(
                "Received: from client (<unknown> [2001:db8::1])\n"
                        + "\tby mx.example.org (Postern) with ESMTPS id 0000002a"
                        + " (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\n"
                        + "\tfor <bob@example.org>;\n\t"
                        + zone()
                        + "\n",
                field.field(new MessageId(42)));
    }

    @Test
    void aMasqueradeIsOfEveryFromAndSenderAndOfNothingElse() throws IOException {
        var head = "Date: x\nMessage-ID: <1>\n";
        Assertions.assertEquals(
                head
                        + "From: \"Ceo\" <alice@example.org>,\n\talice@example.org\n"
                        + "fROM \t                     : alice@example.org\n"
                        + "Sender: alice@example.org\n"
                        + "Reply-To: ceo@big.example\nTo: bob@mx.example.org\n\nFrom: x@y\n",
                take(
                                MASQUERADED,
                                head
                                        + "From: \"Ceo\" <ceo@big.example>,\n\tbob@b.example\n"
                                        + "fROM \t                     : x\n"
                                        + "Sender: ceo@big.example\n"
                                        + "Reply-To: ceo@big.example\nTo: bob\n\nFrom: x@y\n")
                        .text());
    }
}
