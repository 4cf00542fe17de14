package org.postern.front.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.log.Log;

/// Messages as the Internet has them: what is not ours passes byte for byte behind our Received.
class UglyMailTest {
    private static final List<String> UGLY = ugly();

    private static List<String> ugly() {
        var all =
                new ArrayList<>(
                        List.of(
                                // Names and folds
                                "subject:no blank\nX-Empty:\nX-Blank: \t \nX-Fold:\n  folded\n\t\n  more\n\nbody\n",
                                "Subject : blank before the colon\n\nbody\n",
                                ": no name\n\nbody\n",
                                "A: 1\na: 2\nA: 3\n\n",
                                "X: " + "long ".repeat(13_000) + "\n\nbody\n",
                                "X-" + "n".repeat(900) + ": y\n\nbody\n",
                                "From: a\nFrom: b\nSender:\nTo: undisclosed-recipients:;\nBcc: c\n\nbody\n",
                                "To: \"a \\\"q\\\" b\" <jd>, (un(balanced\n\nbody\n",
                                "From: =?utf-8?Q?J=C3=BCrgen?= <j>\nSubject: =?x?y?z?=\n\nbody\n",
                                "Subject: caf\u00e9 \u00ff\u00fe\n\n8 bits \u0080\u0081\n",
                                "From me: with a colon\n\nbody\n",
                                "DKIM-Signature: v=1; a=rsa-sha256;\n b=dGhl\n IHNpZ25hdHVyZQ==;\n\nsigned  \nbody \t\n\n\n",
                                // Bodies
                                "X: y\n\n",
                                "X: y\n",
                                "\n",
                                "\n\n\n",
                                "X: y\n\n\n\n.dot\n..two\n...\n. \n",
                                "X: y\n\nFrom the beginning\n>From quoted\n",
                                "X: y\n\n  leading\ntrailing  \n\ttabs\t\n",
                                "X: y\n\n" + "x".repeat(65_534) + "\n",
                                "X: y\n\n" + "=\n".repeat(1000),
                                "X: y\n\n\u0001\u0007\u001b[31m\u007f\f\u000b\n",
                                "X: y\n\nMAIL FROM:<a@b>\nDATA\nQUIT\n",
                                // MIME
                                "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n----\n",
                                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b--\n--b\nafter the end\n",
                                "Content-Type: multipart/mixed;\n boundary=\"a;b\n c\"\n\npre\n--a;b c\nX\n\n--a;b c--",
                                "Content-Type: message/rfc822\n\nReceived: x\nBcc: y\nTo: z\n\n\n",
                                "Content-Transfer-Encoding: base64\n\n!!!!not base64====\nAA\n=\n",
                                "Content-Type: text/plain; charset=\u00fc; name*0*=x''%ff; name=\n\n\u00ff\u00fe\u00fd\n"));
        // Deep, and endless
        all.add(
                "Content-Type: multipart/mixed; boundary=b\n".repeat(200)
                        + "\n"
                        + "--b\n".repeat(2000));
        all.add("Received: x\n".repeat(99) + "\nbody\n");
        all.add("Date: a\ndate: b\nMessage-ID: c\nMESSAGE-ID: d\nFrom: e\n\nbody\n");
        all.add("X: y\n\nReceived: in the body\n".repeat(200));
        for (int length : new int[] {997, 998, 999, 1000, 1001, 2000, 4096, 10_000}) {
            all.add("X: " + "h".repeat(length - 3) + "\n\n" + "b".repeat(length) + "\n");
            all.add("X: y\n\n." + "b".repeat(length - 1) + "\n");
        }
        all.add("X: y\n z\n".repeat(5000) + "\nbody\n");
        return List.copyOf(all);
    }

    @Test
    void whatIsNotOursPassesByteForByte() throws Exception {
        try (var queue = new FakeQueue();
                var submissions = new Submissions(queue.socket(), 4, queue.deadlines())) {
            for (var content : UGLY) {
                for (var way : Way.values()) {
                    var heard = heard(submissions, content, way);
                    var shown = Log.visible(content.substring(0, Math.min(80, content.length())));
                    assertTrue(heard.contains("\r\n250 2.0.0 a1b2"), shown + "\n" + heard);
                    var kept = queue.kept().getLast().content();
                    var own = kept.indexOf(";\n\t") + 3;
                    var received = kept.substring(0, kept.indexOf('\n', own) + 1);
                    assertTrue(received.startsWith("Received: from a (client.example.net"), kept);
                    var given = content.endsWith("\n") ? content : content + "\n";
                    assertEquals(given, kept.substring(received.length()), shown);
                }
            }
        }
    }

    /// How a client brings it; who says nothing of 8 bits brings them all the same.
    private enum Way {
        WHOLE("EHLO a", "BODY=8BITMIME", Integer.MAX_VALUE),
        IN_PIECES("EHLO a", "BODY=7BIT", 7),
        BY_HELO("HELO a", "", 4000);

        private final String greeting;
        private final String body;
        private final int piece;

        Way(String greeting, String body, int piece) {
            this.greeting = greeting;
            this.body = body;
            this.piece = piece;
        }
    }

    private static String heard(Submissions submissions, String content, Way way) throws Exception {
        var wire = content.replace("\n", "\r\n").replaceAll("(?m)^\\.", "..");
        return Monologue.answers(
                submissions,
                () -> way.piece,
                way.greeting
                        + "\r\nMAIL FROM:<a@example.net> "
                        + way.body
                        + "\r\nRCPT TO:<bob@example.org>\r\n",
                "DATA\r\n",
                wire + (content.endsWith("\n") ? "" : "\r\n") + ".\r\n",
                "QUIT\r\n");
    }
}
