package org.postern.front.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Content on the wire. In the table, `~` is CR and `|` is LF.
class DotStufferTest {
    private static String stuffed(String content, int pieces) throws PeerLost {
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
        var bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        int step = Math.max(1, bytes.length / pieces);
        for (int from = 0; from < bytes.length; from += step) {
            stuffer.feed(ByteBuffer.wrap(bytes, from, Math.min(step, bytes.length - from)).slice());
        }
        stuffer.end();
        return out.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "'' .~|",
                "a| a~|.~|",
                "a a~|.~|",
                ".| ..~|.~|",
                ".a|..b| ..a~|...b~|.~|",
                "a.b| a.b~|.~|",
                "|| ~|~|.~|",
                "a~| a~|.~|",
                "a~b| a_b~|.~|",
                "~.~| _.~|.~|",
                "a~ a_~|.~|",
                "~~| _~|.~|",
                "|~.| ~|_.~|.~|",
            })
    void linesEndInCrLfAndDotsAreDoubled(String content, String wire) throws PeerLost {
        var given = content.replace('~', '\r').replace('|', '\n');
        var expected = wire.replace('~', '\r').replace('|', '\n').replace('_', ' ');
        assertEquals(expected, stuffed(given, 1));
    }

    @Test
    void howTheContentIsCutMakesNoDifference() throws PeerLost {
        var random = new Random(4);
        for (int i = 0; i < 500; i++) {
            var content = new StringBuilder();
            for (int j = random.nextInt(40); j > 0; j--) {
                content.append("ab.\r\n\0".charAt(random.nextInt(6)));
            }
            var whole = stuffed(content.toString(), 1);
            assertEquals(whole, stuffed(content.toString(), 3));
            assertEquals(whole, stuffed(content.toString(), 1000));
        }
    }

    @Test
    void aZeroByteIsAByteLikeOthers() throws PeerLost {
        assertEquals("a\0b\r\n.\r\n", stuffed("a\0b\n", 1));
    }
}
