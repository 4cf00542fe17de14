package org.postern.table.settings;

import java.util.Optional;

/// The built-in backends of tables.
public enum Kind {
    SQLITE,
    POSTGRES,
    MYSQL,
    LDAP,
    REDIS;

    /// The backend that a table type names, if it is one.
    public static Optional<Kind> named(String type) {
        return switch (type) {
            case "sqlite" -> Optional.of(SQLITE);
            case "postgres", "postgresql" -> Optional.of(POSTGRES);
            case "mysql" -> Optional.of(MYSQL);
            case "ldap" -> Optional.of(LDAP);
            case "redis" -> Optional.of(REDIS);
            default -> Optional.empty();
        };
    }
}
