package org.postern.os;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.postern.mail.AddressText;

/// The network interfaces of this machine.
public final class Interfaces {
    private Interfaces() {}

    /// The addresses of all interfaces, as tables know them: `192.0.2.1`, `[2001:db8::1]`,
    /// `[fe80::1%eth0]`.
    public static List<String> addresses() throws IOException {
        var found = new ArrayList<String>();
        var interfaces = NetworkInterface.getNetworkInterfaces();
        while (interfaces.hasMoreElements()) {
            var each = interfaces.nextElement();
            each.inetAddresses().map(AddressText::key).forEach(found::add);
        }
        return List.copyOf(found);
    }

    /// The addresses that a listener on `target` has: those of the network interface of this name,
    /// or else of the address or host; none if nothing with an address is called so. It may ask the
    /// DNS.
    public static List<InetAddress> called(String target) throws IOException {
        var named = NetworkInterface.getByName(target);
        if (named != null) {
            return Collections.list(named.getInetAddresses());
        }
        try {
            return List.of(InetAddress.getAllByName(target));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /// The same, as tables know them.
    public static List<String> keysOf(String target) throws IOException {
        return called(target).stream().map(AddressText::key).toList();
    }

    /// The name of the host with its domain, as the system's resolver has it; without one, the name
    /// as it is.
    public static String canonicalName(String host) {
        try {
            var name = InetAddress.getByName(host).getCanonicalHostName();
            return name.contains(".") && !Character.isDigit(name.charAt(name.length() - 1))
                    ? name
                    : host;
        } catch (UnknownHostException e) {
            return host;
        }
    }
}
