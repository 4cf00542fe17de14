package org.postern.table;

import java.util.Optional;
import org.postern.mail.AddressSyntax;

/// An address or a network, as lists of the service `netaddr` write it.
///
///     192.0.2.1   192.0.2.0/24   10   192.168   0x7f
///     2001:db8::1   2001:db8::/32   [2001:db8::/32]   IPv6:::1   [IPv6:::1]
///
/// @param width how many leading bits count
record Network(Inet address, int width) {

    Network {
        if (width < 0 || width > address.family().bits()) {
            throw new IllegalArgumentException("/" + width);
        }
    }

    boolean contains(Network other) {
        return address.family() == other.address.family()
                && width <= other.width
                && address.shares(width, other.address);
    }

    /// The same network, written without the bits that do not count.
    Network withoutHost() {
        return new Network(address.beginning(width), width);
    }

    /// Reads a network; empty if it is malformed.
    static Optional<Network> parse(String text) {
        var inner = text;
        if (text.startsWith("[")) {
            if (!text.endsWith("]")) {
                return Optional.empty();
            }
            inner = text.substring(1, text.length() - 1);
        } else if (AddressSyntax.fold(text).startsWith("ipv6:[")) {
            return text.endsWith("]")
                    ? inet6(text.substring(6, text.length() - 1))
                    : Optional.empty();
        }
        if (AddressSyntax.fold(inner).startsWith("ipv6:")) {
            return inet6(inner.substring(5));
        }
        return inner.indexOf(':') >= 0
                ? inet6(inner)
                : text.startsWith("[") ? Optional.empty() : inet4(inner);
    }

    private static Optional<Network> inet6(String text) {
        int slash = text.indexOf('/');
        var address = Inet.inet6(slash < 0 ? text : text.substring(0, slash));
        int width = slash < 0 ? 128 : width(text.substring(slash + 1), 128);
        return width < 0 ? Optional.empty() : address.map(inet -> new Network(inet, width));
    }

    /// Reads the forms of inet_net_pton: without a width, and with fewer than four octets, the
    /// class of the first octet decides, but at least the octets that are written.
    private static Optional<Network> inet4(String text) {
        int slash = text.indexOf('/');
        var octets = octets(slash < 0 ? text : text.substring(0, slash));
        if (octets.length > 4) {
            return Optional.empty();
        }
        long number = 0;
        for (int i = 0; i < 4; i++) {
            int octet = i < octets.length ? number(octets[i], 10, 255) : 0;
            if (octet < 0) {
                return Optional.empty();
            }
            number = number << 8 | octet;
        }
        int width =
                slash < 0
                        ? defaultWidth((int) (number >> 24), octets.length)
                        : width(text.substring(slash + 1), 32);
        return width < 0
                ? Optional.empty()
                : Optional.of(new Network(new Inet(Inet.Family.INET4, 0, number), width));
    }

    private static int defaultWidth(int first, int octets) {
        if (octets == 4) {
            return 32;
        }
        int byClass =
                first >= 240 ? 32 : first >= 224 ? 8 : first >= 192 ? 24 : first >= 128 ? 16 : 8;
        return Math.max(byClass, 8 * octets);
    }

    /// The octets, in decimal; hexadecimal digits stand in pairs, without dots.
    private static String[] octets(String text) {
        if (!AddressSyntax.fold(text).startsWith("0x")) {
            return text.split("\\.", -1);
        }
        var octets = text.substring(2).split("(?<=\\G..)");
        for (int i = 0; i < octets.length; i++) {
            octets[i] = Integer.toString(number(octets[i], 16, 255));
        }
        return octets;
    }

    private static int width(String text, int most) {
        return number(text, 10, most);
    }

    /// A number from 0 to `most`, or -1.
    private static int number(String text, int radix, int most) {
        if (text.isEmpty() || text.length() > 3) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c > '~' ? -1 : Character.digit(c, radix);
            if (digit < 0) {
                return -1;
            }
            number = radix * number + digit;
        }
        return number <= most ? number : -1;
    }
}
