package org.postern.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Addresses as numbers.
class InetTest {
    private static Inet expected(String text) throws Exception {
        var bytes = InetAddress.getByName("[" + text + "]").getAddress();
        if (bytes.length == 4) {
            var four = Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
            return new Inet(Inet.Family.INET6, 0, 0xffff_0000_0000L | four);
        }
        var all = ByteBuffer.wrap(bytes);
        return new Inet(Inet.Family.INET6, all.getLong(), all.getLong());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "1::",
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "1::8",
                "1:2:3:4:5:6:192.0.2.1",
                "::192.0.2.1",
                "::ffff:192.0.2.1",
                "64:ff9b::192.0.2.33",
                "FE80::ABCD:ef01",
                "1:0:0:2::3",
            })
    void anAddressIsReadAsJavaReadsIt(String text) throws Exception {
        assertEquals(expected(text), Inet.inet6(text).orElseThrow());
    }

    @Test
    void whateverIsWrittenIsReadBack() throws Exception {
        var random = new Random(9);
        for (int i = 0; i < 5_000; i++) {
            var address = new byte[16];
            for (int j = 0; j < 16; j += 2) {
                if (random.nextInt(3) > 0) {
                    address[j] = (byte) random.nextInt();
                    address[j + 1] = (byte) random.nextInt();
                }
            }
            address[0] = 0x20;
            var all = ByteBuffer.wrap(address);
            var inet = new Inet(Inet.Family.INET6, all.getLong(), all.getLong());
            var key = inet.key();
            assertEquals(inet, Inet.inet6(key.substring(1, key.length() - 1)).orElseThrow());
            var written = InetAddress.getByAddress(address).getHostAddress();
            assertTrue(InetAddress.getByName(written) instanceof Inet6Address);
            assertEquals(inet, Inet.inet6(written).orElseThrow());
        }
    }
}
