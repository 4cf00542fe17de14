/// TLS: what is agreed on with whom, and whom we trust.
///
/// A library of the room `front`. It holds no private keys: those stay with the keeper.
@NullMarked
package org.postern.tls;

import org.jspecify.annotations.NullMarked;
