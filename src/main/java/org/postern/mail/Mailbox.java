package org.postern.mail;

import java.util.Optional;

/// A mailbox, `local-part@domain` (RFC 5321 section 4.1.2). Case is kept as it came.
///
/// @param localPart a dot-atom of 1 to 255 octets, perhaps with characters beyond ASCII (RFC 6531
///   section 3.3)
/// @param domain a host name or an address literal
public record Mailbox(String localPart, String domain) {
    public Mailbox {
        if (!AddressSyntax.isLocalPart(localPart)
                && !AddressSyntax.isInternationalLocalPart(localPart)) {
            throw new IllegalArgumentException(
                    "not a local-part: " + localPart.length() + " octets");
        }
        if (!AddressSyntax.isDomain(domain)) {
            throw new IllegalArgumentException("not a domain: " + domain.length() + " octets");
        }
    }

    /// The mailbox written as `text`, split at the last `@`; empty if that is not one.
    public static Optional<Mailbox> parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return Optional.empty();
        }
        return of(text.substring(0, at), text.substring(at + 1));
    }

    /// The mailbox of these two parts; empty if either is malformed.
    public static Optional<Mailbox> of(String localPart, String domain) {
        return AddressSyntax.isLocalPart(localPart) && AddressSyntax.isDomain(domain)
                ? Optional.of(new Mailbox(localPart, domain))
                : Optional.empty();
    }

    /// The mailbox of these two parts, in which there may be characters beyond ASCII; the domain
    /// becomes one of ASCII. Empty if either is malformed.
    public static Optional<Mailbox> international(String localPart, String domain) {
        return Idna.toAscii(domain)
                .filter(AddressSyntax::isDomain)
                .filter(_ -> AddressSyntax.isInternationalLocalPart(localPart))
                .map(ascii -> new Mailbox(localPart, ascii));
    }

    /// Has it no characters beyond ASCII?
    public boolean isAscii() {
        return Idna.isAscii(localPart);
    }

    /// Are both the same, but for the case of ASCII letters?
    public boolean isSameAs(Mailbox other) {
        return AddressSyntax.fold(toString()).equals(AddressSyntax.fold(other.toString()));
    }

    /// `local-part@domain`.
    @Override
    public String toString() {
        return localPart + '@' + domain;
    }
}
