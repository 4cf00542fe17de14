package org.postern.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.mail.Chunk;
import org.postern.mail.Envelope;
import org.postern.mail.EnvelopeId;
import org.postern.mail.Mailbox;
import org.postern.mail.MessageFacts;
import org.postern.mail.Origin;
import org.postern.mail.ReversePath;
import org.postern.mail.Share;

/// What is put on top of a message, what is taken out of it, and what its header says.
class LetterTest {
    private static final String TOP =
            "Return-Path: <carol@example.net>\nDelivered-To: list@example.org\n";

    static Envelope envelope(ReversePath sender) {
        var origin =
                new Origin(
                        "mx.example.org",
                        "",
                        "local",
                        "localhost",
                        "",
                        new Origin.Login.Anonymous(),
                        new Origin.Security.Plain());
        return new Envelope(
                new EnvelopeId(0x1234567812345678L),
                new MessageFacts(origin, sender, MessageFacts.DsnReturn.UNSAID, ""),
                new Share(
                        new Mailbox("list", "example.org"),
                        new Mailbox("user", "example.org"),
                        "a",
                        new Share.Destination.Account("user", ""),
                        Set.of(),
                        ""),
                Instant.EPOCH,
                new Envelope.Progress.Untried());
    }

    static Envelope envelope() {
        return envelope(new ReversePath.Sender(new Mailbox("carol", "example.net")));
    }

    static Letter letter(String content) throws ContentLost {
        return Letter.of(envelope(), new Source.Inline(Chunk.of(content), () -> true));
    }

    private static String poured(Letter letter) throws Exception {
        var text = new StringBuilder();
        letter.pour(bytes -> text.append(StandardCharsets.ISO_8859_1.decode(bytes)));
        assertEquals(letter.length(), text.length());
        return text.toString();
    }

    @Test
    void twoFieldsStandOnTop() throws Exception {
        assertEquals(TOP + "Subject: x\n\nbody\n", poured(letter("Subject: x\n\nbody\n")));
    }

    @Test
    void theNullSenderHasAReturnPathToo() throws Exception {
        var letter =
                Letter.of(
                        envelope(new ReversePath.Null()),
                        new Source.Inline(Chunk.of("\nbody\n"), () -> true));
        assertEquals("Return-Path: <>\nDelivered-To: list@example.org\n\nbody\n", poured(letter));
    }

    @Test
    void olderReturnPathsGoWithTheirContinuations() throws Exception {
        assertEquals(
                TOP + "A: b\nC: d\n\nReturn-Path: stays\n",
                poured(
                        letter(
                                "return-PATH: <x@y>\n"
                                        + " more\n"
                                        + "\tmore\n"
                                        + "A: b\n"
                                        + "Return-Path:<z>\n"
                                        + "C: d\n\n"
                                        + "Return-Path: stays\n")));
    }

    @Test
    void aMessageWithoutAHeaderIsAllBody() throws Exception {
        assertEquals(
                TOP + "just text\nReturn-Path: x\n", poured(letter("just text\nReturn-Path: x\n")));
    }

    @Test
    void anEmptyMessageIsItsTwoFields() throws Exception {
        assertEquals(TOP, poured(letter("")));
    }

    @Test
    void aHeaderWithoutEndIsAHeader() throws Exception {
        assertEquals(TOP + "A: b", poured(letter("A: b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Delivered-To: list@example.org\n\n",
                "delivered-to:USER@Example.Org\n\n",
                "A: b\n c\nDelivered-To:  user@example.org \nD: e\n\nx\n",
            })
    void aMessageThatWasHereBeforeLoops(String content) throws Exception {
        assertTrue(letter(content).loops());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Delivered-To: other@example.org\n\n",
                "A: b\n\nDelivered-To: user@example.org\n",
                "A: b\n Delivered-To: user@example.org\n\n",
                "X-Delivered-To: user@example.org\n\n",
            })
    void otherMessagesDoNotLoop(String content) throws Exception {
        assertFalse(letter(content).loops());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Spam: Yes\n\n", "x-spam-flag: YES\n\n", "A: b\nX-Spam-Flag:yes\n\n"})
    void aFieldMarksSpam(String content) throws Exception {
        assertTrue(letter(content).isMarkedAsSpam());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Spam: No\n\n", "\nX-Spam: Yes\n", "X-Spam-Status: Yes\n\n"})
    void otherFieldsDoNot(String content) throws Exception {
        assertFalse(letter(content).isMarkedAsSpam());
    }

    @Test
    void aHeaderWithoutBoundIsNotHeldInMemory() throws Exception {
        var line = "A: " + "b".repeat(996) + '\n';
        var content = line.repeat(2000) + "Return-Path: x\n\nbody\n";
        assertTrue(poured(letter(content)).endsWith("body\n"));
    }
}
