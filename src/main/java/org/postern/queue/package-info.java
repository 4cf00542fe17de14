/// The queue room: keeps the mail, decides when it is tried, and tells senders what became of it.
///
/// Runs as the queue's user, with no capability, no network, and no file but the spool and the
/// sockets in its own run directory.
@NullMarked
package org.postern.queue;

import org.jspecify.annotations.NullMarked;
