package org.postern.dns;

import java.net.InetAddress;

/// Asks the DNS. Names are complete: no search list is ever applied. May be called from any thread,
/// which waits; how long at most is the resolver's promise.
public interface Resolver {
    /// The versions of the Internet Protocol, each with the record that holds its addresses.
    enum Family {
        /// A records.
        INET4,
        /// AAAA records (RFC 3596 section 2.1).
        INET6;

        /// The family of `address`.
        public static Family of(InetAddress address) {
            return address.getAddress().length == 4 ? INET4 : INET6;
        }
    }

    /// The mail exchangers of `domain`, as the DNS lists them: neither sorted nor judged.
    Answer<Exchanger> exchangers(String domain);

    /// The addresses of `host` in one family.
    Answer<InetAddress> addresses(String host, Family family);

    /// The names that the owner of `address` gives it (PTR), not confirmed by anyone.
    Answer<String> names(InetAddress address);

    /// The texts of `name` (TXT), each with its strings joined, as ISO 8859-1.
    Answer<String> texts(String name);
}
