package org.postern.front.arrival;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.postern.mail.AddressText;

/// What is believed of a PROXY header, and that not a byte behind it is taken.
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String FOUR = "c000020a" + "c6336419" + "9c40" + "0019";
    private static final String SIX =
            "20010db8000000000000000000000001" + "20010db8000000000000000000000019" + "9c400019";

    /// A connection whose bytes come in pieces.
    private static final class Bytes implements ProxyHeader.Source {
        private final byte[] bytes;
        private final int piece;
        private int at;

        Bytes(byte[] bytes, int piece) {
            this.bytes = bytes;
            this.piece = piece;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            if (at == bytes.length) {
                return -1;
            }
            int count = Math.min(Math.min(piece, length), bytes.length - at);
            System.arraycopy(bytes, at, into, from, count);
            at += count;
            return count;
        }
    }

    private static byte[] binary(String hex) {
        return HexFormat.of().parseHex(SIGNATURE + hex);
    }

    private static ProxyHeader read(byte[] header) throws IOException {
        var rest = "EHLO a\r\n".getBytes(StandardCharsets.US_ASCII);
        var all = new ByteArrayOutputStream();
        all.write(header);
        all.write(rest);
        var whole = new Bytes(all.toByteArray(), Integer.MAX_VALUE);
        var said = ProxyHeader.read(whole);
        if (!(said instanceof ProxyHeader.Malformed)) {
            Assertions.assertEquals(header.length, whole.at, "bytes that were taken");
        }
        Assertions.assertEquals(said, ProxyHeader.read(new Bytes(all.toByteArray(), 1)));
        return said;
    }

    private static ProxyHeader line(String line) throws IOException {
        return read(line.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static ProxyHeader client(String from, int port, String to, int toPort) {
        return new ProxyHeader.Client(
                new InetSocketAddress(AddressText.parse(from), port),
                new InetSocketAddress(AddressText.parse(to), toPort));
    }

    @Test
    void aClientOfEitherFamilyIsNamed() throws IOException {
        Assertions.assertEquals(
                client("192.0.2.10", 40_000, "198.51.100.25", 25), read(binary("2111000c" + FOUR)));
        Assertions.assertEquals(
                client("2001:db8::1", 40_000, "2001:db8::19", 25), read(binary("21210024" + SIX)));
        Assertions.assertEquals(
                client("192.0.2.10", 40_000, "198.51.100.25", 25),
                line("PROXY TCP4 192.0.2.10 198.51.100.25 40000 25\r\n"));
        Assertions.assertEquals(
                client("2001:db8::1", 40_000, "2001:db8::19", 25),
                line("PROXY TCP6 2001:db8::1 2001:db8::19 40000 25\r\n"));
    }

    @Test
    void aProxyMayAskForItself() throws IOException {
        Assertions.assertEquals(new ProxyHeader.Itself(), read(binary("20000000")));
        Assertions.assertEquals(new ProxyHeader.Itself(), read(binary("2000000312ab34")));
    }

    @Test
    void furtherFieldsAreReadOverAndTheirChecksumCompared() throws IOException {
        var client = client("192.0.2.10", 40_000, "198.51.100.25", 25);
        Assertions.assertEquals(client, read(binary("21110011" + FOUR + "0400023132")));
        var right = new java.util.zip.CRC32C();
        var header = binary("21110013" + FOUR + "03000400000000");
        right.update(header);
        var sum = HexFormat.of().toHexDigits((int) right.getValue());
        Assertions.assertEquals(client, read(binary("21110013" + FOUR + "030004" + sum)));
        Assertions.assertEquals(
                new ProxyHeader.Malformed("protocol error (invalid additional fields)"),
                read(binary("21110013" + FOUR + "03000412345678")));
        Assertions.assertEquals(
                new ProxyHeader.Malformed("protocol error (invalid additional fields)"),
                read(binary("21110011" + FOUR + "0400093132")));
    }

    @Test
    void whatIsNoHeaderIsNamed() throws IOException {
        for (var pair :
                List.of(
                        List.of("31" + "00000c", "invalid version"),
                        List.of("22" + "11000c" + FOUR, "unknown command"),
                        List.of("21" + "12000c" + FOUR, "unsupported address family"),
                        List.of("21" + "00000c" + FOUR, "unsupported address family"),
                        List.of("21" + "31000c" + FOUR, "unsupported address family"),
                        List.of("21" + "21000c" + FOUR, "address info too short"),
                        List.of("21" + "11ffff" + FOUR, "header too long"))) {
            Assertions.assertEquals(
                    new ProxyHeader.Malformed("protocol error (" + pair.get(1) + ')'),
                    read(binary(pair.getFirst())),
                    pair.getFirst());
        }
    }

    @Test
    void aLineIsReadStrictly() throws IOException {
        for (var bad :
                List.of(
                        "PROXY UNKNOWN\r\n",
                        "PROXY UNKNOWN 192.0.2.1 192.0.2.2 1 2\r\n",
                        "PROXY TCP4\r\n",
                        "PROXY TCP4 192.0.2.010 198.51.100.25 40000 25\r\n",
                        "PROXY TCP4 192.0.2.10 198.51.100.25 040000 25\r\n",
                        "PROXY TCP4 192.0.2.10 198.51.100.25 65536 25\r\n",
                        "PROXY TCP4 192.0.2.10 198.51.100.25 -1 25\r\n",
                        "PROXY TCP4  192.0.2.10 198.51.100.25 40000 25\r\n",
                        "PROXY TCP4 192.0.2.10 198.51.100.25 40000 25 \r\n",
                        "PROXY TCP4 192.0.2.10 198.51.100.25 40000 25\n",
                        "PROXY TCP4 2001:db8::1 2001:db8::2 40000 25\r\n",
                        "PROXY TCP6 192.0.2.10 198.51.100.25 40000 25\r\n",
                        "PROXY TCP6 ::1%lo ::1 1 1\r\n",
                        "PROXY TCP6 localhost ::1 1 1\r\n",
                        "proxy TCP4 192.0.2.10 198.51.100.25 40000 25\r\n",
                        "PROXY TCP4 " + "1".repeat(200) + "\r\n",
                        "EHLO a.example.org\r\n",
                        "\r\n\r\n\0\r\nQUIT\r\n")) {
            Assertions.assertInstanceOf(ProxyHeader.Malformed.class, line(bad), bad);
        }
    }

    @Test
    void aConnectionThatEndsInTheHeaderIsNoHeader() {
        var header = binary("2111000c" + FOUR);
        for (int length = 0; length < header.length; length++) {
            var cut = java.util.Arrays.copyOf(header, length);
            Assertions.assertThrows(
                    EOFException.class, () -> ProxyHeader.read(new Bytes(cut, 7)), "" + length);
        }
    }

    @Test
    void noiseIsNeverMoreThanMalformed() throws IOException {
        for (int seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            var noise = new byte[random.nextInt(80)];
            random.nextBytes(noise);
            var header = binary("21110020" + HexFormat.of().formatHex(noise));
            header[12 + random.nextInt(4)] ^= (byte) (1 << random.nextInt(8));
            try {
                ProxyHeader.read(new Bytes(header, 1 + random.nextInt(20)));
            } catch (EOFException e) {
                // It asked for more than there was.
            }
        }
    }
}
