package org.postern.front.srs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.front.srs.Srs.Reading;
import org.postern.mail.Mailbox;

/// Rewritten senders, and the way back.
class SrsTest {
    /// Day 1 of the 1024: `AB`.
    private static final Instant AB = Instant.EPOCH.plus(Duration.ofDays(19 * 1024 + 1));

    private static final String ALICE = "SRS0=P4EH=AB=orig.example=alice@fwd.example";
    private static final String AGAIN =
            "SRS1=ChQP=fwd.example==P4EH=AB=orig.example=alice@second.example";

    private static Srs srs(String... keys) {
        return at(AB, keys);
    }

    private static Srs at(Instant now, String... keys) {
        return new Srs(List.of(keys), Duration.ofDays(4), () -> now);
    }

    private static Mailbox mailbox(String text) {
        return Mailbox.parse(text).orElseThrow();
    }

    private static String read(Srs srs, String recipient) {
        return switch (srs.read(mailbox(recipient))) {
            case Reading.Decoded(var mailbox) -> mailbox.toString();
            case Reading.Undecodable(var why) -> why;
            case Reading.Ordinary() -> "ordinary";
        };
    }

    @Test
    void aSenderGetsOurDomain() {
        assertEquals(
                ALICE, srs("k3y").rewrite(mailbox("alice@orig.example"), "fwd.example").toString());
    }

    @Test
    void aRewrittenSenderIsWrappedOnce() {
        var srs = srs("k3y");
        assertEquals(AGAIN, srs.rewrite(mailbox(ALICE), "second.example").toString());
        assertEquals(
                mailbox(AGAIN),
                srs("k3y")
                        .rewrite(
                                mailbox("srs0=P4EH=AB=orig.example=alice@fwd.example"),
                                "second.example"));
    }

    @Test
    void aSenderThatWasWrappedIsSignedAnew() {
        var third = srs("other").rewrite(mailbox(AGAIN), "third.example");
        assertEquals(
                "fwd.example==P4EH=AB=orig.example=alice",
                third.localPart().substring("SRS1=HHHH=".length()));
        assertEquals("third.example", third.domain());
        assertEquals(ALICE, read(srs("other"), third.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=", "+", "-"})
    void theHashOfAnotherMayEndDifferently(String end) {
        var sender = mailbox("SRS1=abcd" + end + "h.example==REST@second.example");
        assertEquals(
                "h.example==REST",
                srs("k3y").rewrite(sender, "third.example").localPart().substring(10));
    }

    @Test
    void whatComesBackIsTheSender() {
        assertEquals("alice@orig.example", read(srs("k3y"), ALICE));
        assertEquals(ALICE, read(srs("k3y"), AGAIN));
    }

    @Test
    void theNewKeySignsAndTheOldIsBelieved() {
        assertEquals("alice@orig.example", read(srs("new", "k3y"), ALICE));
        assertEquals("the hash is not ours", read(srs("new"), ALICE));
        assertEquals(
                "alice@orig.example",
                read(
                        srs("k3y"),
                        srs("k3y", "new")
                                .rewrite(mailbox("alice@orig.example"), "f.example")
                                .toString()));
    }

    @ParameterizedTest
    @CsvSource({"-1, yes", "0, yes", "4, yes", "5, no", "-2, no", "1020, no", "1024, yes"})
    void aRewrittenSenderGrowsOld(int daysLater, String believed) {
        var later = at(AB.plus(Duration.ofDays(daysLater)), "k3y");
        assertEquals(
                believed.equals("yes") ? "alice@orig.example" : "it is too old",
                read(later, ALICE));
        assertEquals(believed.equals("yes") ? ALICE : "it is too old", read(later, AGAIN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    srs0=P4EH=AB=orig.example=alice@fwd.example    | alice@orig.example
                    SRS0=P4EH=AB=orig.example=alicf@fwd.example    | the hash is not ours
                    SRS0=P4EH=AB=orig.example=Alice@fwd.example    | the hash is not ours
                    SRS0=p4eh=AB=orig.example=alice@fwd.example    | the hash is not ours
                    SRS0=P4EH=AB=orig.example=alice@Fwd.example    | the hash is not ours
                    SRS0=P4EH=AB=orig.example=alice@other.example  | the hash is not ours
                    SRS1=P4EH=AB=orig.example=alice@fwd.example    | malformed
                    SRS0=P4E@fwd.example                           | malformed
                    SRS0=P4EH+AB=orig.example=alice@fwd.example    | malformed
                    SRS0=@fwd.example                              | malformed
                    SRS0@fwd.example                               | ordinary
                    SRS0+P4EH=AB=orig.example=alice@fwd.example    | ordinary
                    alice@fwd.example                              | ordinary
                    xSRS0=P4EH=AB=orig.example=alice@fwd.example   | ordinary
                    """)
    void whatIsNotOursIsNotUndone(String recipient, String expected) {
        assertEquals(expected, read(srs("k3y"), recipient));
    }

    /// Signed by us, as one who knows a hash could have it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SRS0= | AB                            | malformed
                    SRS0= | AB=x                          | malformed
                    SRS0= | AB=orig.example=              | no mailbox comes out
                    SRS0= | AB==alice                     | no mailbox comes out
                    SRS0= | AB=-orig-=alice               | no mailbox comes out
                    SRS0= | A!=orig.example=alice         | it is too old
                    SRS0= | ab=orig.example=alice         | it is too old
                    SRS0= | AB=o.example=SRS0=x           | rewritten twice by the same host
                    SRS0= | AB=o.example=srs1=x           | rewritten twice by the same host
                    SRS1= | fwd.example                   | malformed
                    SRS1= | fwd.example=x                 | malformed
                    SRS1= | fwd.example==x                | malformed
                    SRS1= | fwd.example==P4EH=ABC=x       | malformed
                    SRS1= | -fwd==P4EH=AB=x=y             | no mailbox comes out
                    SRS1= | fwd.example==longhash=AB=x=y  | SRS0=longhash=AB=x=y@fwd.example
                    """)
    void whatIsSignedIsStillChecked(String prefix, String rest, String expected) {
        var signed = mailbox(sign(prefix, rest));
        assertEquals(expected, read(srs("k3y"), signed.toString()));
    }

    /// A rewritten sender with a true hash, whatever it says: the codec signs no nonsense.
    private static String sign(String prefix, String rest) {
        try {
            var digest = java.security.MessageDigest.getInstance("SHA-1");
            var text = rest + "@f.example";
            var hash =
                    java.util.Base64.getUrlEncoder()
                            .encodeToString(
                                    digest.digest(
                                            ("k3y" + text)
                                                    .getBytes(
                                                            java.nio.charset.StandardCharsets
                                                                    .ISO_8859_1)));
            return prefix + hash.substring(0, 4) + '=' + text;
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSenderThatWouldNotFitStays() {
        var longSender = mailbox("a".repeat(200) + "@" + "b".repeat(40) + ".example");
        assertEquals(longSender, srs("k3y").rewrite(longSender, "fwd.example"));
        var literal = mailbox("alice@[192.0.2.1]");
        assertEquals(literal, srs("k3y").rewrite(literal, "fwd.example"));
        var broken = mailbox("SRS1=x@fwd.example");
        assertEquals(broken, srs("k3y").rewrite(broken, "second.example"));
    }

    @Test
    void whateverIsRewrittenComesBack() {
        var random = new java.util.Random(7);
        for (int i = 0; i < 5000; i++) {
            var local = new StringBuilder("u");
            for (int n = random.nextInt(20); n > 0; n--) {
                local.append("ab1=+-_!#$%&'*/?^{|}~`".charAt(random.nextInt(22)));
            }
            var sender = new Mailbox(local.toString(), "d" + random.nextInt(100) + ".example");
            var now = Instant.EPOCH.plus(Duration.ofDays(random.nextInt(40_000)));
            var srs = at(now, "key " + random.nextInt());
            var rewritten = srs.rewrite(sender, "fwd.example");
            assertEquals(new Reading.Decoded(sender), srs.read(rewritten));
            var again = srs.rewrite(rewritten, "second.example");
            assertEquals(new Reading.Decoded(rewritten), srs.read(again));
            assertInstanceOf(Reading.Undecodable.class, at(now, "another").read(rewritten));
        }
    }
}
