package org.postern.front.server;

import org.postern.mail.Origin;

import java.net.Inet6Address;
import java.net.InetAddress;

/// Who is at the other end of a session.
///
/// @param address as a key: `local`, `192.0.2.1` or `[2001:db8::1]`
/// @param hostName its name in the DNS, or `<unknown>`
/// @param user the user of this machine, or empty for a client from the network
record Peer(String address, String hostName, String user) {
    /// A user of this machine, at the local socket of `serverName`.
    static Peer local(String serverName, String user) {
        return new Peer(Origin.LOCAL, serverName, user);
    }

    /// A client from the network.
    static Peer remote(InetAddress address, String hostName) {
        return new Peer(key(address), hostName, "");
    }

    /// The key form of `address`: a dotted quad, or an IPv6 address in brackets, written as RFC
    /// 5952 section 4 wants it.
    static String key(InetAddress address) {
        return address instanceof Inet6Address inet6
                ? '[' + compressed(inet6.getAddress()) + scope(inet6) + ']'
                : address.getHostAddress();
    }

    private static String scope(Inet6Address address) {
        var text = address.getHostAddress();
        int percent = text.indexOf('%');
        return percent < 0 ? "" : text.substring(percent);
    }

    private static String compressed(byte[] bytes) {
        var groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 255) << 8 | (bytes[2 * i + 1] & 255);
        }
        int gap = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > longest) {
                longest = run;
                gap = i;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == gap) {
                text.append("::");
                i += longest - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
