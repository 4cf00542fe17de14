package org.postern.front.server;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postern.config.Config;
import org.postern.config.Listen;
import org.postern.dns.Resolver.Family;
import org.postern.os.Interfaces;
import org.postern.table.TableSet;

/// Where the listeners of a configuration are, and how each receives clients of each family.
final class Binding {
    private Binding() {}

    /// How connections to a listener are protected.
    @FunctionalInterface
    interface Protections {
        Protection of(Listen listen, Config config);
    }

    /// The addresses to listen on. The wildcard of one family is one socket with that of the other,
    /// which receives the clients of both; a family that is not in its map is not received.
    ///
    /// @throws IOException if a target is neither an interface, an address nor a host name
    static Map<InetSocketAddress, Map<Family, Entrance>> of(
            TableSet tables, Protections protections) throws IOException {
        var config = tables.config();
        var bindings = new LinkedHashMap<InetSocketAddress, Map<Family, Entrance>>();
        for (var listen : config.listeners()) {
            if (listen.place() instanceof Listen.Place.Network(var target)) {
                var reception =
                        Reception.of(
                                listen,
                                config.serverName(),
                                protections.of(listen, config),
                                Admission.of(listen, tables));
                for (var address : addresses(listen, target)) {
                    var where =
                            address.isAnyLocalAddress()
                                    ? new InetSocketAddress(listen.port())
                                    : new InetSocketAddress(address, listen.port());
                    var earlier =
                            bindings.computeIfAbsent(where, _ -> new LinkedHashMap<>())
                                    .putIfAbsent(
                                            Family.of(address),
                                            new Entrance(listen, reception, address, tables));
                    if (earlier != null) {
                        throw new IOException(listen.at() + ": listens twice on " + where);
                    }
                }
            }
        }
        return bindings;
    }

    private static List<InetAddress> addresses(Listen listen, String target) throws IOException {
        var found =
                resolve(listen, target).stream()
                        .filter(
                                address ->
                                        switch (listen.family()) {
                                            case ANY -> true;
                                            case INET4 -> address instanceof Inet4Address;
                                            case INET6 -> !(address instanceof Inet4Address);
                                        })
                        .distinct()
                        .toList();
        if (found.isEmpty()) {
            throw new IOException(listen.at() + ": no address for " + target);
        }
        return found;
    }

    private static List<InetAddress> resolve(Listen listen, String target) throws IOException {
        var found = Interfaces.called(target);
        if (found.isEmpty()) {
            throw new IOException(
                    listen.at() + ": no interface or host with an address is called " + target);
        }
        return found;
    }
}
