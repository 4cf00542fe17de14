package org.postern.ipc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.mail.Chunk;
import org.postern.mail.EnhancedStatus;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.MessageId;
import org.postern.mail.Origin;
import org.postern.mail.Outcome;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// The codec of the wire: what goes in comes out, and what cannot be is refused.
class FramesTest {
    private static final Origin ORIGIN =
            new Origin(
                    "mx.example.org",
                    "",
                    "[2001:db8::1]",
                    "client.example.net",
                    "client",
                    new Origin.Login.As("ann"),
                    new Origin.Security.Tls(
                            "TLSv1.3",
                            "TLS_AES_256_GCM_SHA384",
                            256,
                            Origin.Security.Peer.UNVERIFIED));

    private static final Share SHARE =
            new Share(
                    new Mailbox("list", "example.org"),
                    new Mailbox("bob", "example.net"),
                    "out",
                    new Share.Destination.Listed(
                            "aliases", "list", Share.Destination.Kind.COMMAND, Chunk.of("digest")),
                    Set.of(Share.Notify.SUCCESS, Share.Notify.DELAY),
                    "rfc822;list@example.org");

    private static final Envelope ENVELOPE =
            new Envelope(
                    new EnvelopeId(0x1234567800000001L),
                    new MessageFacts(
                            ORIGIN,
                            new ReversePath.Sender(new Mailbox("ann", "example.org")),
                            MessageFacts.DsnReturn.FULL,
                            "id-7"),
                    SHARE,
                    Instant.parse("2026-11-22T10:00:00.123456789Z"),
                    new Envelope.Progress.Tried(
                            2,
                            Instant.EPOCH,
                            new Outcome.Deferred(new EnhancedStatus(4, 4, 1), "later", "mx")));

    private static <T> ByteBuffer written(Frames<T> frames, T word) {
        var out = new Frames.Output();
        frames.write(word, out);
        var bytes = out.bytes();
        assertEquals(bytes.remaining() - 4, bytes.getInt());
        return bytes.slice();
    }

    private static <T> void survives(Frames<T> frames, T word) throws Malformed {
        assertEquals(word, frames.read(written(frames, word)));
    }

    @Test
    void aSubmissionSurvivesTheWire() throws Exception {
        survives(Submission.frames(), new Submission.Begin(new MessageId(7), ENVELOPE.message()));
        survives(Submission.frames(), new Submission.Add(SHARE));
        survives(Submission.frames(), new Submission.Append(Chunk.of("Subject: x\n\n\0\377")));
        survives(Submission.frames(), new Submission.Commit(17));
        survives(Submission.frames(), new Submission.Abandon());
    }

    @Test
    void workSurvivesTheWire() throws Exception {
        survives(
                Work.assignments(),
                new Work.Assignment.Try(
                        List.of(ENVELOPE, ENVELOPE), new Work.Content.Inline(Chunk.of("x"))));
        survives(
                Work.frames(),
                new Work.Report(
                        List.of(
                                new Work.Result(
                                        ENVELOPE.id(),
                                        new Outcome.Delivered(
                                                new EnhancedStatus(2, 0, 0),
                                                "250 ok",
                                                Outcome.Onward.HOME)))));
        survives(Work.frames(), new Work.Routed(ENVELOPE.id(), List.of(SHARE)));
    }

    @Test
    void theOtherConversationsSurviveTheWire() throws Exception {
        survives(Accounts.frames(), new Accounts.Of("home", "carol"));
        survives(
                Accounts.answers(),
                new Accounts.Answer.Forwards(
                        List.of(
                                new Accounts.Target.User("dave"),
                                new Accounts.Target.Refusal(550, "gone"))));
        survives(
                Keeping.frames(),
                new Keeping.Sign("mx", Keeping.Algorithm.ED25519, Chunk.of("to be signed")));
        survives(Leash.frames(), new Leash.Stop(Duration.ofSeconds(5)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noiseIsRefusedAndDoesNothingElse(long seed) {
        var random = new Random(seed);
        var frames = Work.assignments();
        var good = written(frames, tryOfOne());
        for (int i = 0; i < 5_000; i++) {
            var bytes = new byte[good.remaining()];
            good.duplicate().get(bytes);
            for (int flips = 0; flips < 1 + random.nextInt(4); flips++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            readOrRefuse(frames, ByteBuffer.wrap(bytes, 0, length));
        }
    }

    private static Work.Assignment tryOfOne() {
        return new Work.Assignment.Try(List.of(ENVELOPE), new Work.Content.OnRequest(5));
    }

    /// Either a word comes out or Malformed: any other exception fails the test.
    private static void readOrRefuse(Frames<Work.Assignment> frames, ByteBuffer bytes) {
        try {
            frames.read(bytes);
        } catch (Malformed e) {
            // As it should be.
        }
    }

    @Test
    void everyTruncationIsRefused() {
        var frames = Work.assignments();
        var good = written(frames, tryOfOne());
        for (int length = 0; length < good.remaining(); length++) {
            var cut = good.slice(0, length);
            assertThrows(Malformed.class, () -> frames.read(cut), "at " + length);
        }
    }

    @Test
    void bytesAfterTheEndAreRefused() {
        var frames = Submission.frames();
        var good = written(frames, new Submission.Commit(1));
        var longer = ByteBuffer.allocate(good.remaining() + 1).put(good).put((byte) 0).flip();
        assertThrows(Malformed.class, () -> frames.read(longer));
    }

    @Test
    void aRecordThatRefusesItselfIsMalformed() {
        var frames = Work.frames();
        var bytes = written(frames, new Work.Routed(ENVELOPE.id(), List.of()));
        // The choice takes one byte; then comes the envelope's id, which may not be 0.
        var broken = ByteBuffer.allocate(bytes.remaining()).put(bytes).putLong(1, 0).flip();
        assertThrows(Malformed.class, () -> frames.read(broken));
    }

    private static Share share(Share.Destination destination) {
        return new Share(
                SHARE.originalRecipient(), SHARE.recipient(), "home", destination, Set.of(), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bob\nX: y", "bob\0", "bob\u001b[2J", "bob\r"})
    void aNameWithControlCharactersIsRefused(String name) {
        var frames = Submission.frames();
        var honest = share(new Share.Destination.Account("b".repeat(name.length()), "tag"));
        var bytes = written(frames, new Submission.Add(honest));
        var text = Chunk.copyOf(bytes).text();
        var forged = text.replace("b".repeat(name.length()), name);
        assertThrows(
                Malformed.class, () -> frames.read(ByteBuffer.wrap(forged.getBytes(ISO_8859_1))));
    }

    @Test
    void whatIsTooLongForTheSpoolIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> share(new Share.Destination.Account("b".repeat(70_000), "")));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        share(
                                new Share.Destination.Sealed(
                                        "bob",
                                        Share.Destination.Kind.FILE,
                                        Chunk.handOver(new byte[70_000]))));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new Origin.Security.Tls(
                                "v".repeat(70_000), "", 1, Origin.Security.Peer.VERIFIED));
    }
}
