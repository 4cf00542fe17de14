package org.postern.table.external;

import java.util.Locale;
import java.util.Optional;
import org.postern.config.Service;

/// The names that services have in the protocol: those of [Service], in lower case.
final class Services {
    private Services() {}

    static String word(Service service) {
        return service.name().toLowerCase(Locale.ROOT);
    }

    static Optional<Service> named(String word) {
        for (var service : Service.values()) {
            if (word(service).equals(word)) {
                return Optional.of(service);
            }
        }
        return Optional.empty();
    }
}
