/// The room `keeper`: it holds the private keys and signs with them.
///
/// It runs as the user `smtpq`, with the capability DAC_READ_SEARCH so that it can read keys that
/// only root can, without network, under a Landlock that lets it read keys and certificates only.
/// It hears `front` and nobody else, parses no byte from strangers but what it signs, and says and
/// logs no byte of a key.
@NullMarked
package org.postern.keeper;

import org.jspecify.annotations.NullMarked;
