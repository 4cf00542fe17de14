/// What happens between a connection and its session: whom a proxy speaks for, and whether there is
/// a place for the client.
@NullMarked
package org.postern.front.arrival;

import org.jspecify.annotations.NullMarked;
