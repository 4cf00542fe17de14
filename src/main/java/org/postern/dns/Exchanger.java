package org.postern.dns;

/// A host that takes mail for a domain (RFC 5321 section 5.1).
///
/// @param preference 0 to 65535, the lowest is tried first
/// @param host without a dot at the end; empty for the root, which alone stands for "no mail" (RFC
///   7505 section 3)
public record Exchanger(int preference, String host) {
    public Exchanger {
        if (preference < 0 || preference > 65535) {
            throw new IllegalArgumentException("an MX preference of " + preference);
        }
    }
}
