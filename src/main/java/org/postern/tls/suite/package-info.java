/// The cipher suites of TLS: their names, and the lists in which OpenSSL writes them.
@NullMarked
package org.postern.tls.suite;

import org.jspecify.annotations.NullMarked;
