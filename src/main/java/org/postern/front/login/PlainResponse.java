package org.postern.front.login;

import java.util.Optional;
import org.postern.mail.Chunk;

/// What a client of PLAIN says, RFC 4616 section 2: as whom it wants to act, its name and its
/// password, parted by NULs.
///
/// @param owner as whom it wants to act, or empty
public record PlainResponse(String owner, String user, Chunk password) {
    /// The longest password, in bytes.
    private static final int LONGEST_PASSWORD = 1024;

    /// Reads a message; empty if it is none.
    public static Optional<PlainResponse> parse(Chunk message) {
        var parts = message.text().split("\0", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        var password = Chunk.of(parts[2]);
        var user = LoginName.read(Chunk.of(parts[1]));
        var owner = parts[0].isEmpty() ? Optional.of("") : LoginName.read(Chunk.of(parts[0]));
        return user.isEmpty() || owner.isEmpty() || !isPassword(password)
                ? Optional.empty()
                : Optional.of(new PlainResponse(owner.get(), user.get(), password));
    }

    /// Can this be a password?
    public static boolean isPassword(Chunk password) {
        return !password.isEmpty()
                && password.length() <= LONGEST_PASSWORD
                && password.text().chars().noneMatch(c -> c == 0 || c == '\r' || c == '\n');
    }

    /// Does nobody act as somebody else?
    public boolean isForItself() {
        return owner.isEmpty() || owner.equals(user);
    }

    /// Never the password.
    @Override
    public String toString() {
        return "PlainResponse[" + user + "]";
    }
}
