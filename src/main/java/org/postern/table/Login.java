package org.postern.table;

import java.util.Optional;

/// A login and its password, or the hash of it: `login:password`, or the password alone, where the
/// key is the login.
public record Login(String user, String password) {

    public Login {
        if (user.isEmpty() || password.isEmpty()) {
            throw new IllegalArgumentException("a login or a password is missing");
        }
    }

    /// Reads what a table holds for a key.
    public static Optional<Login> parse(String key, String value) {
        if (value.length() < 3) {
            return Optional.empty();
        }
        // A password that is kept for SCRAM has colons of its own (RFC 5803).
        int colon = value.startsWith("SCRAM-SHA-") ? -1 : value.indexOf(':');
        var user = colon < 0 ? key : value.substring(0, colon);
        var password = value.substring(colon + 1);
        return user.isEmpty() || password.isEmpty()
                ? Optional.empty()
                : Optional.of(new Login(user, password));
    }

    /// The login; never the password.
    @Override
    public String toString() {
        return "Login[" + user + "]";
    }
}
