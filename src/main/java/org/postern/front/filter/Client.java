package org.postern.front.filter;

import java.util.Locale;
import org.postern.mail.Origin;

/// Who is at the other end of a session, in the words of the filter protocol.
///
/// @param address as a key: `local`, `192.0.2.1` or `[2001:db8::1]`
/// @param name what the owner of the address calls it, whether or not that leads back, or
///   `<unknown>`
/// @param source its end of the connection: `192.0.2.1:40112`, or `unix:` and a path
/// @param destination our end
public record Client(
        String address, String name, Confirmation confirmation, String source, String destination) {
    /// Whether the name leads back to the address.
    public enum Confirmation {
        PASS,
        FAIL,
        /// It could not be found out.
        ERROR;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What the event link-connect tells.
    public String introduction() {
        return String.join(
                "|", Words.field(name), confirmation.word(), source, Words.field(destination));
    }

    /// What is asked about at connect.
    public String question() {
        return Words.field(name) + '|' + address;
    }

    /// Has the address a name?
    boolean isNamed() {
        return !name.equals(Origin.UNKNOWN_HOST) && !name.startsWith("[");
    }
}
