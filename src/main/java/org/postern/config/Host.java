package org.postern.config;

import java.util.List;

/// What the configuration has to know of the machine: its mail name, and the addresses of all its
/// interfaces in the form in which tables know them, `192.0.2.1`, `[2001:db8::1]` or
/// `[fe80::1%eth0]`.
public record Host(String serverName, List<String> localAddresses) {

    public Host {
        if (serverName.isEmpty() || serverName.length() > 255) {
            throw new IllegalArgumentException(
                    "a server name of " + serverName.length() + " bytes");
        }
        localAddresses = List.copyOf(localAddresses);
    }
}
