/// The room `keeper`: it holds the private keys and signs with them, and says whether a password is
/// right.
///
/// It runs as the user `smtpq`, with the capability DAC_READ_SEARCH so that it can read what only
/// root can, without network, under a Landlock that lets it read keys, certificates and tables of
/// passwords, and `/etc` where accounts of the system log in. It hears `front` and nobody else. Of
/// what strangers send it sees what it signs, and their logins and passwords, in frames. It says
/// and logs no byte of a key or of a hash.
@NullMarked
package org.postern.keeper;

import org.jspecify.annotations.NullMarked;
