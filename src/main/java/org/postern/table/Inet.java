package org.postern.table;

import java.util.Optional;
import org.postern.mail.AddressSyntax;

/// An IP address as a number of 32 or 128 bits.
///
/// @param high the upper 64 bits of an IPv6 address; 0 for IPv4
/// @param low the lower 64 bits, or all 32 of IPv4
record Inet(Family family, long high, long low) {

    /// The two kinds of address.
    enum Family {
        INET4(32),
        INET6(128);

        private final int bits;

        Family(int bits) {
            this.bits = bits;
        }

        int bits() {
            return bits;
        }
    }

    /// Reads a dotted quad.
    static Optional<Inet> inet4(String text) {
        if (!AddressSyntax.isInet4(text)) {
            return Optional.empty();
        }
        long number = 0;
        for (String part : text.split("\\.", -1)) {
            number = number << 8 | Integer.parseInt(part);
        }
        return Optional.of(new Inet(Family.INET4, 0, number));
    }

    /// Reads an IPv6 address without brackets or zone.
    static Optional<Inet> inet6(String text) {
        if (!AddressSyntax.isInet6(text)) {
            return Optional.empty();
        }
        int gap = text.indexOf("::");
        if (gap < 0) {
            return Optional.of(new Inet(Family.INET6, 0, 0).filled(text, Side.LEFT));
        }
        var left = new Inet(Family.INET6, 0, 0).filled(text.substring(0, gap), Side.LEFT);
        var right = new Inet(Family.INET6, 0, 0).filled(text.substring(gap + 2), Side.RIGHT);
        return Optional.of(new Inet(Family.INET6, left.high | right.high, left.low | right.low));
    }

    private enum Side {
        LEFT,
        RIGHT
    }

    private Inet filled(String text, Side side) {
        if (text.isEmpty()) {
            return this;
        }
        var groups = withoutInet4(text).split(":", -1);
        long high = 0;
        long low = 0;
        int position = side == Side.LEFT ? 0 : 8 - groups.length;
        for (String group : groups) {
            long bits = Long.parseLong(group, 16) << (48 - 16 * (position % 4));
            if (position < 4) {
                high |= bits;
            } else {
                low |= bits;
            }
            position++;
        }
        return new Inet(family, high, low);
    }

    /// Writes a dotted quad at the end as two groups.
    private static String withoutInet4(String text) {
        int colon = text.lastIndexOf(':');
        return inet4(text.substring(colon + 1))
                .map(
                        quad ->
                                text.substring(0, colon + 1)
                                        + Long.toHexString(quad.low >> 16)
                                        + ':'
                                        + Long.toHexString(quad.low & 0xffff))
                .orElse(text);
    }

    /// Whether the first `width` bits are the same.
    boolean shares(int width, Inet other) {
        if (family != other.family) {
            return false;
        }
        if (family == Family.INET4) {
            return width == 0 || (low ^ other.low) >>> (32 - width) == 0;
        }
        long highMask = width == 0 ? 0 : width >= 64 ? -1L : -1L << (64 - width);
        long lowMask = width <= 64 ? 0 : -1L << (128 - width);
        return ((high ^ other.high) & highMask) == 0 && ((low ^ other.low) & lowMask) == 0;
    }

    /// The form in which tables know addresses: `192.0.2.1`, or `[2001:db8::1]` (RFC 5952 section
    /// 4).
    String key() {
        if (family == Family.INET4) {
            return (low >> 24)
                    + "."
                    + (low >> 16 & 255)
                    + "."
                    + (low >> 8 & 255)
                    + "."
                    + (low & 255);
        }
        int gapAt = 8;
        int gap = 1;
        for (int i = 0; i < 8; i++) {
            int zeros = 0;
            while (i + zeros < 8 && group(i + zeros) == 0) {
                zeros++;
            }
            if (zeros > gap) {
                gapAt = i;
                gap = zeros;
            }
        }
        var text = new StringBuilder("[");
        for (int i = 0; i < 8; i++) {
            if (i == gapAt) {
                text.append("::");
                i += gap - 1;
                continue;
            }
            if (text.length() > 1 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Long.toHexString(group(i)));
        }
        return text.append(']').toString();
    }

    private long group(int index) {
        return (index < 4 ? high : low) >>> (48 - 16 * (index % 4)) & 0xffff;
    }
}
