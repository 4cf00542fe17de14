package org.postern.smtp;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands, replies, paths and xtext.
class ProtocolTest {
    @Test
    void aVerbIsKnownInAnyCase() {
        Assertions.assertEquals(new Command.Ehlo("a.b"), Command.parse("eHLo  a.b "));
        Assertions.assertEquals(
                new Command.MailFrom("<a@b> X"), Command.parse("Mail From: <a@b> X"));
        Assertions.assertEquals(new Command.RcptTo("<a@b>"), Command.parse("rcpt to:<a@b>"));
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH PLAIN AGEAYg==, AUTH PLAIN (...)",
        "auth login, auth login (...)",
        "AUTH   PLAIN  x y, AUTH PLAIN (...)",
        "AUTHPLAIN x, AUTHPLAIN x (...)",
        "AUTH, AUTH",
        "NOOP AUTH, NOOP AUTH"
    })
    void secretsDoNotShow(String line, String shown) {
        Assertions.assertEquals(shown, Command.withoutSecrets(line));
    }

    @Test
    void aReplyHasItsCodeOnEachLine() {
        var reply = new Reply(250, List.of("one", "two"));
        Assertions.assertEquals("250-one\r\n250 two\r\n", reply.wire().text());
    }

    @Test
    void aReplyHoldsNoLineEnd() {
        var reply = Reply.of(550, "5.1.1", "a\r\n250 b");
        Assertions.assertEquals("550 5.1.1 a??250 b\r\n", reply.wire().text());
    }

    @Test
    void aReplyIsPutTogetherFromItsLines() throws MalformedReply {
        var assembly = new Reply.Assembly();
        Assertions.assertEquals(Optional.empty(), assembly.add("250-one"));
        Assertions.assertEquals(
                Optional.of(new Reply(250, List.of("one", "two"))), assembly.add("250 two"));
        Assertions.assertEquals(Optional.of(new Reply(354, List.of(""))), assembly.add("354"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "25", "abc def", "250x", "199 x", "600 x", "2500 x"})
    void whatIsNoReplyIsMalformed(String line) {
        var assembly = new Reply.Assembly();
        Assertions.assertThrows(MalformedReply.class, () -> assembly.add(line));
    }

    @Test
    void aReplyHasOneCodeAndAnEnd() throws MalformedReply {
        var two = new Reply.Assembly();
        two.add("250-one");
        Assertions.assertThrows(MalformedReply.class, () -> two.add("251 two"));
        var endless = new Reply.Assembly();
        for (int i = 0; i < Reply.Assembly.MOST_LINES; i++) {
            endless.add("250-more");
        }
        Assertions.assertThrows(MalformedReply.class, () -> endless.add("250-more"));
    }

    @ParameterizedTest
    @CsvSource({
        "<a@b.c>, a@b.c",
        "<a>, a@our.example",
        "<@x:a@b.c>, a@b.c",
        "<\"a\"@b.c>, a@b.c",
        "<a@[192.0.2.1]>, a@[192.0.2.1]",
        "<>, ",
        "<x:a@b.c>, ",
        "<@x a@b.c>, ",
        "<\"\"@b.c>, "
    })
    void aPathNamesAMailbox(String argument, String mailbox) {
        var found = PathArgument.parse(argument).orElseThrow().mailbox("our.example");
        Assertions.assertEquals(
                Optional.ofNullable(mailbox), found.map(org.postern.mail.Mailbox::toString));
    }

    @Test
    void parametersFollowThePath() {
        var parsed = PathArgument.parse("<a@b>size=1 BODY=8BITMIME  X").orElseThrow();
        Assertions.assertEquals(
                List.of(
                        new Parameter("SIZE", "1", "size=1"),
                        new Parameter("BODY", "8BITMIME", "BODY=8BITMIME"),
                        new Parameter("X", "", "X")),
                parsed.parameters());
    }

    @Test
    void xtextIsReadBack() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var text = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                text.append((char) random.nextInt(256));
            }
            var xtext = Xtext.encode(text.toString());
            Assertions.assertTrue(Xtext.isXtext(xtext), xtext);
            Assertions.assertEquals(Optional.of(text.toString()), Xtext.decode(xtext));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a=b", "+", "+4", "+4x", "+ab", "caf\u00e9"})
    void whatIsNotXtextIsRefused(String text) {
        Assertions.assertFalse(Xtext.isXtext(text));
    }
}
