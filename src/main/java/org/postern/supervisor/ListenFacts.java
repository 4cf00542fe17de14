package org.postern.supervisor;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.postern.config.Config;
import org.postern.config.Listen;
import org.postern.config.Problem;
import org.postern.os.Interfaces;

/// What can be said about listeners without listening: whether there is such an interface, or such
/// a host. `smtpd -n` says it; a start and a reload hear it from the room `front`, so that the
/// supervisor, as root, asks no DNS.
final class ListenFacts {
    private ListenFacts() {}

    /// The listeners that have no address to listen on.
    static List<Problem> mistakes(Config config) throws IOException {
        var problems = Stream.<Problem>builder();
        for (var listen : config.listeners()) {
            if (listen.place() instanceof Listen.Place.Network(var target)) {
                complaint(listen, target)
                        .map(text -> config.sources().problem(listen.at(), text, List.of()))
                        .ifPresent(problems);
            }
        }
        return problems.build().toList();
    }

    private static Optional<String> complaint(Listen listen, String target) throws IOException {
        var addresses = Interfaces.keysOf(target);
        if (addresses.isEmpty()) {
            return Optional.of("no interface or host with an address is called \"" + target + '"');
        }
        return addresses.stream().anyMatch(address -> isOf(listen.family(), address))
                ? Optional.empty()
                : Optional.of("\"" + target + "\" has no address of the family that is asked for");
    }

    private static boolean isOf(Listen.Family family, String address) {
        return switch (family) {
            case ANY -> true;
            case INET4 -> !address.startsWith("[");
            case INET6 -> address.startsWith("[");
        };
    }
}
