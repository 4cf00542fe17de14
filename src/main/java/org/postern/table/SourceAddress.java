package org.postern.table;

import java.util.Optional;
import org.postern.mail.AddressSyntax;

/// An address to send from.
///
/// @param key the form in which tables know addresses, `192.0.2.1` or `[2001:db8::1]`; a zone stays
///   inside the brackets
public record SourceAddress(String key) {

    /// The address without brackets, as the resolver of the platform reads it.
    public String literal() {
        return key.startsWith("[") ? key.substring(1, key.length() - 1) : key;
    }

    /// Reads an IPv4 address, or an IPv6 address with or without brackets, the prefix `ipv6:` and a
    /// `%zone`; empty if it is neither.
    public static Optional<SourceAddress> parse(String text) {
        var inner =
                text.startsWith("[") && text.endsWith("]")
                        ? text.substring(1, text.length() - 1)
                        : text;
        if (AddressSyntax.fold(inner).startsWith("ipv6:")) {
            inner = inner.substring(5);
        }
        int percent = inner.indexOf('%');
        var zone = percent < 0 ? "" : inner.substring(percent);
        if (percent >= 0 && !zone.matches("%[A-Za-z0-9._-]{1,15}")) {
            return Optional.empty();
        }
        var address = percent < 0 ? inner : inner.substring(0, percent);
        if (zone.isEmpty() && inner.equals(text) && AddressSyntax.isInet4(text)) {
            return Optional.of(new SourceAddress(text));
        }
        return Inet.inet6(address)
                .map(inet -> new SourceAddress(inet.key().replace("]", zone + "]")));
    }
}
