package org.postern.keeper;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The little of DER that wraps an old private key in PKCS#8 (RFC 5208 section 5).
final class Der {
    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xa0;

    private static final byte[] VERSION_0 = {INTEGER, 1, 0};
    private static final byte[] NULL = {0x05, 0};
    private static final byte[] RSA = {
        OBJECT_IDENTIFIER, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1
    };
    private static final byte[] EC = {
        OBJECT_IDENTIFIER, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
    };

    private Der() {}

    /// An RSA key of PKCS#1 (RFC 8017 appendix A.1.2) as PKCS#8.
    static byte[] ofPkcs1(byte[] key) {
        return wrap(RSA, NULL, key);
    }

    /// An elliptic curve key of SEC1 (RFC 5915 section 3) on the curve with this encoded object
    /// identifier as PKCS#8.
    static byte[] ofSec1(byte[] key, byte[] curve) {
        return wrap(EC, curve, key);
    }

    private static byte[] wrap(byte[] algorithm, byte[] parameters, byte[] key) {
        return element(
                SEQUENCE,
                VERSION_0,
                element(SEQUENCE, algorithm, parameters),
                element(OCTETS, key));
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        var out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 128) {
            out.write(length);
        } else if (length < 256) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (var part : parts) {
            out.write(part, 0, part.length);
        }
        return out.toByteArray();
    }

    /// The encoded object identifier of the curve that a SEC1 key names, if it names one.
    static Optional<byte[]> curveOf(byte[] key) {
        return elements(key, 0).stream()
                .filter(whole -> whole.tag() == SEQUENCE)
                .flatMap(whole -> elements(key, whole.from()).stream())
                .filter(part -> part.tag() == PARAMETERS)
                .map(part -> Arrays.copyOfRange(key, part.from(), part.to()))
                .filter(Der::isObjectIdentifier)
                .findFirst();
    }

    /// Is it the encoding of an object identifier, as in a block `EC PARAMETERS`?
    static boolean isObjectIdentifier(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == OBJECT_IDENTIFIER && bytes[1] == bytes.length - 2;
    }

    /// Where the content of an element lies.
    private record Element(int tag, int from, int to) {}

    /// The elements that stand one after the other from `from` on, as far as they are sound.
    private static List<Element> elements(byte[] bytes, int from) {
        var elements = new ArrayList<Element>();
        int at = from;
        while (at + 2 <= bytes.length) {
            int tag = bytes[at] & 0xff;
            int length = bytes[at + 1] & 0xff;
            int start = at + 2;
            if (length > 0x80) {
                int octets = length - 0x80;
                if (octets > 2 || start + octets > bytes.length) {
                    break;
                }
                length = 0;
                for (int i = 0; i < octets; i++) {
                    length = length << 8 | (bytes[start++] & 0xff);
                }
            }
            if (length > bytes.length - start) {
                break;
            }
            elements.add(new Element(tag, start, start + length));
            at = start + length;
        }
        return elements;
    }
}
