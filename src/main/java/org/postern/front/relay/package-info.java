/// Mail out: next hops, connections and their limits, and the client's side of SMTP and LMTP.
///
/// Part of the room `front`, with the rights of its user: it connects out and asks the DNS, owns no
/// file, and pulls its work from the queue.
@NullMarked
package org.postern.front.relay;

import org.jspecify.annotations.NullMarked;
