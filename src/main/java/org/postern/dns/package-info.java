/// The DNS: who takes mail for a domain, and where a host is.
///
/// A library of the room `front`, the only one that asks the DNS. "There is no such name" and
/// "could not look" are never the same answer: trouble with the DNS defers mail, it never bounces
/// it.
@NullMarked
package org.postern.dns;

import org.jspecify.annotations.NullMarked;
