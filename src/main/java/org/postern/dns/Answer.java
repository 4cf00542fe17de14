package org.postern.dns;

import java.util.List;

/// What the DNS says to a question. Only [NoSuchDomain] says that a domain is not there; whatever
/// else goes wrong is [CouldNotLook], and mail waits.
public sealed interface Answer<T> {
    /// These, at least one, in the order in which they came.
    record Found<T>(List<T> values) implements Answer<T> {
        public Found {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("nothing was found");
            }
        }
    }

    /// The name does not exist (NXDOMAIN, RFC 2308 section 2.1), or no name can be written so.
    record NoSuchDomain<T>() implements Answer<T> {}

    /// The name exists, and has nothing of this kind (RFC 2308 section 2.2).
    record NoData<T>() implements Answer<T> {}

    /// No server gave a usable answer; `cause` says what the last of them did.
    record CouldNotLook<T>(String cause) implements Answer<T> {}
}
