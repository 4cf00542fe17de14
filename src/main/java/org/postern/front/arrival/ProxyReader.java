package org.postern.front.arrival;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.postern.mail.AddressSyntax;
import org.postern.mail.AddressText;

/// Reads both versions of the PROXY protocol.
final class ProxyReader {
    private static final byte[] SIGNATURE = {
        '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
    };
    private static final byte[] WORD = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int CHECKSUM = 3;

    private ProxyReader() {}

    static ProxyHeader read(ProxyHeader.Source source) throws IOException {
        var start = new byte[SIGNATURE.length];
        int length = 0;
        while (length < start.length) {
            int count = source.read(start, length, start.length - length);
            if (count < 0) {
                throw new EOFException("the connection ended in the PROXY header");
            }
            length += count;
            // Whoever says something else is not made to say more of it.
            if (!begins(start, length, SIGNATURE) && !begins(start, length, WORD)) {
                return new ProxyHeader.Malformed("protocol error (invalid signature)");
            }
        }
        return start[0] == 'P' ? line(source, start) : binary(source);
    }

    /// Are the first bytes those of `word`, as far as both go?
    private static boolean begins(byte[] bytes, int length, byte[] word) {
        int common = Math.min(length, word.length);
        return Arrays.equals(bytes, 0, common, word, 0, common);
    }

    private static ProxyHeader line(ProxyHeader.Source source, byte[] start) throws IOException {
        var bytes = Arrays.copyOf(start, ProxyHeader.LONGEST_LINE);
        int length = start.length;
        while (bytes[length - 1] != '\n') {
            if (length == ProxyHeader.LONGEST_LINE) {
                return new ProxyHeader.Malformed("protocol error (header too long)");
            }
            if (source.read(bytes, length, 1) < 0) {
                throw new EOFException("the connection ended in the PROXY header");
            }
            length++;
        }
        if (bytes[length - 2] != '\r') {
            return new ProxyHeader.Malformed("protocol error (invalid line end)");
        }
        var text = new String(bytes, 0, length - 2, StandardCharsets.ISO_8859_1);
        return words(text.split(" ", -1));
    }

    private static ProxyHeader words(String[] words) {
        boolean known =
                words.length == 6
                        && (words[1].equals("TCP4")
                                ? AddressSyntax.isInet4(words[2]) && AddressSyntax.isInet4(words[3])
                                : words[1].equals("TCP6")
                                        && AddressSyntax.isInet6(words[2])
                                        && AddressSyntax.isInet6(words[3]));
        if (!known) {
            return new ProxyHeader.Malformed(
                    words[1].equals("UNKNOWN")
                            ? "address translation (unknown client)"
                            : "protocol error (invalid addresses)");
        }
        int from = port(words[4]);
        int to = port(words[5]);
        return from < 0 || to < 0
                ? new ProxyHeader.Malformed("protocol error (invalid port)")
                : new ProxyHeader.Client(
                        new InetSocketAddress(AddressText.parse(words[2]), from),
                        new InetSocketAddress(AddressText.parse(words[3]), to));
    }

    private static int port(String digits) {
        if (!digits.matches("0|[1-9][0-9]{0,4}")) {
            return -1;
        }
        int port = Integer.parseInt(digits);
        return port > 65535 ? -1 : port;
    }

    private static ProxyHeader binary(ProxyHeader.Source source) throws IOException {
        var fixed = exactly(source, 4);
        int length = number(fixed, 2);
        if ((fixed[0] & 0xf0) != 0x20) {
            return new ProxyHeader.Malformed("protocol error (invalid version)");
        }
        if (length > ProxyHeader.LONGEST) {
            return new ProxyHeader.Malformed("protocol error (header too long)");
        }
        int command = fixed[0] & 0xff;
        if (command != LOCAL && command != PROXY) {
            return new ProxyHeader.Malformed("protocol error (unknown command)");
        }
        var rest = exactly(source, length);
        if (command == LOCAL) {
            return new ProxyHeader.Itself(); // what else it says is to be ignored
        }
        int family = fixed[1] & 0xff;
        int size = family == TCP4 ? 4 : 16;
        if (family != TCP4 && family != TCP6) {
            return new ProxyHeader.Malformed("protocol error (unsupported address family)");
        }
        int end = 2 * size + 4;
        if (length < end) {
            return new ProxyHeader.Malformed("protocol error (address info too short)");
        }
        if (!isWhole(fixed, rest, end)) {
            return new ProxyHeader.Malformed("protocol error (invalid additional fields)");
        }
        return new ProxyHeader.Client(
                new InetSocketAddress(address(rest, 0, size), number(rest, 2 * size)),
                new InetSocketAddress(address(rest, size, size), number(rest, 2 * size + 2)));
    }

    /// Do the fields behind the addresses fill the header, and is its checksum right, if there is
    /// one?
    private static boolean isWhole(byte[] fixed, byte[] rest, int from) {
        int at = from;
        while (at < rest.length) {
            if (rest.length - at < 3) {
                return false;
            }
            int length = number(rest, at + 1);
            if (length > rest.length - at - 3) {
                return false;
            }
            if (rest[at] == CHECKSUM && !(length == 4 && isRight(fixed, rest, at + 3))) {
                return false;
            }
            at += 3 + length;
        }
        return true;
    }

    private static boolean isRight(byte[] fixed, byte[] rest, int at) {
        var checksum = new CRC32C();
        checksum.update(SIGNATURE);
        checksum.update(fixed);
        checksum.update(rest, 0, at);
        checksum.update(new byte[4]);
        checksum.update(rest, at + 4, rest.length - at - 4);
        long said = (long) number(rest, at) << 16 | number(rest, at + 2);
        return said == checksum.getValue();
    }

    private static byte[] exactly(ProxyHeader.Source source, int length) throws IOException {
        var bytes = new byte[length];
        int at = 0;
        while (at < length) {
            int count = source.read(bytes, at, length - at);
            if (count < 0) {
                throw new EOFException("the connection ended in the PROXY header");
            }
            at += count;
        }
        return bytes;
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private static InetAddress address(byte[] bytes, int from, int length) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a length that none has", e);
        }
    }
}
