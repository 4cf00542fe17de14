package org.postern.table.settings;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.postern.config.Service;

/// How many fields the value of each service is made of.
final class Shapes {
    /// What can be asked of a server; patterns are not among it, and whether a password is right is
    /// found out here.
    static final Set<Service> ASKED =
            EnumSet.complementOf(EnumSet.of(Service.AUTH, Service.REGEX, Service.TOKEN));

    private Shapes() {}

    static String word(Service service) {
        return service.name().toLowerCase(Locale.ROOT);
    }

    static int fields(Service service) {
        return switch (service) {
            case CREDENTIALS -> 2;
            case USERINFO -> 3;
            case ADDRNAME,
                    ALIAS,
                    AUTH,
                    DOMAIN,
                    MAILADDR,
                    MAILADDRMAP,
                    NETADDR,
                    REGEX,
                    RELAYHOST,
                    SOURCE,
                    STRING,
                    TOKEN ->
                    1;
        };
    }
}
