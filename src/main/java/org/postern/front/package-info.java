/// The room of all that strangers touch: mail in, mail out, the ruleset. Runs as an unprivileged
/// user with the network and the configured ports, and without the spool, the keys and the users'
/// files.
@NullMarked
package org.postern.front;

import org.jspecify.annotations.NullMarked;
