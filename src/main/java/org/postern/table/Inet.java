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
        return AddressSyntax.isInet6(text)
                ? Optional.of(new Groups().read(text))
                : Optional.empty();
    }

    /// The eight groups of an IPv6 address that is known to be one.
    private static final class Groups {
        private final int[] groups = new int[8];
        private int count;
        private int gap = -1;

        Inet read(String text) {
            int group = 0;
            int start = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '.') {
                    inet4(text.substring(start)).ifPresent(this::add);
                    return inet();
                }
                if (c != ':') {
                    group = group << 4 | Character.digit(c, 16);
                    continue;
                }
                if (i > start) {
                    groups[count++] = group;
                } else if (i > 0) {
                    gap = count;
                }
                group = 0;
                start = i + 1;
            }
            if (start < text.length()) {
                groups[count++] = group;
            }
            return inet();
        }

        private void add(Inet quad) {
            groups[count++] = (int) (quad.low >> 16);
            groups[count++] = (int) (quad.low & 0xffff);
        }

        private Inet inet() {
            long high = 0;
            long low = 0;
            for (int i = 0; i < 8; i++) {
                int missing = 8 - count;
                boolean before = gap < 0 || i < gap;
                int group = before ? groups[i] : i < gap + missing ? 0 : groups[i - missing];
                if (i < 4) {
                    high = high << 16 | group;
                } else {
                    low = low << 16 | group;
                }
            }
            return new Inet(Family.INET6, high, low);
        }
    }

    /// Whether the first `width` bits are the same.
    boolean shares(int width, Inet other) {
        if (family != other.family) {
            return false;
        }
        if (family == Family.INET4) {
            return width == 0 || (low ^ other.low) >>> (32 - width) == 0;
        }
        return ((high ^ other.high) & highMask(width)) == 0
                && ((low ^ other.low) & lowMask(width)) == 0;
    }

    /// The address with only its first `width` bits, and zeros behind them.
    Inet beginning(int width) {
        if (family == Family.INET4) {
            return new Inet(family, 0, low & (width == 0 ? 0 : 0xffff_ffffL << (32 - width)));
        }
        return new Inet(family, high & highMask(width), low & lowMask(width));
    }

    private static long highMask(int width) {
        return width == 0 ? 0 : width >= 64 ? -1L : -1L << (64 - width);
    }

    private static long lowMask(int width) {
        return width <= 64 ? 0 : -1L << (128 - width);
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
