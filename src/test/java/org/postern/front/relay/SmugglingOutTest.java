package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.postern.smtp.ContentScanner;
import org.postern.smtp.Smuggling;

/// Whatever is in the queue, what we send has one end, and no CR or LF that stands alone: the next
/// server has nothing to disagree about.
class SmugglingOutTest {
    private static String wire(byte[] content, int piece) throws PeerLost {
        var out = new StringBuilder();
        var stuffer =
                new DotStuffer(
                        new DotStuffer.Sink() {
                            @Override
                            public void put(byte one) {
                                out.append((char) (one & 0xff));
                            }

                            @Override
                            public void put(ByteBuffer bytes) {
                                while (bytes.hasRemaining()) {
                                    put(bytes.get());
                                }
                            }
                        });
        for (int from = 0; from < content.length; from += piece) {
            int length = Math.min(piece, content.length - from);
            stuffer.feed(ByteBuffer.wrap(content, from, length).slice());
        }
        stuffer.end();
        return out.toString();
    }

    private static void isHarmless(byte[] content, String shown) throws PeerLost {
        var wire = wire(content, content.length);
        assertEquals(wire, wire(content, 1), shown);
        assertEquals(wire.length() - 3, ("\r\n" + wire).indexOf("\r\n.\r\n"), shown);
        assertFalse(wire.replace("\r\n", "").matches("(?s).*[\r\n].*"), shown);
    }

    @Test
    void whatIsStoredIsSentWithOneEnd() throws Exception {
        for (var end : Smuggling.ends()) {
            var content =
                    "X: y\n\nbody" + end.replace("\r\n", "\n") + "MAIL FROM:<x@example.net>\n";
            isHarmless(content.getBytes(StandardCharsets.ISO_8859_1), Smuggling.shown(end));
        }
    }

    @Test
    void whatAProgramOfThisMachineHandsInIsSentWithOneEnd() throws Exception {
        for (var end : Smuggling.ends()) {
            isHarmless(stored("X: y\n\nbody" + end + "MAIL FROM:<x>\n.\n"), Smuggling.shown(end));
        }
    }

    /// What the content of a local session is stored as.
    private static byte[] stored(String said) throws IOException {
        var scanner = new ContentScanner(ContentScanner.LineEnds.LF_TOO);
        var stored = new ArrayList<Byte>();
        var bytes = said.getBytes(StandardCharsets.ISO_8859_1);
        scanner.scan(
                bytes,
                0,
                bytes.length,
                (from, begin, end) -> {
                    for (int i = begin; i < end; i++) {
                        stored.add(from[i]);
                    }
                });
        var content = new byte[stored.size()];
        for (int i = 0; i < content.length; i++) {
            content[i] = stored.get(i);
        }
        return content;
    }
}
