package org.postern.mail;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/// IP addresses as text: the one form in which tables, logs and headers know them.
public final class AddressText {
    private AddressText() {}

    /// `address` as a key: `192.0.2.1`, `[2001:db8::1]` or, link-local, `[fe80::1%eth0]`. An IPv4
    /// address mapped into IPv6 is the IPv4 address.
    public static String key(InetAddress address) {
        return address instanceof Inet6Address six
                ? '[' + inet6(six.getAddress()) + zone(six) + ']'
                : address.getHostAddress();
    }

    private static String zone(Inet6Address address) {
        var text = address.getHostAddress();
        int percent = text.indexOf('%');
        return percent < 0 || !address.isLinkLocalAddress() ? "" : text.substring(percent);
    }

    /// An IPv6 address as RFC 5952 section 4 recommends: small letters, no leading zeros, the
    /// longest run of two or more zero groups written as `::`.
    ///
    /// @param bytes 16 of them
    public static String inet6(byte[] bytes) {
        var groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
            i = Math.max(i, end);
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /// The network of an address that is written as a key, as one word: the first 24 bits of IPv4,
    /// the first 64 of IPv6; of what is no address, something.
    public static String network(String key) {
        var literal = key.replaceAll("[\\[\\]]|%.*", "");
        if (AddressSyntax.isInet6(literal)) {
            return HexFormat.of().formatHex(parse(literal).getAddress(), 0, 8);
        }
        int dot = key.lastIndexOf('.');
        return dot < 0 ? key : key.substring(0, dot);
    }

    /// The address that `literal` writes, which is known to be one: `192.0.2.1` or `2001:db8::1`.
    ///
    /// @throws IllegalArgumentException if it is not
    public static InetAddress parse(String literal) {
        if (!AddressSyntax.isInet4(literal) && !AddressSyntax.isInet6(literal)) {
            throw new IllegalArgumentException("not an address");
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
